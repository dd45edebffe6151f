import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { connectKube, type Kube } from '@oasgen/kube'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClusterSources, type ClusterSource, type ClusterSources, type LoadedSource } from '../../packages/provider/src/source.js'
import { send } from './generated-kinds-client.js'

const DOCUMENT = 'openapi: 3.0.3\n'
/** As much as the largest documents have, of text that packs as they do. */
const LARGE = JSON.stringify({ openapi: '3.1.0', paths: Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`/things/${at}/{id}`, { get: { operationId: `get-${at}`, responses: { 200: { description: 'OK' } }, description: 'A sentence that stands in every operation of the document, as sentences do.' } }])) })

const OBJECTS = '/api/v1/namespaces/default'

describe('documents in objects of the cluster', () => {
  let server: RealApiServer
  let kube: Kube
  let sources: ClusterSources
  const changed: string[] = []

  beforeAll(async () => {
    server = await startRealApiServer()
    kube = connectKube({ server: server.url, ca: server.ca, token: server.token })
    sources = createClusterSources(kube, (prefix) => changed.push(prefix))
    await send(server, 'POST', `${OBJECTS}/configmaps`, { metadata: { name: 'api' }, data: { 'openapi.yaml': DOCUMENT }, binaryData: { packed: gzipSync(LARGE).toString('base64'), broken: gzipSync(LARGE).subarray(0, 100).toString('base64') } })
    await send(server, 'POST', `${OBJECTS}/secrets`, { metadata: { name: 'api' }, data: { document: Buffer.from(DOCUMENT).toString('base64') } })
  }, 1_800_000)
  afterAll(async () => {
    await sources?.stop()
    await kube?.close()
    await server?.close()
  })

  const load = async (kind: ClusterSource['kind'], key: string, name = 'api'): Promise<LoadedSource> =>
    sources.load({ kind, namespace: 'default', name, key }, `${kind.toLowerCase()}://default/${name}/${key}`)
  const textOf = (loaded: LoadedSource): string => (loaded.state === 'found' ? Buffer.from(loaded.text.bytes).toString() : loaded.finding.message)

  it('a text of a ConfigMap', async () => {
    expect(textOf(await load('configMap', 'openapi.yaml'))).toBe(DOCUMENT)
  })

  it(`${Math.round(LARGE.length / 1e6)} MB packed with gzip in binaryData, which is too much for a ConfigMap as it stands`, async () => {
    expect(LARGE.length).toBeGreaterThan(5_000_000)
    expect(textOf(await load('configMap', 'packed'))).toBe(LARGE)
    expect(await load('configMap', 'broken')).toMatchObject({ state: 'missing' })
  })

  it('a key of a Secret', async () => {
    expect(textOf(await load('secret', 'document'))).toBe(DOCUMENT)
  })

  it('what is not there is said, with the keys that are', async () => {
    expect(textOf(await load('configMap', 'openapi.yml'))).toContain('broken, openapi.yaml, packed')
    expect(textOf(await load('secret', 'document', 'other'))).toContain('there is no Secret default/other')
  })

  it('an unchanged object keeps its identity, an edit gives another and is told', async () => {
    const [first, again] = [await load('configMap', 'openapi.yaml'), await load('configMap', 'openapi.yaml')]
    expect(again).toMatchObject({ identity: first.state === 'found' ? first.identity : '' })
    const { body } = await send(server, 'GET', `${OBJECTS}/configmaps/api`)
    await send(server, 'PUT', `${OBJECTS}/configmaps/api`, { ...body, data: { 'openapi.yaml': 'openapi: 3.1.0\n' } })
    await vi.waitFor(async () => expect(textOf(await load('configMap', 'openapi.yaml'))).toBe('openapi: 3.1.0\n'), { timeout: 10_000 })
    expect(changed).toContain('configmap://default/api/')
  })

  const GITHUB = join(process.env['OASGEN_BENCH_CACHE'] ?? join(tmpdir(), 'oasgen-bench'), 'package/generated/api.github.com.json')
  it.skipIf(!existsSync(GITHUB))(`GitHub's own document${existsSync(GITHUB) ? '' : ' (not run: it is not downloaded, node bench/openapi.mjs does that)'}`, async () => {
    const bytes = readFileSync(GITHUB)
    const { status } = await send(server, 'POST', `${OBJECTS}/configmaps`, { metadata: { name: 'github' }, binaryData: { 'openapi.json.gz': gzipSync(bytes, { level: 9 }).toString('base64') } })
    expect(status).toBe(201)
    const loaded = await load('configMap', 'openapi.json.gz', 'github')
    expect(loaded.state === 'found' && Buffer.from(loaded.text.bytes).equals(bytes)).toBe(true)
  })
})
