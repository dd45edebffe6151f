import { describe, expect, it } from 'vitest'
import {
  findOperation, linkDocument, operationSchemas, readDocument, reachableSchemas, templateNames, wantedUris, type Document, type LinkOptions, type SourceDocument,
} from './index.js'

function source(text: string, uri = 'https://docs.example.com/api/openapi.yaml', role: 'document' | 'fragment' = 'document'): SourceDocument {
  const { value, findings } = readDocument(text, { uri, role })
  expect(findings).toEqual([])
  return value!
}

function link(text: string, options: LinkOptions = {}, uri?: string): Document {
  return linkDocument(source(text, uri), new Map(), options)
}

const API = 'openapi: 3.0.3\ninfo: {title: t, version: "1"}\n'
const OK = 'responses: {"200": {description: ok}}'

describe('parameters', () => {
  it('of the path item come first, and those of the operation replace their namesakes', () => {
    const { value, findings } = link(`${API}paths:
  /a/{id}:
    parameters:
    - {name: id, in: path, required: true, schema: {type: string}}
    - {name: X-Trace, in: header, schema: {type: string}}
    - {name: page, in: query, schema: {type: string}}
    get:
      parameters:
      - {name: size, in: query, schema: {type: integer}}
      - {name: x-trace, in: header, required: true, schema: {type: integer}}
      - {name: id, in: query, schema: {type: string}}
      ${OK}
`).operation('/a/{id}', 'get')
    expect(findings).toEqual([])
    expect(value?.parameters.map(({ name, in: where, origin, schema }) => [name, where, origin, schema?.types[0]])).toEqual([
      ['id', 'path', 'pathItem', 'string'], ['x-trace', 'header', 'operation', 'integer'], ['page', 'query', 'pathItem', 'string'], ['size', 'query', 'operation', 'integer'],
      ['id', 'query', 'operation', 'string'],
    ])
  })

  it('of braces that nobody declares are texts, and the cure is an overlay', () => {
    const { value, findings } = link(`${API}paths: {"/a/{x}.{y}": {get: {${OK}}}}\n`).operation('/a/{x}.{y}', 'GET')
    expect(value?.parameters.map(({ name, required, schema, origin }) => [name, required, schema?.types[0], origin])).toEqual([['x', true, 'string', 'path'], ['y', true, 'string', 'path']])
    expect(findings.map(({ code }) => code)).toEqual(['OAS0305', 'OAS0305'])
    expect(findings[0]?.fix).toMatchObject({ kind: 'overlay', actions: [{ target: "$.paths['/a/{x}.{y}']" }] })
  })

  it.each([
    { reason: 'defaults by location', given: 'in: query', want: ['form', true] },
    { reason: 'not exploded', given: 'in: query, explode: false', want: ['form', false] },
    { reason: 'deepObject is always exploded', given: 'in: query, style: deepObject', want: ['deepObject', true] },
    { reason: 'delimited', given: 'in: query, style: pipeDelimited', want: ['pipeDelimited', false] },
    { reason: 'header', given: 'in: header', want: ['simple', false] },
    { reason: 'cookie', given: 'in: cookie', want: ['form', true] },
  ])('are written by style and explode: $reason', ({ given, want }) => {
    const { value, findings } = link(`${API}paths: {/a: {get: {parameters: [{name: p, ${given}, schema: {}}], ${OK}}}}\n`).operation('/a', 'get')
    expect(findings).toEqual([])
    expect([value?.parameters[0]?.style, value?.parameters[0]?.explode]).toEqual(want)
  })

  it('may be one serialised value', () => {
    const { value } = link(`${API}paths: {/a: {get: {parameters: [{name: p, in: query, content: {application/json: {schema: {type: object}}}}], ${OK}}}}\n`).operation('/a', 'get')
    expect(value?.parameters[0]?.schema).toBeUndefined()
    expect(value?.parameters[0]?.content).toMatchObject({ mediaType: 'application/json' })
    expect(value?.parameters[0]?.content?.schema?.types).toEqual(['object'])
  })
})

describe('templateNames', () => {
  it.each([['/a/{b}', ['b']], ['/a{b}', ['b']], ['/{a}.{b}', ['a', 'b']], ["/users('{id}')", ['id']], ['/a:cancel', []], ['/{a}/{a}', ['a', 'a']]])('%s', (path, want) => {
    expect(templateNames(path)).toEqual(want)
  })
})

describe('servers', () => {
  const variables = 'variables: {region: {default: eu, enum: [eu, us]}, port: {default: 8443}, stage: {enum: [prod]}}'
  it.each<{ reason: string; uri?: string; given: string; want: readonly [string, string] }>([
    { reason: 'absolute', given: 'servers: [{url: "https://api.example.com/v1/"}]', want: ['https://api.example.com/v1', 'absolute'] },
    { reason: 'variables at their defaults', given: `servers: [{url: "https://{region}.example.com:{port}/{stage}", ${variables}}]`, want: ['https://eu.example.com:8443/prod', 'absolute'] },
    { reason: 'relative to the address of the document', given: 'servers: [{url: ../v2}]', want: ['https://docs.example.com/v2', 'absolute'] },
    { reason: 'from the root of its host', given: 'servers: [{url: /v2}]', want: ['https://docs.example.com/v2', 'absolute'] },
    { reason: 'none at all is the root of the host', given: '', want: ['https://docs.example.com', 'absolute'] },
    { reason: 'a document without host', uri: 'configmap://ns/name/key', given: 'servers: [{url: /v2/}]', want: ['/v2', 'relative'] },
    { reason: 'the scheme of the document', given: 'servers: [{url: //api.example.com/x}]', want: ['https://api.example.com/x', 'absolute'] },
  ])('$reason', ({ uri, given, want }) => {
    const { value, findings } = link(`${API}${given}\npaths: {/a: {get: {${OK}}}}\n`, {}, uri).operation('/a', 'get')
    expect(findings).toEqual([])
    expect([value?.servers[0]?.url, value?.servers[0]?.form]).toEqual(want)
  })

  it('of the operation win over those of the path item, and those over the document\'s', () => {
    const text = `${API}servers: [{url: "https://a"}]\npaths:\n  /a:\n    servers: [{url: "https://b"}]\n    get: {servers: [{url: "https://c"}], ${OK}}\n    put: {${OK}}\n  /b: {get: {${OK}}}\n`
    const url = (path: string, method: string, options?: LinkOptions) => link(text, options).operation(path, method).value?.servers.map((server) => server.url)
    expect([url('/a', 'get'), url('/a', 'put'), url('/b', 'get')]).toEqual([['https://c'], ['https://b'], ['https://a']])
    expect(url('/a', 'get', { servers: [{ url: 'https://d' }] })).toEqual(['https://d'])
  })

  it.each([
    { reason: 'host, path and schemes, the safe one first', given: 'host: api.example.com\nbasePath: /v1\nschemes: [http, https, ws]', want: ['https://api.example.com/v1', 'http://api.example.com/v1'] },
    { reason: 'no scheme: that of the document', given: 'host: api.example.com', want: ['https://api.example.com'] },
    { reason: 'no host: that of the document', given: 'basePath: v1/', want: ['https://docs.example.com/v1'] },
  ])('of 2.0: $reason', ({ given, want }) => {
    expect(link(`swagger: "2.0"\n${given}\npaths: {}\n`).servers.map(({ url }) => url)).toEqual(want)
  })

  it('that cannot be resolved are told', () => {
    const { findings } = link(`${API}servers: [{url: "https://{x}.example.com"}]\npaths: {/a: {get: {${OK}}}}\n`).operation('/a', 'get')
    expect(findings).toMatchObject([{ code: 'OAS0308', where: { pointer: '/servers/0/url' } }])
  })
})

describe('security', () => {
  const schemes = 'components: {securitySchemes: {a: {type: http, scheme: Bearer}, b: {type: apiKey, in: query, name: k}, c: {type: openIdConnect, openIdConnectUrl: "https://x"}, d: {type: mutualTLS}, e: {type: http, scheme: Negotiate}}}\n'
  const security = (given: string, own: string, options?: LinkOptions) => {
    const { value, findings } = link(`${API}${schemes}${given}\npaths: {/a: {get: {${own} ${OK}}}}\n`, options).operation('/a', 'get')
    return { origin: value?.security.origin, names: value?.security.alternatives.map((one) => one.schemes.map(({ name }) => name)), codes: findings.map(({ code }) => code) }
  }

  it.each<{ reason: string; given: string; own: string; origin: string; names: readonly (readonly string[])[]; codes?: readonly string[] }>([
    { reason: 'of the document', given: 'security: [{a: []}]', own: '', origin: 'document', names: [['a']] },
    { reason: 'of the operation', given: 'security: [{a: []}]', own: 'security: [{b: []}, {c: [x], d: []}],', origin: 'operation', names: [['b'], ['c', 'd']] },
    { reason: 'none needed', given: 'security: [{a: []}]', own: 'security: [],', origin: 'operation', names: [] },
    { reason: 'anonymous or a scheme', given: '', own: 'security: [{}, {a: []}],', origin: 'operation', names: [[], ['a']] },
    { reason: 'not declared', given: '', own: '', origin: 'undeclared', names: [] },
    { reason: 'a name that is not defined', given: 'security: [{A: []}]', own: '', origin: 'document', names: [['A']], codes: ['OAS0309'] },
  ])('$reason', ({ given, own, origin, names, codes = [] }) => {
    expect(security(given, own)).toEqual({ origin, names, codes })
  })

  it('of the settings wins, and brings schemes of its own', () => {
    const options: LinkOptions = { security: [{ token: [] }], securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Token' }, a: { type: 'http', scheme: 'basic' } } }
    expect(security('security: [{a: []}]', '', options)).toEqual({ origin: 'definition', names: [['token']], codes: [] })
    expect([...link(`${API}${schemes}paths: {}\n`, options).securitySchemes.values()].map((scheme) => [scheme.name, scheme.type === 'http' ? scheme.scheme : scheme.type])).toEqual([
      ['a', 'basic'], ['b', 'apiKey'], ['c', 'openIdConnect'], ['d', 'mutualTLS'], ['e', 'negotiate'], ['token', 'apiKey'],
    ])
    const broken: LinkOptions = { security: [{ tokn: [] }], securitySchemes: options.securitySchemes!, place: (pointer) => ({ kind: 'document', uri: 'rd.yaml', pointer: `/spec/document${pointer}` }) }
    expect(link(`${API}paths: {/a: {get: {${OK}}}}\n`, broken).operation('/a', 'get').findings).toMatchObject([{ code: 'OAS0309', where: { uri: 'rd.yaml', pointer: '/spec/document/security/0/tokn' } }])
  })
})

describe('responses', () => {
  it('keep codes, ranges and default; a broken one costs itself alone', () => {
    const { value, findings } = link(`${API}paths: {/a: {get: {responses: {200: {description: a}, 4xx: {description: b}, default: {description: c}, "99": {}, "500": {$ref: "#/nope"}, x-y: 1}}}}\n`).operation('/a', 'get')
    expect([...value!.responses.keys()]).toEqual(['200', '4XX', 'default'])
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['OAS0304', 'warning'], ['OAS0201', 'warning']])
  })
})

describe('operations', () => {
  const text = `openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  x-note: 1
  /a: {get: {operationId: a, summary: s, tags: [t], ${OK}}, post: {deprecated: true, ${OK}}, x-y: {}, description: d}
  /b: {$ref: "#/components/pathItems/B"}
  /c/: {additionalOperations: {LINK: {${OK}}}, query: {${OK}}}
  /broken: nothing
  /worse: {get: [], put: {$ref: "#/nope"}}
components: {pathItems: {B: {delete: {operationId: b, ${OK}}}}}
`
  it('are listed without being read', () => {
    expect([...link(text).operations()].map(({ path, method, operationId, deprecated }) => [path, method, operationId, deprecated])).toEqual([
      ['/a', 'get', 'a', false], ['/a', 'post', undefined, true], ['/b', 'delete', 'b', false], ['/c/', 'query', undefined, false], ['/c/', 'link', undefined, false],
      ['/worse', 'put', undefined, false],
    ])
    expect(link(text).paths).toEqual(['/a', '/b', '/c/', '/broken', '/worse'])
  })

  it('are the same object each time, whatever the case of the method', () => {
    const document = link(text)
    expect(document.operation('/b', 'DELETE')).toBe(document.operation('/b', 'delete'))
    expect(document.operation('/b', 'delete').value).toMatchObject({ method: 'delete', path: '/b', pointer: '/components/pathItems/B/delete' })
  })

  it.each([
    { path: '/broken', method: 'get', code: 'OAS0303' },
    { path: '/worse', method: 'get', code: 'OAS0303' },
    { path: '/a', method: 'delete', code: 'OAS0302' },
    { path: '/none', method: 'get', code: 'OAS0301' },
  ])('$method $path is $code', ({ path, method, code }) => {
    expect(link(text).operation(path, method)).toMatchObject({ value: undefined, findings: [{ code }] })
  })
})

describe('findOperation', () => {
  const text = `${API}servers: [{url: "https://api.example.com/api/v3"}]\npaths: {"/repos/{owner}/{repo}": {get: {${OK}}}, "/users": {get: {${OK}}}, "/users/{id}/": {get: {${OK}}}, "/Groups": {get: {${OK}}}}\n`
  const where = { kind: 'document', uri: 'rd.yaml', pointer: '/spec/path', position: { line: 3, column: 7 } } as const

  it.each([
    { reason: 'names of parameters', path: '/repos/{org}/{name}', want: '/repos/{owner}/{repo}' },
    { reason: 'a slash at the end', path: '/users/{id}', want: '/users/{id}/' },
    { reason: 'upper case', path: '/groups', want: '/Groups' },
    { reason: 'the path of the server', path: '/api/v3/users', want: '/users' },
    { reason: 'no slash before', path: 'users', want: '/users' },
  ])('knows what was meant, and offers it as a fix: $reason', ({ path, want }) => {
    const { findings } = findOperation(link(text), path, 'get', { where, pointer: '/spec/resource/verbsDescription/0/path' })
    expect(findings).toMatchObject([{ code: 'OAS0301', where, fix: { kind: 'definition', patch: [{ op: 'replace', path: '/spec/resource/verbsDescription/0/path', value: want }] } }])
    expect(findings[0]?.related?.[0]?.where).toMatchObject({ uri: 'https://docs.example.com/api/openapi.yaml' })
  })

  it.each([
    { reason: 'a plural', path: '/user', want: '/users' },
    { reason: 'a segment less', path: '/repos/{repo}', want: '/repos/{owner}/{repo}' },
    { reason: 'letters', path: '/repoz/{a}/{b}', want: '/repos/{owner}/{repo}' },
  ])('shows what is similar, and does not offer it: $reason', ({ path, want }) => {
    const [problem] = findOperation(link(text), path, 'get', { where, pointer: '/x' }).findings
    expect(problem?.message).toContain(`did you mean \`${want}\`?`)
    expect(problem?.fix).toBeUndefined()
  })
})

describe('documents of several files', () => {
  const main = `${API}paths:
  /a: {$ref: "paths/a.yaml"}
  /b: {get: {${OK}}}
components: {schemas: {Pet: {type: object, properties: {tag: {$ref: "common.yaml#/Tag"}}}}}
`
  const pathA = `get:
  parameters: [{$ref: "../common.yaml#/Page"}]
  responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "../openapi.yaml#/components/schemas/Pet"}}}}}
`
  const common = 'Page: {name: page, in: query, schema: {type: integer}}\nTag: {type: string, x-owner: {$ref: "other.yaml"}}\n'
  const base = 'https://docs.example.com/api/'

  it('are asked for step by step, only as far as they are needed', () => {
    const root = source(main)
    const loaded = new Map<string, SourceDocument>()
    const wanted = () => wantedUris(linkDocument(root, loaded), [{ path: '/a', method: 'get' }])
    expect(wantedUris(linkDocument(root), [{ path: '/b', method: 'get' }])).toEqual([])
    expect(wanted()).toEqual([`${base}paths/a.yaml`])
    loaded.set(`${base}paths/a.yaml`, source(pathA, `${base}paths/a.yaml`, 'fragment'))
    expect(wanted()).toEqual([`${base}common.yaml`])
    loaded.set(`${base}common.yaml`, source(common, `${base}common.yaml`, 'fragment'))
    expect(wanted()).toEqual([])
    const document = linkDocument(root, loaded)
    const { value, findings } = document.operation('/a', 'get')
    expect(findings).toEqual([])
    expect(value?.parameters[0]).toMatchObject({ name: 'page', place: { uri: `${base}common.yaml`, position: { line: 1 } } })
    const pet = value?.responses.get('200')?.content.get('application/json')?.schema
    expect(pet).toBe(document.schema('/components/schemas/Pet'))
    expect([...reachableSchemas(operationSchemas(value!))].flatMap((schema) => schema.findings)).toEqual([])
  })

  it('keep paths, operations, lists and properties elsewhere, as many do', () => {
    const root = source('openapi: 3.0.3\npaths: {$ref: "paths.yaml"}\ncomponents: {schemas: {$ref: "schemas.yaml"}}\n')
    const files = {
      'paths.yaml': '/a: {get: {$ref: "get.yaml"}, put: {$ref: "nope.yaml"}}\n',
      'get.yaml': `operationId: getA\nparameters: {$ref: "parameters.yaml#/all"}\nresponses: {"200": {description: ok, content: {application/json: {schema: {$ref: "openapi.yaml#/components/schemas/Pet"}}}}}\n`,
      'parameters.yaml': 'all: [{name: page, in: query, schema: {type: integer}}]\n',
      'schemas.yaml': 'Pet: {type: object, properties: {$ref: "#/petProperties"}}\npetProperties: {name: {type: string}}\n',
    }
    const others = new Map(Object.entries(files).map(([name, text]) => [base + name, source(text, base + name, 'fragment')]))
    const document = linkDocument(root, others)
    expect([...document.operations()].map(({ method, operationId }) => [method, operationId])).toEqual([['get', 'getA'], ['put', undefined]])
    const { value, findings } = document.operation('/a', 'get')
    expect(findings).toEqual([])
    expect(value?.parameters.map(({ name }) => name)).toEqual(['page'])
    expect([...(value?.responses.get('200')?.content.get('application/json')?.schema?.properties.keys() ?? [])]).toEqual(['name'])
    expect(document.operation('/a', 'put').findings.map(({ code }) => code)).toEqual(['OAS0203'])
  })

  it('tell what is missing where it is used, and only there', () => {
    const { value, findings } = linkDocument(source(main)).operation('/a', 'get')
    expect(value).toBeUndefined()
    expect(findings).toMatchObject([{ code: 'OAS0203', where: { pointer: '/paths/~1a/$ref' } }])
  })
})
