import { isObject, type JsonObject } from '@oasgen/json'
import { judgeCrd, printViolation } from '@oasgen/structural'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { at, build, type Built, schemaOf, sharedFile } from './cases.testing.js'

interface Entry {
  readonly provider: string
  readonly file: string
  readonly oas: string
  readonly kind: string
  readonly referencePlural: string
  readonly verbs: readonly { readonly inOas: boolean }[]
}

const INDEX = sharedFile('providers/index.json')
const PROVIDERS = INDEX === undefined ? {} : (JSON.parse(INDEX) as { providers: Record<string, { restDefinitions: Omit<Entry, 'provider'>[] }> }).providers
const ENTRIES: readonly Entry[] = Object.entries(PROVIDERS).flatMap(([provider, { restDefinitions }]) => restDefinitions.map((entry) => ({ ...entry, provider })))

function buildEntry({ provider, file, oas }: Entry): Built {
  return build(sharedFile(`providers/${provider}/${oas}`) ?? '', parse(sharedFile(`providers/${provider}/${file}`) ?? ''))
}

/** Kinds for which the reference looks for another name than its CRD has, so that they never worked: the name of the CRD counts. */
const CRD_NAMES: Readonly<Record<string, string>> = { KaaS: 'kaases', DBaaS: 'dbaases', KMS: 'kmses' }

describe.skipIf(ENTRIES.length === 0)(`definitions of published charts (${ENTRIES.length === 0 ? 'not run: folder absent' : ENTRIES.length})`, () => {
  it.each(ENTRIES)('$provider $kind: valid kinds with the names of the reference', (entry) => {
    const { resource, configuration, model } = buildEntry(entry)
    expect(judgeCrd(resource).map(printViolation)).toEqual([])
    expect(configuration === undefined ? [] : judgeCrd(configuration).map(printViolation)).toEqual([])
    expect(model.names.plural).toBe(CRD_NAMES[entry.kind] ?? entry.referencePlural)
    expect(at(resource, 'spec', 'names', 'kind')).toBe(entry.kind)
    expect(at(configuration, 'spec', 'names', 'plural')).toBe(configuration && `${entry.kind.toLowerCase()}configurations`)
  })

  it('names every verb whose operation the documents lack', () => {
    const missing = ENTRIES.map((entry) => ({ entry, found: buildEntry(entry).all.filter(({ code }) => code === 'OAS0301' || code === 'OAS0302') }))
    for (const { entry, found } of missing) expect(found.map(({ severity }) => severity)).toEqual(entry.verbs.filter(({ inOas }) => !inOas).map(() => 'error'))
    expect(missing.reduce((sum, { found }) => sum + found.length, 0)).toBe(52)
    expect(missing.filter(({ found }) => found.length > 0)).toHaveLength(18)
  })

  it('cites the definition and what the document most likely means, with a fix', () => {
    const entry = ENTRIES.find(({ kind, provider }) => kind.toLowerCase() === 'vpc' && provider === 'arubacloud') as Entry
    const found = buildEntry(entry).all.find(({ code }) => code === 'OAS0301')
    expect(found).toMatchObject({
      where: { uri: 'restdefinition.yaml', pointer: expect.stringMatching(/verbsDescription\/\d\/path/) as string },
      related: [{ where: { uri: 'openapi.yaml' } }],
      fix: { kind: 'definition', patch: [{ op: 'replace', path: expect.stringMatching(/verbsDescription\/\d\/path/) as string }] },
    })
  })
})

const SHIPPED = ['github/collaborator', 'github/repo', 'github/runnergroup', 'github/teamrepo', 'github/workflow', 'gitlab/repo'] as const

/** What the reference lost, or added later, in the shipped CRDs. */
const KNOWN: readonly { readonly crd: string; readonly field: string; readonly reason: string }[] = [
  { crd: '*', field: 'status.failedObjectRef', reason: 'older generations only' },
  { crd: '*', field: 'status.conditions', reason: 'ours' },
  { crd: '*', field: 'status.observedGeneration', reason: 'ours' },
  { crd: '*', field: 'status.reconcile', reason: 'ours' },
]

describe.skipIf(ENTRIES.length === 0)(`shipped CRDs (${ENTRIES.length === 0 ? 'not run: folder absent' : SHIPPED.length})`, () => {
  it.each(SHIPPED)('%s: the same spec and status fields', (name) => {
    const [provider = '', kind = ''] = name.split('/')
    const shipped = parse(sharedFile(`providers/${provider}/generated-crds/${kind}-crd.yaml`) ?? '') as JsonObject
    const entry = ENTRIES.find((each) => each.provider === provider && each.kind.toLowerCase() === kind) as Entry
    const { resource } = buildEntry(entry)
    for (const part of ['spec', 'status']) {
      expect(fieldsOf(schemaOf(resource, part), part)).toEqual(fieldsOf(schemaOf(shipped, part), part))
    }
    expect(schemaOf(resource, 'spec')['required']).toEqual(schemaOf(shipped, 'spec')['required'])
    expect(at(resource, 'spec', 'names')).toMatchObject(at(shipped, 'spec', 'names') as JsonObject)
  })

  it.each(SHIPPED)('%s: the Configuration keeps its layout', (name) => {
    const [provider = '', kind = ''] = name.split('/')
    const text = sharedFile(`providers/${provider}/generated-crds/configuration-crds/${kind}configuration-crd.yaml`)
    if (text === undefined) return
    const shipped = parse(text) as JsonObject
    const { configuration } = buildEntry(ENTRIES.find((each) => each.provider === provider && each.kind.toLowerCase() === kind) as Entry)
    const [old, fresh] = [fieldsOf(schemaOf(shipped, 'spec'), 'spec'), fieldsOf(schemaOf(configuration, 'spec'), 'spec')]
    expect(fresh).toMatchObject(old)
  })
})

/** Every field with its type; a number that the reference made an integer is a number here. */
function fieldsOf(schema: JsonObject | undefined, path: string): Readonly<Record<string, unknown>> {
  if (schema === undefined || KNOWN.some(({ field }) => field === path)) return {}
  const own = { [path]: schema['type'] === 'number' ? 'integer' : schema['type'] }
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const below = Object.entries(properties).map(([name, child]) => fieldsOf(child as JsonObject, `${path}.${name}`))
  const items = isObject(schema['items']) ? [fieldsOf(schema['items'], `${path}[]`)] : []
  return Object.assign(own, ...below, ...items) as Readonly<Record<string, unknown>>
}
