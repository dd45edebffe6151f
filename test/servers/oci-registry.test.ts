import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTransport, type FetchDocumentOptions, type FetchedDocument } from '@oasgen/transport'

/** Debian's docker-registry, unpacked from its package where it is not installed. */
function findRegistry(): { readonly program: string } | { readonly reason: string } {
  const installed = ['/usr/bin/docker-registry', '/usr/local/bin/docker-registry'].find(existsSync)
  if (installed !== undefined) return { program: installed }
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'oasgen', 'docker-registry')
  const program = join(cache, 'usr/bin/docker-registry')
  if (existsSync(program)) return { program }
  try {
    mkdirSync(cache, { recursive: true })
    execFileSync('apt-get', ['download', 'docker-registry'], { cwd: cache, stdio: 'ignore', timeout: 120_000 })
    const archive = readdirSync(cache).find((name) => name.endsWith('.deb'))
    execFileSync('dpkg-deb', ['-x', archive ?? '', '.'], { cwd: cache, stdio: 'ignore' })
    return existsSync(program) ? { program } : { reason: 'its package holds no program' }
  } catch (error) {
    return { reason: `it is not installed and cannot be downloaded (${(error as Error).message.split('\n')[0]})` }
  }
}

const found = findRegistry()
if ('reason' in found) process.stdout.write(`not run: 5 tests with docker-registry: ${found.reason}\n`)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

// bcrypt of `test-password`; the registry takes nothing else.
const HTPASSWD = 'me:$2b$05$B4Mq.LLNVlnT3FNM8R3eMOsvp95xioNVazGnrgtCASe9cZYC7lkQa\n'
const BASIC = `Basic ${Buffer.from('me:test-password').toString('base64')}`

describe.skipIf('reason' in found)(`a real registry${'reason' in found ? ' (not run: there is no docker-registry)' : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-registry-'))
  const transport = createTransport({ privateAddresses: 'allow' })
  let child: ChildProcess
  let host = ''

  beforeAll(async () => {
    const port = await freePort()
    host = `127.0.0.1:${port}`
    writeFileSync(join(folder, 'htpasswd'), HTPASSWD)
    writeFileSync(join(folder, 'config.yml'), [
      'version: 0.1', 'log: {level: error}', `storage: {filesystem: {rootdirectory: ${folder}/data}}`, `http: {addr: "${host}"}`,
      `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}`, '',
    ].join('\n'))
    child = spawn('program' in found ? found.program : '', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
    await vi.waitFor(async () => expect((await call('GET', '/v2/')).status).toBe(200), { timeout: 20_000, interval: 100 })
  })

  afterAll(async () => {
    await transport.close()
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  const call = (method: string, path: string, body?: Uint8Array | string, type = 'application/octet-stream') =>
    fetch(path.startsWith('http') ? path : `http://${host}${path}`, { method, headers: { authorization: BASIC, 'content-type': type }, ...(body !== undefined && { body }) })
  const digestOf = (content: Uint8Array | string) => `sha256:${createHash('sha256').update(content).digest('hex')}`

  async function pushBlob(content: Uint8Array | string) {
    const started = await call('POST', '/v2/team/specs/blobs/uploads/')
    const location = started.headers.get('location') ?? ''
    const put = await call('PUT', `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digestOf(content))}`, content)
    expect(put.status).toBe(201)
    return { digest: digestOf(content), size: Buffer.byteLength(content) }
  }

  async function push(tag: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
    const layers = []
    for (const [title, content] of Object.entries(files)) {
      layers.push({ mediaType: 'application/octet-stream', ...(await pushBlob(content)), annotations: { 'org.opencontainers.image.title': title } })
    }
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', ...(await pushBlob('{}')) }
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', artifactType: 'application/vnd.oai.openapi', config, layers })
    const put = await call('PUT', `/v2/team/specs/manifests/${tag}`, manifest, 'application/vnd.oci.image.manifest.v1+json')
    expect(put.status).toBe(201)
    return digestOf(manifest)
  }

  const pull = (source: { tag?: string; digest?: string; file?: string }, options: FetchDocumentOptions = {}) =>
    transport.fetchDocument({ kind: 'oci', uri: 'oci://registry/team/specs', registry: host, repository: 'team/specs', ...source }, { credentials: { username: 'me', password: 'test-password' }, ...options })
  const codeOf = (fetched: FetchedDocument) => (fetched.type === 'failure' ? fetched.finding.code : fetched.type)

  it('pulls a large document by tag and by digest', async () => {
    const large = JSON.stringify({ openapi: '3.0.3', filler: 'x'.repeat(13_000_000) })
    const digest = await push('v1', { 'openapi.json': large })
    for (const source of [{ tag: 'v1' }, { digest }]) {
      const fetched = await pull(source)
      expect(fetched).toMatchObject({ type: 'document', identity: { digest: digestOf(large), manifest: digest } })
    }
  })

  it('sees that a tag still names the same, and that it has moved', async () => {
    await push('moving', { 'openapi.yaml': 'openapi: 3.0.0\n' })
    const first = await pull({ tag: 'moving' })
    if (first.type !== 'document') throw new Error(codeOf(first))
    expect(await pull({ tag: 'moving' }, { previous: first.identity })).toMatchObject({ type: 'notModified' })
    await push('moving', { 'openapi.yaml': 'openapi: 3.1.0\n' })
    expect(await pull({ tag: 'moving' }, { previous: first.identity })).toMatchObject({ type: 'document' })
  })

  it('takes the file that the address names', async () => {
    await push('many', { 'a.yaml': 'openapi: 3.0.1\n', 'b.yaml': 'openapi: 3.0.2\n' })
    expect(codeOf(await pull({ tag: 'many' }))).toBe('NET0506')
    expect(await pull({ tag: 'many', file: 'b.yaml' })).toMatchObject({ identity: { digest: digestOf('openapi: 3.0.2\n') } })
  })

  it('wants credentials, and says so', async () => {
    expect(codeOf(await pull({ tag: 'v1' }, { credentials: {} }))).toBe('NET0502')
    expect(codeOf(await pull({ tag: 'v1' }, { credentials: { username: 'me', password: 'wrong-password' } }))).toBe('NET0502')
    const dockerConfig = JSON.stringify({ auths: { [host]: { auth: BASIC.slice('Basic '.length) } } })
    expect(codeOf(await pull({ tag: 'v1' }, { credentials: { dockerConfig } }))).toBe('document')
  })

  it('says that there is no such tag, and no such digest', async () => {
    expect(codeOf(await pull({ tag: 'absent' }))).toBe('NET0501')
    expect(codeOf(await pull({ digest: digestOf('nothing') }))).toBe('NET0501')
  })
})
