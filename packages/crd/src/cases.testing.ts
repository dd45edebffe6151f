import { existsSync, readFileSync } from 'node:fs'
import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { buildModel, linkOptions, type ResourceModel } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'
import type { Finding } from '@oasgen/diagnostics'
import { renderCrds, type RenderedCrds } from './render.js'

/** The folder of material that tests may use when it is there. */
export const SHARED = process.env['OASGEN_SHARED'] ?? new URL('../../../../shared', import.meta.url).pathname

export function sharedFile(path: string): string | undefined {
  const file = `${SHARED}/${path}`
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export interface PeerCase {
  readonly name: string
  readonly input: JsonObject
  readonly expected: JsonObject
  readonly better?: JsonObject
  readonly note?: string
}

/** The cases of one group of a file; empty when the folder is absent. */
export function peerCases(file: string, group: string): readonly PeerCase[] {
  const text = sharedFile(`peer-cases/${file}.json`)
  if (text === undefined) return []
  const { groups } = JSON.parse(text) as { groups: { group: string; cases: PeerCase[] }[] }
  return groups.find((each) => each.group === group)?.cases ?? []
}

export interface Built extends RenderedCrds {
  readonly model: ResourceModel
  readonly all: readonly Finding[]
}

/** Document and definition as plain values, all the way to the CRDs. */
export function build(document: unknown, definition: unknown): Built {
  const source = readDocument(typeof document === 'string' ? document : JSON.stringify(document), { uri: 'openapi.yaml' })
  const read = readRestDefinition(definition, { uri: 'restdefinition.yaml' })
  if (source.value === undefined || read.value === undefined) throw new Error(
    JSON.stringify([...source.findings, ...read.findings].map(({ code, message }) => [code, message])),
  )
  const { value: model, findings } = buildModel(linkDocument(source.value, new Map(), linkOptions(read.value)), read.value)
  const rendered = renderCrds(model)
  return { ...rendered, model, all: [...source.findings, ...read.findings, ...findings, ...rendered.findings] }
}

export function definitionOf(resource: object, spec: object = {}): object {
  return {
    apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'case', namespace: 'default' },
    spec: {
      oasPath: 'configmap://default/case/openapi.yaml',
      resourceGroup: 'case.example.org',
      resource: { kind: 'Case', ...resource },
      ...spec,
    },
  }
}

/** A document with one collection and the given schemas. */
export function documentOf(
  schemas: {
    readonly create?: JsonValue; readonly update?: JsonValue; readonly get?: JsonValue; readonly list?: JsonValue; readonly root?: JsonObject,
  },
): JsonObject {
  const content = (schema: JsonValue): JsonObject => ({ content: { 'application/json': { schema } } })
  const answer = (schema: JsonValue | undefined): JsonObject => (
    { responses: { 200: { description: '', ...(schema !== undefined && content(schema)) } } }
  )
  const id = { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] }
  return {
    openapi: '3.1.0', info: { title: 'case', version: '1' }, servers: [{ url: 'https://api.example.org' }],
    paths: {
      '/things': {
        get: answer(schemas.list),
        post: { ...(schemas.create !== undefined && { requestBody: content(schemas.create) }), ...answer(schemas.get) },
      },
      '/things/{id}': {
        ...id,
        get: answer(schemas.get),
        patch: { ...(schemas.update !== undefined && { requestBody: content(schemas.update) }), ...answer(schemas.get) },
        delete: { responses: { 204: { description: '' } } },
      },
    },
    ...schemas.root,
  }
}

export const ALL_VERBS = [
  { action: 'findby', method: 'GET', path: '/things' }, {
    action: 'get',
    method: 'GET',
    path: '/things/{id}',
  }, { action: 'create', method: 'POST', path: '/things' },
  { action: 'update', method: 'PATCH', path: '/things/{id}' }, { action: 'delete', method: 'DELETE', path: '/things/{id}' },
]

export function at(value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonValue | undefined {
  let current = value
  for (const step of path) current = typeof step === 'number' ? (
    current as readonly JsonValue[] | undefined
  )?.[step] : isObject(current) ? current[step] : undefined
  return current
}

export function schemaOf(crd: JsonObject | undefined, ...path: readonly string[]): JsonObject {
  return at(crd, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', ...path) as JsonObject
}
