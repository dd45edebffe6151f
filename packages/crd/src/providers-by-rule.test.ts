import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { at, build, schemaOf, sharedFile } from './cases.testing.js'

/**
 * The rules by which the reference makes spec and status, written down once more and as simply as it reads documents, for charts whose
 * CRDs nobody publishes. Where we have more than these rules give, the reference loses something; the reasons are in `MORE` and `LESS`.
 */
interface Entry { readonly provider: string; readonly file: string; readonly oas: string; readonly kind: string }

const INDEX = sharedFile('providers/index.json')
const PROVIDERS = INDEX === undefined ? {} : (JSON.parse(INDEX) as { providers: Record<string, { restDefinitions: Omit<Entry, 'provider'>[] }> }).providers
const ENTRIES: readonly Entry[] = Object.entries(PROVIDERS).flatMap(([provider, { restDefinitions }]) => restDefinitions.map((entry) => ({ ...entry, provider })))

interface Verb { readonly action: string; readonly method: string; readonly path: string }

interface Rules {
  readonly document: JsonObject
  readonly verbs: readonly Verb[]
  readonly resource: JsonObject
}

function read(entry: Entry): Rules {
  const document = parse(sharedFile(`providers/${entry.provider}/${entry.oas}`) ?? '') as JsonObject
  const resource = at(parse(sharedFile(`providers/${entry.provider}/${entry.file}`) ?? '') as JsonObject, 'spec', 'resource') as JsonObject
  const verbs = (resource['verbsDescription'] as unknown as readonly Verb[]).filter(({ method, path }) => isObject(at(document, 'paths', path, method.toLowerCase())))
  return { document, verbs, resource }
}

function follow(document: JsonObject, value: JsonValue | undefined): JsonObject {
  let current = value
  for (let steps = 0; steps < 20 && isObject(current) && typeof current['$ref'] === 'string'; steps += 1) {
    current = at(document, ...current['$ref'].slice(2).split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')))
  }
  return isObject(current) ? current : {}
}

interface Fields { readonly names: ReadonlySet<string>; readonly required: ReadonlySet<string> }

function fieldsOf(document: JsonObject, schema: JsonValue | undefined): Fields {
  const own = follow(document, schema)
  const parts = isArray(own['allOf']) ? own['allOf'].map((part) => fieldsOf(document, part)) : []
  const properties = isObject(own['properties']) ? Object.keys(own['properties']) : []
  const required = isArray(own['required']) ? (own['required'] as readonly string[]) : []
  return { names: new Set([...properties, ...parts.flatMap(({ names }) => [...names])]), required: new Set([...required, ...parts.flatMap((part) => [...part.required])]) }
}

function bodyOf({ document, verbs }: Rules, action: string): Fields {
  const verb = verbs.find((each) => each.action === action)
  const body = verb && follow(document, at(document, 'paths', verb.path, verb.method.toLowerCase(), 'requestBody'))
  return fieldsOf(document, at(body, 'content', 'application/json', 'schema'))
}

interface Parameter { readonly name: string; readonly in: string; readonly required: boolean }

function parametersOf({ document, verbs }: Rules, level: 'operation' | 'path'): readonly Parameter[] {
  return verbs.flatMap(({ path, method }) => {
    const list = at(document, 'paths', path, ...(level === 'operation' ? [method.toLowerCase()] : []), 'parameters')
    const all = isArray(list) ? list.map((each) => follow(document, each) as unknown as Parameter) : []
    return all.filter(({ name, in: place }) => !(place === 'header' && name.toLowerCase().includes('authorization')))
  })
}

function expectedSpec(rules: Rules): Fields {
  const { resource, document } = rules
  const body = bodyOf(rules, 'create')
  const parameters = parametersOf(rules, 'operation')
  const configured = ((resource['configurationFields'] ?? []) as unknown as readonly { readonly fromOpenAPI: { readonly name: string } }[]).map(({ fromOpenAPI }) => fromOpenAPI.name)
  const gone = new Set([...configured, ...((resource['excludedSpecFields'] ?? []) as readonly string[])])
  const secured = configured.length > 0 || Object.keys((at(document, 'components', 'securitySchemes') ?? {}) as object).length > 0
  const kept = (names: Iterable<string>): readonly string[] => [...names].filter((name) => !gone.has(name))
  return {
    names: new Set([...kept([...body.names, ...parameters.map(({ name }) => name)]), ...(secured ? ['configurationRef'] : [])]),
    required: new Set([...kept([...body.required].filter((name) => body.names.has(name)).concat(parameters.filter((each) => each.required === true).map(({ name }) => name))), ...(secured ? ['configurationRef'] : [])]),
  }
}

/** What we have beyond the reference's rules: it reads neither. */
function more(rules: Rules): ReadonlySet<string> {
  return new Set([...bodyOf(rules, 'update').names, ...parametersOf(rules, 'path').map(({ name }) => name)])
}

/** What we leave out: the request carries the version that was just read. */
const LESS = /^if-match$/i

const sorted = (names: Iterable<string>): readonly string[] => [...names].toSorted()

describe.skipIf(ENTRIES.length === 0)(`kinds of published charts by the rules of the reference (${ENTRIES.length === 0 ? 'not run: folder absent' : ENTRIES.length})`, () => {
  it.each(ENTRIES)('$provider $kind: spec', (entry) => {
    const rules = read(entry)
    const { resource } = build(sharedFile(`providers/${entry.provider}/${entry.oas}`) ?? '', parse(sharedFile(`providers/${entry.provider}/${entry.file}`) ?? ''))
    const ours = schemaOf(resource, 'spec')
    const { names, required } = expectedSpec(rules)
    const extra = more(rules)
    const own = Object.keys((ours['properties'] ?? {}) as object)
    expect(sorted(own.filter((name) => names.has(name) || !extra.has(name)))).toEqual(sorted([...names].filter((name) => !LESS.test(name))))
    expect(sorted(((ours['required'] ?? []) as readonly string[]).filter((name) => required.has(name) || !extra.has(name)))).toEqual(sorted([...required].filter((name) => !LESS.test(name))))
  })

  it.each(ENTRIES)('$provider $kind: status', (entry) => {
    const { resource: definition } = read(entry)
    const { resource } = build(sharedFile(`providers/${entry.provider}/${entry.oas}`) ?? '', parse(sharedFile(`providers/${entry.provider}/${entry.file}`) ?? ''))
    const listed = [...((definition['identifiers'] ?? []) as readonly string[]), ...((definition['additionalStatusFields'] ?? []) as readonly string[])]
    const status = schemaOf(resource, 'status')
    for (const path of listed) expect(at(status, ...path.split('.').flatMap((name) => ['properties', name])), `status.${path}`).toBeDefined()
    const top = new Set([...listed.map((path) => path.split('.')[0] ?? ''), 'conditions', 'observedGeneration', 'reconcile'])
    expect(sorted(Object.keys((status['properties'] ?? {}) as object))).toEqual(sorted(top))
  })
})
