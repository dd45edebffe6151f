import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlace, type Place } from '../../packages/cli/src/main.testing.js'

const DOCUMENT = `
openapi: 3.0.3
info: {title: Dns, version: '1'}
servers: [{url: 'SERVER'}]
paths:
  /zones:
    get:
      parameters: [{name: page, in: query, schema: {type: integer}}]
      responses: {'200': {description: all, content: {application/json: {schema: {type: object, properties: {zones: {type: array, items: {$ref: '#/components/schemas/Zone'}}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/ZoneInput'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Zone'}}}}}
  /zones/{zoneId}:
    parameters: [{name: zoneId, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Zone'}}}}}}
    delete: {responses: {'204': {description: gone}}}
  /zones/{zoneId}/records:
    parameters: [{name: zoneId, in: path, required: true, schema: {type: string}}]
    get:
      responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Record'}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/RecordInput'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Record'}}}}}
  /zones/{zoneId}/records/{id}:
    parameters: [{name: zoneId, in: path, required: true, schema: {type: string}}, {name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Record'}}}}}}
    put:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/RecordInput'}}}}
      responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Record'}}}}}
    delete: {responses: {'204': {description: gone}}}
components:
  schemas:
    ZoneInput: {type: object, required: [name], properties: {name: {type: string}, ttl: {type: integer}}}
    Zone: {type: object, properties: {zoneId: {type: string}, name: {type: string}, ttl: {type: integer}, created: {type: string}}}
    RecordInput: {type: object, required: [name, value], properties: {name: {type: string}, value: {type: string}}}
    Record: {type: object, properties: {id: {type: integer}, name: {type: string}, value: {type: string}}}
`

const DEFINITIONS = `
apiVersion: ogen.krateo.io/v1alpha1
kind: RestDefinition
metadata: {name: zone, namespace: default}
spec:
  oasPath: configmap://default/dns/openapi.yaml
  resourceGroup: dns.example
  resource:
    kind: Zone
    schema: strict
    identifiers: [name]
    additionalStatusFields: [zoneId]
    verbsDescription:
    - action: findby
      method: GET
      path: /zones
      itemsPath: zones
      pagination: {type: pageNumber, pageNumber: {request: {pageIn: query, pagePath: page}}}
    - {action: get, method: GET, path: '/zones/{zoneId}'}
    - {action: create, method: POST, path: /zones}
    - {action: delete, method: DELETE, path: '/zones/{zoneId}'}
---
apiVersion: ogen.krateo.io/v1alpha1
kind: RestDefinition
metadata: {name: record, namespace: default}
spec:
  oasPath: configmap://default/dns/openapi.yaml
  resourceGroup: dns.example
  resource:
    kind: Record
    schema: strict
    identifiers: [name]
    additionalStatusFields: [id]
    fields:
    - {path: spec.zoneId, reference: {kind: Zone, parent: true}}
    verbsDescription:
    - {action: findby, method: GET, path: '/zones/{zoneId}/records'}
    - {action: get, method: GET, path: '/zones/{zoneId}/records/{id}'}
    - {action: create, method: POST, path: '/zones/{zoneId}/records'}
    - {action: update, method: PUT, path: '/zones/{zoneId}/records/{id}'}
    - {action: delete, method: DELETE, path: '/zones/{zoneId}/records/{id}'}
`

const ZONES = Array.from({ length: 5 }, (_, index) => ({ zoneId: `z-${index + 1}`, name: `Zone ${index + 1}`, ttl: 300, created: '2026-01-01' }))
const RECORDS = [{ id: 7, name: 'www', value: '192.0.2.1' }, { id: 8, name: 'www', value: '192.0.2.2' }]

describe('oasgen import from an API with pages and parents, without a cluster', () => {
  let server: Server
  let place: Place
  const asked: string[] = []
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://x')
      asked.push(`${request.method} ${url.pathname}${url.search}`)
      const answer = answerTo(url)
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    place = createPlace()
    const document = DOCUMENT.replace('SERVER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    place.write('definitions.yaml', `${DEFINITIONS}---\n${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'dns', namespace: 'default' }, data: { 'openapi.yaml': document } })}\n`)
  })
  afterAll(() => {
    server.close()
    place.remove()
  })

  function answerTo({ pathname, searchParams }: URL): unknown {
    if (pathname === '/zones') return { zones: ZONES.slice((Number(searchParams.get('page') ?? 1) - 1) * 2, Number(searchParams.get('page') ?? 1) * 2) }
    const zone = ZONES.find(({ zoneId }) => pathname === `/zones/${zoneId}`)
    if (zone !== undefined) return zone
    if (pathname === '/zones/z-1/records') return RECORDS
    return RECORDS.find(({ id }) => pathname === `/zones/z-1/records/${id}`)
  }

  it('reads every page', async () => {
    const said = await place.say(['import', 'zones', '-f', 'definitions.yaml'])
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out.match(/external-name: .*/g)).toEqual(ZONES.map(({ zoneId }) => `external-name: ${zoneId}`))
    expect(said.out).not.toContain('created')
    place.write('zones.yaml', said.out)
  })

  it('lists children below their parents and names them by reference', async () => {
    const said = await place.say(['import', 'records', '-f', 'definitions.yaml', '--set', 'zoneId=z-1', '-f', 'zones.yaml'])
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out).toMatch(/name: www\n[^]*name: www-8\n/)
    expect(said.out).toMatch(/zone\w*Ref:\n {4}name: zone-1/)
    expect(said.out).not.toContain('zoneId:')
  })

  it('plans to send nothing for what it wrote', async () => {
    const records = await place.say(['import', 'records', '-f', 'definitions.yaml', '--set', 'zoneId=z-1', '-f', 'zones.yaml'])
    place.write('records.yaml', records.out)
    const planned = await place.say(['plan', '-f', 'definitions.yaml', '-f', 'zones.yaml', '-f', 'records.yaml', '--live', '--exit-code'])
    expect(planned.out).toContain('7 resources: 0 create, 0 update, 0 delete, 7 unchanged')
    expect(planned.code).toBe(0)
  })

  it('takes only what was named', async () => {
    const said = await place.say(['import', 'zone', '-f', 'definitions.yaml', '--id', 'z-4', '-o', 'json'])
    expect((JSON.parse(said.out) as { items: object[] }).items).toMatchObject([{ metadata: { name: 'zone-4' } }])
  })

  it('only ever reads', () => {
    expect(asked.filter((line) => !line.startsWith('GET '))).toEqual([])
  })
})
