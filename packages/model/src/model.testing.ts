import type { Finding } from '@oasgen/diagnostics'
import type { JsonObject, JsonValue } from '@oasgen/json'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'
import { buildModel } from './build.js'
import { linkOptions } from './link-options.js'
import type { ResourceModel } from './resource-model.js'

export const STRING: JsonObject = { type: 'string' }
export const INTEGER: JsonObject = { type: 'integer' }

export function objectOf(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, ...(required.length > 0 && { required: [...required] }) }
}

export function json(schema: JsonValue): JsonObject {
  return { content: { 'application/json': { schema } } }
}

/** An operation from what it takes and what it answers. */
export function operation(
  { body, answer, code = '200', ...rest }: {
    readonly body?: JsonValue; readonly answer?: JsonValue; readonly code?: string; readonly [more: string]: JsonValue | undefined,
  },
): JsonObject {
  const extra = Object.fromEntries(Object.entries(rest).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))
  return {
    ...(body !== undefined && { requestBody: json(body) }),
    responses: { [code]: { description: '', ...(answer !== undefined && json(answer)) } },
    ...extra,
  }
}

export function parameter(name: string, place = 'path', schema: JsonValue = STRING): JsonObject {
  return { name, in: place, schema, ...(place === 'path' && { required: true }) }
}

/** A path item with parameters for the braces of its path. */
export function item(path: string, operations: JsonObject): JsonObject {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => parameter(name ?? ''))
  return { [path]: { ...(names.length > 0 && { parameters: names }), ...operations } }
}

export interface Given {
  readonly paths: JsonObject
  readonly verbs: readonly (string | object)[]
  readonly resource?: object
  readonly document?: JsonObject
}

/** `create POST /things` is short for a verb. */
function verbOf(verb: string | object): object {
  if (typeof verb !== 'string') return verb
  const [action, method, path] = verb.split(' ')
  return { action, method, path }
}

export function build({ paths, verbs, resource, document }: Given): {
  readonly model: ResourceModel; readonly findings: readonly Finding[],
} {
  const text = JSON.stringify(
    { openapi: '3.1.0', info: { title: 't', version: '1' }, servers: [{ url: 'https://api.example.org' }], paths, ...document },
  )
  const source = readDocument(text, { uri: 'openapi.json' })
  const read = readRestDefinition(
    {
      apiVersion: 'ogen.krateo.io/v1alpha1',
      kind: 'RestDefinition',
      metadata: { name: 'thing', namespace: 'default' },
      spec: {
        oasPath: 'https://x/y',
        resourceGroup: 'things.example.org',
        resource: { kind: 'Thing', verbsDescription: verbs.map(verbOf), ...resource },
      },
    },
    { uri: 'thing.yaml' },
  )
  if (source.value === undefined || read.value === undefined) throw new Error(JSON.stringify([source.findings, read.findings]))
  const { value, findings } = buildModel(linkDocument(source.value, new Map(), linkOptions(read.value)), read.value)
  return { model: value, findings }
}

export const THING = objectOf({ id: STRING, name: STRING })

/** A collection with everything; parts can be replaced. */
export function things(
  parts: { readonly create?: JsonValue; readonly update?: JsonValue; readonly get?: JsonValue; readonly list?: JsonValue } = {},
): JsonObject {
  const { create = objectOf({ name: STRING }), update = create, get = THING, list = { type: 'array', items: THING } } = parts
  return {
    ...item('/things', { get: operation({ answer: list }), post: operation({ body: create, answer: get, code: '201' }) }),
    ...item(
      '/things/{id}',
      { get: operation({ answer: get }), patch: operation({ body: update, answer: get }), delete: operation({ code: '204' }) },
    ),
  }
}

export const VERBS = [
  'findby GET /things',
  'get GET /things/{id}',
  'create POST /things',
  'update PATCH /things/{id}',
  'delete DELETE /things/{id}',
]
