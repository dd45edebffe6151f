import { describe, expect, it } from 'vitest'
import { readRestDefinition } from './read.js'

const VERBS = [
  { action: 'create', method: 'POST', path: '/things' },
  { action: 'get', method: 'GET', path: '/things/{id}' },
]

function definition(resource: object = {}, spec: object = {}): object {
  return {
    apiVersion: 'ogen.krateo.io/v1alpha1',
    kind: 'RestDefinition',
    metadata: { name: 'thing', namespace: 'apis' },
    spec: { oasPath: 'configmap://apis/thing/openapi.yaml', resourceGroup: 'things.example.org', resource: { kind: 'Thing', verbsDescription: VERBS, ...resource }, ...spec },
  }
}

function codesOf(json: unknown): readonly string[] {
  return readRestDefinition(json).findings.map(({ code }) => code)
}

function first(json: unknown): { readonly message: string; readonly help: string | undefined; readonly where: unknown } {
  const [found] = readRestDefinition(json).findings
  return { message: found?.message ?? '', help: found?.help, where: found?.where }
}

describe('reading', () => {
  it('resolves every default once', () => {
    const { value, findings } = readRestDefinition(definition())
    expect(findings).toEqual([])
    expect(value?.resource).toMatchObject({ schema: 'compatible', compareScope: 'fullSpec', identifiers: [], fields: [], names: { shortNames: [], categories: [] } })
    expect(value?.policy.onDefinitionDelete).toBe('cascade')
    expect(value?.controller).toEqual({ mode: 'dedicated', activation: 'always' })
    expect(value?.document).toEqual({ refreshIntervalSeconds: 300, overlays: [] })
    expect(value?.resource.verbsDescription[0]).toMatchObject({ identifiersMatchPolicy: 'OR', body: { mode: 'full', whenEmpty: 'omit' }, steps: [] })
  })

  it('is the same for the same input, whatever the object it came from', () => {
    const once = readRestDefinition(definition()).value
    expect(readRestDefinition(JSON.parse(JSON.stringify(definition()))).value).toEqual(once)
  })

  it('cites an object of the cluster by name and field, a file by line', () => {
    const broken = definition({ verbsDescription: [{ ...VERBS[0], method: 'FETCH' }] })
    expect(first(broken).where).toEqual({ kind: 'resource', resource: 'RestDefinition apis/thing', path: 'spec.resource.verbsDescription[0].method' })
    const { findings } = readRestDefinition(broken, { uri: 'thing.yaml', positionOf: () => ({ line: 12, column: 5 }) })
    expect(findings[0]?.where).toEqual({ kind: 'document', uri: 'thing.yaml', pointer: '/spec/resource/verbsDescription/0/method', position: { line: 12, column: 5 } })
  })

  it.each([null, 7, 'text', [], {}, { kind: 'Deployment', apiVersion: 'apps/v1' }, { kind: 'RestDefinition', apiVersion: 'v2' }, () => 1])('answers %j with a finding, never with an exception', (json) => {
    const { value, findings } = readRestDefinition(json)
    expect(value).toBeUndefined()
    expect(findings.map(({ code }) => code)).toEqual(['RDF0001'])
  })
})

interface Row {
  readonly name: string
  readonly reason: string
  readonly given: object
  readonly codes: readonly string[]
}

const ROWS: readonly Row[] = [
  { name: 'unknown field', reason: 'the API server would prune it without a word', given: definition({ identifier: ['id'] }), codes: ['RDF0010'] },
  { name: 'text where a list belongs', reason: 'a dash is easily forgotten', given: definition({ identifiers: 'id' }), codes: ['RDF0011'] },
  { name: 'no oasPath', reason: 'nothing can be read', given: definition({}, { oasPath: null }), codes: ['RDF0012'] },
  { name: 'unknown method', reason: 'the reference lists five', given: definition({ verbsDescription: [VERBS[1], { action: 'create', method: 'post', path: '/t' }] }), codes: ['RDF0013', 'RDF0016'] },
  { name: 'address of no known form', reason: 'the form decides how it is fetched', given: definition({}, { oasPath: 'ftp://x/y' }), codes: ['RDF0014'] },
  { name: 'status code out of range', reason: '42 is no status code', given: definition({ verbsDescription: [{ ...VERBS[0], successCodes: [42] }, VERBS[1]] }), codes: ['RDF0015'] },
  { name: 'match policy on get', reason: 'only findby matches', given: definition({ verbsDescription: [{ ...VERBS[1], identifiersMatchPolicy: 'AND' }] }), codes: ['RDF0016'] },
  { name: 'two places in one mapping', reason: 'a value goes to one place', given: definition({ verbsDescription: [{ ...VERBS[1], requestFieldMapping: [{ inPath: 'id', inQuery: 'id', inCustomResource: 'status.id' }] }] }), codes: ['RDF0016'] },
  { name: 'both mapping lists', reason: 'never silent precedence', given: definition({ verbsDescription: [{ ...VERBS[1], requestFieldMapping: [{ inPath: 'id', inCustomResource: 'status.id' }], fieldMapping: [{ inPath: 'id', inCustomResource: 'status.id' }] }] }), codes: ['RDF0016'] },
  { name: 'resolver on a response', reason: '0.21 forbids it', given: definition({ verbsDescription: [{ ...VERBS[1], fieldMapping: [{ inResponse: 'a', resolver: { type: 'secretRef', secretRef: { nameFromCustomResource: 'spec.n', keyFromCustomResource: 'spec.k' } }, inCustomResource: 'spec.a' }] }] }), codes: ['RDF0016'] },
  { name: 'async on get', reason: 'only writes go on after their answer', given: definition({ verbsDescription: [{ ...VERBS[1], async: { postGet: true } }] }), codes: ['RDF0016'] },
  { name: 'action twice', reason: 'which one counts would be a guess', given: definition({ verbsDescription: [...VERBS, VERBS[0]] }), codes: ['RDF0017'] },
  { name: 'delegation', reason: 'doing nothing silently would be worse', given: definition({ createApiRef: { name: 'x', namespace: 'y' } }), codes: ['RDF0018'] },
  { name: 'star beside actions', reason: 'peer case: an error', given: definition({ configurationFields: [{ fromOpenAPI: { name: 'a', in: 'query' }, fromRestDefinition: { actions: ['*', 'get'] } }] }), codes: ['RDF0019'] },
  { name: 'configuration for an action that is not there', reason: 'it can never be used', given: definition({ configurationFields: [{ fromOpenAPI: { name: 'a', in: 'query' }, fromRestDefinition: { actions: ['delete'] } }] }), codes: ['RDF0020'] },
  { name: 'broken field path', reason: 'the reference only logs it', given: definition({ excludedSpecFields: ["['unclosed"] }), codes: ['RDF0022'] },
  { name: 'leading dot', reason: 'it belongs to the name, as in the reference', given: definition({ identifiers: ['.id'] }), codes: ['RDF0023'] },
  { name: 'no verbs', reason: 'there is nothing to call', given: definition({ verbsDescription: [] }), codes: ['RDF0024'] },
  { name: 'configuration in the body', reason: 'it matches no parameter', given: definition({ configurationFields: [{ fromOpenAPI: { name: 'a', in: 'headers' }, fromRestDefinition: { actions: ['*'] } }] }), codes: ['RDF0025'] },
  { name: 'group without a dot', reason: 'no API server takes it', given: definition({}, { resourceGroup: 'things' }), codes: ['RDF0026'] },
  { name: 'group of Kubernetes', reason: 'it needs an approval', given: definition({}, { resourceGroup: 'apps.k8s.io' }), codes: ['RDF0026'] },
  { name: 'kind with a space', reason: 'it becomes part of URLs', given: definition({ kind: 'My Thing' }), codes: ['RDF0027'] },
  { name: 'identifier twice', reason: 'the second has no effect', given: definition({ identifiers: ['id', 'id'] }), codes: ['RDF0028'] },
  { name: 'poll path without its handle', reason: 'the handle has no place', given: definition({ verbsDescription: [{ ...VERBS[0], async: { poll: { path: '/ops', statusPath: 's', successValues: ['done'] } } }, VERBS[1]] }), codes: ['RDF0029'] },
  { name: 'source outside of the resource', reason: 'the mapping would be ignored', given: definition({ verbsDescription: [{ ...VERBS[1], requestFieldMapping: [{ inPath: 'id', inCustomResource: 'id' }] }] }), codes: ['RDF0030'] },
  { name: 'a code with two meanings', reason: 'success and absent exclude each other', given: definition({ verbsDescription: [{ ...VERBS[1], successCodes: [206], notFoundCodes: [206] }] }), codes: ['RDF0031'] },
  { name: 'step twice', reason: 'later steps read an answer by its name', given: definition({ verbsDescription: [VERBS[1], { action: 'create', steps: [{ name: 'a', method: 'POST', path: '/x' }, { name: 'a', method: 'POST', path: '/y' }] }] }), codes: ['RDF0032'] },
  { name: 'field twice', reason: 'the entries could contradict each other', given: definition({ fields: [{ path: 'spec.a' }, { path: 'spec.a', secret: true }] }), codes: ['RDF0033'] },
  { name: 'field of the status', reason: 'nobody sets it', given: definition({ fields: [{ path: 'status.a' }] }), codes: ['RDF0034'] },
  { name: 'findby without identifiers', reason: 'nothing ever matches', given: definition({ verbsDescription: [...VERBS, { action: 'findby', method: 'GET', path: '/things' }] }), codes: ['RDF0035'] },
  { name: 'credential as a constant', reason: 'everybody who reads the definition sees it', given: definition({ verbsDescription: [{ ...VERBS[1], headers: [{ name: 'Authorization', value: 'Bearer x' }] }] }), codes: ['RDF0036'] },
  { name: 'unknown normalizer', reason: 'the table cannot tell words from objects there', given: definition({ fields: [{ path: 'spec.a', normalize: ['uppercase'] }] }), codes: ['RDF0013'] },
  { name: 'an extension beside the reference', reason: 'all of it is optional', given: definition({ fields: [{ path: 'spec.a[].b', compare: 'keyed', keys: ['n'], normalize: ['lowerCase', { cel: 'value' }] }], readyWhen: 'observed.state == "up"' }, { policy: { interval: '5m' } }), codes: [] },
]

describe('findings', () => {
  it.each(ROWS)('$name: $reason', ({ given, codes }) => {
    expect(codesOf(given)).toEqual(codes)
  })

  it.each([
    [definition({ identifer: ['id'] }), 'did you mean spec.resource.identifiers?'],
    [definition({}, { oas_path: 'x' }), 'did you mean spec.oasPath?'],
    [definition({ schema: 'stritc' }), 'did you mean strict?'],
  ])('a misspelt word gets its nearest (%#)', (given, help) => {
    expect(readRestDefinition(given).findings.map((found) => found.help)).toContain(help)
  })
})

describe('folding', () => {
  it('makes one list of both mapping forms', () => {
    const verbs = [{ ...VERBS[1], fieldMapping: [
      { inPath: 'id', inCustomResource: 'status.id' },
      { inBody: 'a.b', value: 'self.spec.x + 1' },
      { inHeader: 'X-T', resolver: { type: 'secretRef', secretRef: { nameFromCustomResource: 'spec.n', keyFromCustomResource: 'spec.k' } } },
      { inResponse: 'data.state', inCustomResource: 'status.state', valueMapping: { type: 'alias', aliases: [{ customResourceValue: 'up', apiValue: 1 }] }, defaultIfAbsent: 'down' },
    ] }]
    const [verb] = readRestDefinition(definition({ verbsDescription: verbs })).value?.resource.verbsDescription ?? []
    expect(verb?.fieldMapping).toMatchObject([
      { direction: 'request', to: { in: 'path', path: 'id' }, from: { type: 'resource', path: 'status.id' } },
      { direction: 'request', to: { in: 'body', path: 'a.b' }, from: { type: 'cel', program: 'self.spec.x + 1' } },
      { direction: 'request', to: { in: 'header', path: 'X-T' }, from: { type: 'secretRef', nameFromCustomResource: 'spec.n' } },
      { direction: 'response', from: { in: 'body', path: 'data.state' }, to: 'status.state', alias: [{ customResourceValue: 'up', apiValue: 1 }], defaultIfAbsent: 'down' },
    ])
  })

  it.each([
    [{ type: 'continuationToken', continuationToken: { request: { tokenIn: 'query', tokenPath: 't' }, response: { tokenIn: 'header', tokenPath: 'X-Next' } } }, { type: 'continuationToken', maxPages: 100, request: { tokenIn: 'query', tokenPath: 't' }, response: { tokenIn: 'header', tokenPath: 'X-Next' } }, 'the form of 0.21'],
    [{ type: 'pageNumber', pageNumber: { maxPages: 7, request: { pageIn: 'query', pagePath: 'page', startPage: 0, pageSize: 50, sizeIn: 'query', sizePath: 'limit' }, response: { body: { totalPagesPath: 'pages' } } } }, { type: 'pageNumber', maxPages: 7, pageSize: { in: 'query', name: 'limit', value: 50 }, request: { tokenIn: 'query', tokenPath: 'page' }, first: 0, end: { type: 'totalPages', path: 'pages' } }, 'the form of 0.25'],
    [{ type: 'linkHeader' }, { type: 'linkHeader', maxPages: 100 }, 'nothing to say but its type'],
    [{ type: 'offset', offset: { request: { offsetIn: 'query', offsetPath: 'offset' } } }, { type: 'offset', maxPages: 100, request: { tokenIn: 'query', tokenPath: 'offset' }, step: 'items' }, 'by the items that came'],
    [{ type: 'nextUrl', nextUrl: { response: { tokenIn: 'body', tokenPath: 'links.next' } } }, { type: 'nextUrl', maxPages: 100, response: { tokenIn: 'body', tokenPath: 'links.next' } }, 'a whole URL'],
  ])('pagination %#', (pagination, want, _reason) => {
    const given = definition({ identifiers: ['id'], verbsDescription: [...VERBS, { action: 'findby', method: 'GET', path: '/things', pagination }] })
    const { value, findings } = readRestDefinition(given)
    expect(findings).toEqual([])
    expect(value?.resource.verbsDescription[2]?.pagination).toEqual(want)
  })
})
