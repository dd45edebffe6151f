import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { runCase, type EngineCase } from './engine-case.js'
import { compileCase, ENGINE_CASES, readCase, specOf } from './engine-compile.js'

/**
 * Nothing in the language is idle: for every field of a RestDefinition there is a case that fails when the field is taken out of
 * its definition. Fields whose effect is a kind, a Plan or an object of the cluster are proven where that is made.
 */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...each('document.credentialsRef', ['name', 'namespace', 'key', 'usernameKey', 'passwordKey', 'header'], 'packages/restdefinition/src/read.test.ts'),
  'document.digest': 'packages/transport/src/documents/downloads.test.ts',
  'document.refreshInterval': 'packages/provider/src/remote-source.ts',
  ...each('document.overlays[]', ['path', 'overlay', 'info', 'extends', 'actions'], 'packages/openapi/src/goldens.test.ts'),
  // Programs of other files are put into the definition before anything is compiled.
  ...each('resource.verbsDescription[]', ['*.ref', '*.entrypoint', 'fieldMapping[].*.ref', 'fieldMapping[].*.entrypoint', 'async.*.ref', 'async.*.entrypoint'], 'packages/restdefinition/src/programs.test.ts'),
  'resource.schema': 'specs/crd/parameters-strict',
  ...each('resource.names', ['plural', 'singular', 'shortNames', 'categories'], 'specs/crd/names'),
  'resource.fields[].relax': 'specs/crd/relax',
  ...each('resource.fields[].reference', ['group', 'version', 'plural', 'resolves'], 'specs/plan/secrets-and-references'),
  'policy.onDefinitionDelete': 'packages/provider/src/teardown.ts',
  ...each('controller', ['mode', 'activation', 'replicas', 'workers', 'resources', 'nodeSelector', 'tolerations', 'serviceAccountAnnotations'], 'packages/provider/src/objects'),
}

/** Accepted for the sake of existing definitions, and without an effect of their own. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'resource.verbsDescription[].async.mode': 'blocking is served by requeueing: no worker sleeps',
  'resource.verbsDescription[].async.poll.method': 'there is one word for it',
  'resource.verbsDescription[].async.postGet': 'the object is always read again once an operation is over',
  ...Object.fromEntries(['createApiRef', 'observeApiRef', 'updateApiRef', 'deleteApiRef'].map((name) => [`resource.${name}`, 'refused with a finding'])),
}

function each(parent: string, names: readonly string[], place: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [`${parent}.${name}`, place]))
}

/** Steps, polls and proofs speak the verb's own vocabulary: what is proven once holds for all of them. */
function collapsed(path: string): string {
  return path
    .replace(/^resource\.verbsDescription\[\]\.steps\[\]\.(?!name$|when$|forEach$)/, 'resource.verbsDescription[].')
    .replace('.async.poll.fieldMapping[]', '.fieldMapping[]')
    .replace(/\.(linkHeader|nextUrl|offset|pageNumber|continuationToken)\.(maxPages|request\.(?:pageSize|sizeIn|sizePath))$/, '.*.$2')
    .replace(/\.(offset|pageNumber)\.response\./, '.*.response.')
    .replace(/\.(?:valueMapping\.jq|notFoundBody|requestTransform|responseTransform|operationRef\.jq)\.(ref|entrypoint)$/, '.*.$1')
}

function fieldsOf(schema: JsonObject, path: string): readonly string[] {
  const { properties, items } = schema
  if (isObject(properties)) return Object.entries(properties).flatMap(([name, child]) => fieldsOf(child as JsonObject, path === '' ? name : `${path}.${name}`))
  return isObject(items) && isObject(items['properties']) ? fieldsOf(items, `${path}[]`) : [path]
}

function allFields(): readonly string[] {
  const [version] = (restDefinitionCrd()['spec'] as { readonly versions: readonly JsonObject[] }).versions
  const schema = ((version as { readonly schema: JsonObject }).schema['openAPIV3Schema'] as { readonly properties: { readonly spec: JsonObject } }).properties.spec
  return [...new Set(fieldsOf(schema, '').map(collapsed))]
}

const KNOWN = new Set(allFields())

/** Where a definition says something: the fields that it sets, and the definition without one of them. */
function said(value: JsonValue, path: string): readonly string[] {
  if (KNOWN.has(collapsed(path)) && path !== '') return [path]
  if (isArray(value)) return value.flatMap((item) => said(item, `${path}[]`))
  return isObject(value) ? Object.entries(value).flatMap(([name, child]) => said(child, path === '' ? name : `${path}.${name}`)) : []
}

function without(value: JsonValue, path: string, gone: string): JsonValue {
  if (isArray(value)) return value.map((item) => without(item, `${path}[]`, gone))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([name]) => collapsed(path === '' ? name : `${path}.${name}`) !== gone)
  return Object.fromEntries(kept.map(([name, child]) => [name, without(child, path === '' ? name : `${path}.${name}`, gone)]))
}

function fails(given: EngineCase, spec: JsonObject): boolean {
  try {
    runCase(compileCase(given, spec), given)
    return false
  } catch {
    return true
  }
}

function names(folder: URL): readonly string[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name) : []
}

/** Field → the case that fails without it. */
function proven(): ReadonlyMap<string, string> {
  const proofs = new Map<string, string>()
  for (const name of names(ENGINE_CASES)) {
    const given = readCase(name)
    const spec = specOf(given)
    for (const field of new Set(said(spec, '').map(collapsed))) {
      if (!proofs.has(field) && ELSEWHERE[field] === undefined && fails(given, without(spec, '', field) as JsonObject)) proofs.set(field, name)
    }
  }
  return proofs
}

describe('the language of definitions', () => {
  it('has no field without a case that fails when it is left out', () => {
    const proofs = proven()
    expect([...KNOWN].filter((field) => !proofs.has(field) && ELSEWHERE[field] === undefined && WITHOUT_EFFECT[field] === undefined)).toEqual([])
    expect(Object.keys(WITHOUT_EFFECT).filter((field) => proofs.has(field) || !KNOWN.has(field))).toEqual([])
  })

  it.each(Object.entries(ELSEWHERE))('%s is used where it is proven: %s', (field, place) => {
    expect(existsSync(new URL(`../../${place}`, import.meta.url))).toBe(true)
    const definition = new URL(`../../${place}/restdefinition.yaml`, import.meta.url)
    if (existsSync(definition)) expect(said((parse(readFileSync(definition, 'utf8')) as { readonly spec: JsonObject }).spec, '').map(collapsed)).toContain(field)
  })

  it('has a page that names every case, and no other', () => {
    const page = readFileSync(new URL('README.md', ENGINE_CASES), 'utf8')
    const tables = page.slice(page.indexOf('## Which case'))
    const named = new Set([...tables.matchAll(/^\|.*\|(.*)\|$/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name)))
    expect([...named].map(String).toSorted((a, b) => a.localeCompare(b))).toEqual([...names(ENGINE_CASES)].toSorted((a, b) => a.localeCompare(b)))
  })
})
