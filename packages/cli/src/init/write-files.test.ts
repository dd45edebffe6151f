import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CommandIo } from '../io.js'
import { carryDocument } from './carry.js'
import { init } from './init.js'

const DOCUMENT = `openapi: 3.0.3
info: {title: Zones, version: '1'}
servers: [{url: /v1}]
security: [{token: []}]
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
paths:
  /zones:
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/x-zone'}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/x-zone'}}}}
      responses: {'201': {description: ok, content: {application/json: {schema: {$ref: '#/x-zone'}}}}}
  /zones/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/x-zone'}}}}}}
    delete: {responses: {'204': {description: gone}}}
x-zone: {type: object, required: [name], properties: {id: {type: string, readOnly: true}, name: {type: string}}}
`

describe('init of a file', () => {
  let folder: string
  let said = ''
  const io = (): CommandIo => ({
    cwd: folder, env: {}, isTerminal: false, columns: 100, readStdin: () => Promise.resolve(''),
    out: (text: string) => { said += text }, err: (text: string) => { said += text }, note: (text: string) => { said += text },
  }) as unknown as CommandIo
  const written = (name: string): string => readFileSync(join(folder, 'zones', name), 'utf8')

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oasgen-init-'))
    writeFileSync(join(folder, 'Zones API.yaml'), DOCUMENT)
    await init(io(), 'Zones API.yaml', { kind: ['Zone'], outputDir: 'zones' })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('writes all that has to be applied', () => {
    expect(readdirSync(join(folder, 'zones')).sort()).toEqual(['zone.configuration.yaml', 'zone.example.yaml', 'zone.restdefinition.yaml', 'zones-api-openapi.configmap.yaml'])
  })

  it('names the document where a cluster can read it, and carries it there', () => {
    expect(written('zone.restdefinition.yaml')).toContain("oasPath: 'configmap://default/zones-api-openapi/Zones-API.yaml'")
    expect(written('zones-api-openapi.configmap.yaml')).toContain('Zones-API.yaml: |')
  })

  it('asks for the credentials and for the server that the document lacks', () => {
    expect(written('zone.configuration.yaml')).toMatch(/kind: Secret[^]*token: CHANGE-ME[^]*kind: ZoneConfiguration[^]*tokenRef[^]*baseURL: https:\/\/CHANGE-ME/)
    expect(written('zone.example.yaml')).toMatch(/configurationRef:\s+name: zone\n/)
  })

  it('leaves what is there already', async () => {
    await expect(init(io(), 'Zones API.yaml', { kind: ['Zone'], group: 'other.example', outputDir: 'zones' })).rejects.toThrow('is there already')
  })
})

describe('a document that is carried', () => {
  it.each([
    { reason: 'small: as text', size: 10, member: 'data' },
    { reason: 'larger than what kubectl apply keeps in an annotation: packed', size: 300_000, member: 'binaryData' },
  ])('$reason', ({ size, member }) => {
    expect(carryDocument('a/openapi.json', Buffer.from('x'.repeat(size))).configMap).toHaveProperty([member, 'openapi.json'])
  })

  it('is refused when no ConfigMap can hold it', () => {
    expect(() => carryDocument('large.yaml', randomBytes(1_000_000))).toThrow('too large')
  })
})
