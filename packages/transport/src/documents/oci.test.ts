import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTransport, type FetchDocumentOptions, type FetchedDocument, type OciSource } from '../index.js'
import { json, startLoopback, type Answer, type Loopback } from '../loopback.testing.js'

const digestOf = (content: string | Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

/** A registry in memory: manifests by tag and digest, blobs by digest. */
let manifests: Map<string, { readonly type: string; readonly text: string }>
let blobs: Map<string, Buffer>
let registry: Loopback
let storage: Loopback
const transport = createTransport({ privateAddresses: 'allow' })

interface Layer { readonly title?: string; readonly mediaType?: string; readonly content: string | Buffer }

function push(tag: string, layers: readonly Layer[]): string {
  const text = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, layers: layers.map(({ title, mediaType = 'application/octet-stream', content }) => {
    const bytes = Buffer.from(content)
    blobs.set(digestOf(bytes), bytes)
    return { mediaType, digest: digestOf(bytes), size: bytes.length, ...(title !== undefined && { annotations: { 'org.opencontainers.image.title': title } }) }
  }) })
  return put(tag, MANIFEST, text)
}
function put(tag: string, type: string, text: string): string {
  for (const name of [tag, digestOf(text)]) manifests.set(name, { type, text })
  return digestOf(text)
}

const serve: Answer = (request, response) => {
  const [, kind, name = ''] = /^\/v2\/team\/specs\/(manifests|blobs)\/(.+)$/.exec(request.url) ?? []
  const manifest = manifests.get(name)
  const blob = blobs.get(name)
  if (kind === 'manifests' && manifest !== undefined) return response.writeHead(200, { 'content-type': manifest.type }).end(manifest.text)
  if (kind === 'blobs' && blob !== undefined) return response.writeHead(307, { location: `${storage.origin}/blob/${name}` }).end()
  return response.writeHead(404).end('{"errors":[]}')
}

beforeAll(async () => {
  registry = await startLoopback()
  storage = await startLoopback()
})
afterAll(async () => {
  await Promise.all([transport.close(), registry.close(), storage.close()])
})
beforeEach(() => {
  manifests = new Map()
  blobs = new Map()
  registry.answer = serve
  storage.answer = (request, response) => response.end(blobs.get(request.url.slice('/blob/'.length)))
  registry.seen.length = 0
  storage.seen.length = 0
})

const fetch = (source: Partial<OciSource> = {}, options: FetchDocumentOptions = {}) =>
  transport.fetchDocument({ kind: 'oci', uri: 'oci://x/y', registry: registry.origin.slice('http://'.length), repository: 'team/specs', ...source }, options)
const textOf = (fetched: FetchedDocument) => (fetched.type === 'document' ? Buffer.from(fetched.bytes).toString() : fetched.type === 'failure' ? fetched.finding.code : fetched.type)

describe('oci sources', () => {
  const rows: readonly { name: string; layers: readonly Layer[]; file?: string; want: string; reason: string }[] = [
    { name: 'one layer', layers: [{ content: 'one' }], want: 'one', reason: 'the only one is it' },
    { name: 'by title', layers: [{ title: 'a.yaml', content: 'a' }, { title: 'dir/b.yaml', content: 'b' }], file: 'b.yaml', want: 'b', reason: 'the file that the address names' },
    { name: 'by name', layers: [{ title: 'README.md', content: 'r' }, { title: 'openapi.yaml', content: 'o' }, { title: 'values.yaml', content: 'v' }], want: 'o', reason: 'openapi.yaml is called so for a reason' },
    { name: 'by media type', layers: [{ content: 'r' }, { mediaType: 'application/vnd.oai.openapi+json', content: 'o' }], want: 'o', reason: 'its media type says it' },
    { name: 'two candidates', layers: [{ title: 'a.json', content: 'a' }, { title: 'b.json', content: 'b' }], want: 'NET0506', reason: 'never the first of several' },
    { name: 'no such file', layers: [{ title: 'a.json', content: 'a' }], file: 'c.json', want: 'NET0506', reason: 'the names that are there are listed' },
    { name: 'archive', layers: [{ title: 'specs.tar.gz', mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', content: 'a' }], want: 'NET0506', reason: 'archives are not opened' },
    { name: 'gzip', layers: [{ title: 'openapi.yaml.gz', mediaType: 'application/yaml+gzip', content: gzipSync('zipped') }], want: 'zipped', reason: 'a compressed file is' },
  ]
  it.each(rows)('$name: $reason', async ({ layers, file, want }) => {
    push('v1', layers)
    expect(textOf(await fetch({ tag: 'v1', ...(file !== undefined && { file }) }))).toBe(want)
  })

  it('follows an index to the manifest without a platform', async () => {
    const inner = push('inner', [{ content: 'inside' }])
    const entry = (digest: string, extra = {}) => ({ mediaType: MANIFEST, digest, size: 1, ...extra })
    put('v2', INDEX, JSON.stringify({ mediaType: INDEX, manifests: [entry(digestOf('x'), { platform: { os: 'linux' } }), entry(inner)] }))
    expect(textOf(await fetch({ tag: 'v2' }))).toBe('inside')
  })

  it('costs one small request when the tag still names the same, and none when the address has a digest', async () => {
    const digest = push('v1', [{ content: 'one' }])
    const first = await fetch({ tag: 'v1' })
    if (first.type !== 'document') throw new Error(textOf(first))
    expect(first.identity).toEqual({ digest: digestOf('one'), manifest: digest })
    registry.seen.length = 0
    expect(await fetch({ tag: 'v1' }, { previous: first.identity })).toMatchObject({ type: 'notModified' })
    expect(registry.seen).toHaveLength(1)
    expect(await fetch({ tag: 'v1', digest }, { previous: first.identity })).toMatchObject({ type: 'notModified' })
    expect(registry.seen).toHaveLength(1)
  })

  it('verifies the digests of manifest, layer and pin', async () => {
    const digest = push('v1', [{ content: 'one' }])
    manifests.set(digest, { type: MANIFEST, text: '{"layers":[]}' })
    expect(textOf(await fetch({ digest }))).toBe('NET0505')
    blobs.set(digestOf('one'), Buffer.from('two'))
    expect(textOf(await fetch({ tag: 'v1' }))).toBe('NET0505')
    push('v1', [{ content: 'one' }])
    expect(textOf(await fetch({ tag: 'v1' }, { digest: digestOf('two') }))).toBe('NET0505')
  })

  it('sends no credentials to the storage that blobs redirect to, and answers a Bearer challenge', async () => {
    push('v1', [{ content: 'one' }])
    registry.answer = (request, response) => {
      if (request.url.startsWith('/token')) return json('{"token":"tok-1"}')(request, response)
      if (request.headers.authorization === 'Bearer tok-1') return serve(request, response)
      return json('{}', 401, { 'www-authenticate': `Bearer realm="${registry.origin}/token",service="reg istry"` })(request, response)
    }
    expect(textOf(await fetch({ tag: 'v1' }, { credentials: { username: 'me', password: 'secret-password' } }))).toBe('one')
    expect(registry.seen[1]).toMatchObject({ url: '/token?service=reg+istry&scope=repository%3Ateam%2Fspecs%3Apull', headers: { authorization: `Basic ${Buffer.from('me:secret-password').toString('base64')}` } })
    expect(storage.seen[0]?.headers.authorization).toBeUndefined()
  })

  it('answers Basic with the entry of a docker configuration', async () => {
    push('v1', [{ content: 'one' }])
    const auth = Buffer.from('me:docker-password').toString('base64')
    registry.answer = (request, response) => (request.headers.authorization === `Basic ${auth}` ? serve(request, response) : json('{}', 401, { 'www-authenticate': 'Basic realm="x"' })(request, response))
    const dockerConfig = JSON.stringify({ auths: { 'other.example': { auth: 'eA==' }, [registry.origin]: { auth } } })
    expect(textOf(await fetch({ tag: 'v1' }, { credentials: { dockerConfig } }))).toBe('one')
    expect(textOf(await fetch({ tag: 'v1' }))).toBe('NET0502')
  })

  it('says what is wrong', async () => {
    expect(textOf(await fetch({ tag: 'absent' }))).toBe('NET0501')
    put('odd', MANIFEST, '<html>')
    expect(textOf(await fetch({ tag: 'odd' }))).toBe('NET0507')
    push('big', [{ content: 'x'.repeat(1000) }])
    expect(textOf(await fetch({ tag: 'big' }, { maxBytes: 999 }))).toBe('NET0504')
  })
})
