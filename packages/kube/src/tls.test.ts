import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectKube, type Kube } from './client.js'
import type { ConnectionConfig } from './config.js'
import { NAMESPACES } from './well-known.js'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) process.stdout.write('not run: 6 tests of TLS, no openssl on this machine to make certificates with\n')

describe.skipIf(!hasOpenssl)(`TLS${!hasOpenssl ? ' (not run: no openssl to make certificates with)' : ''}`, () => {
  let folder: string
  let server: Server
  let url: string
  const open: Kube[] = []
  const seen: { readonly who: string; readonly name: string | false | null | undefined }[] = []
  const path = (name: string): string => join(folder, name)
  const pem = (name: string): Promise<string> => readFile(path(name), 'utf8')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'))
    makeAuthority('ca')
    makeAuthority('other')
    await makeCertificate('server', 'subjectAltName=DNS:kube.test,IP:127.0.0.1')
    await makeCertificate('client', 'extendedKeyUsage=clientAuth')
    server = createServer({ cert: await pem('server.crt'), key: await pem('server.key'), ca: await pem('ca.crt'), requestCert: true, rejectUnauthorized: false }, (request, response) => {
      const socket = request.socket as TLSSocket
      seen.push({ who: socket.authorized ? String(socket.getPeerCertificate().subject.CN) : 'nobody', name: (socket as { servername?: string | false }).servername })
      response.end('{"kind":"NamespaceList","metadata":{"resourceVersion":"1"},"items":[]}')
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((kube) => kube.close()))
    seen.length = 0
  })
  afterAll(async () => {
    await new Promise((resolve) => { server.close(resolve) })
    await rm(folder, { recursive: true })
  })

  function openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  }
  function makeAuthority(name: string): void {
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`)
  }
  async function makeCertificate(name: string, extension: string): Promise<void> {
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    await writeFile(path(`${name}.ext`), extension)
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.crt`)
  }
  function kubeFor(config: Partial<ConnectionConfig>): Kube {
    const kube = connectKube({ server: url, ...config })
    open.push(kube)
    return kube
  }

  it('believes the given authority', async () => {
    expect(await kubeFor({ ca: await pem('ca.crt') }).page(NAMESPACES)).toMatchObject({ ok: true })
    expect(seen).toEqual([{ who: 'nobody', name: false }])
  })

  it('does not believe another, and says so before anything is sent', async () => {
    for (const config of [{}, { ca: await pem('other.crt') }]) {
      expect(await kubeFor(config).page(NAMESPACES)).toMatchObject({ ok: false, error: { kind: 'unreachable', reason: 'Tls', sent: 'nothing' } })
    }
    expect(seen).toEqual([])
  })

  it('believes anybody only when it is told to', async () => {
    expect(await kubeFor({ insecure: true }).page(NAMESPACES)).toMatchObject({ ok: true })
  })

  it('shows a client certificate', async () => {
    const clientCert = { cert: await pem('client.crt'), key: await pem('client.key') }
    expect(await kubeFor({ ca: await pem('ca.crt'), clientCert }).page(NAMESPACES)).toMatchObject({ ok: true })
    expect(seen[0]?.who).toBe('client')
  })

  it('asks for another server name, and then that must be in the certificate', async () => {
    const ca = await pem('ca.crt')
    expect(await kubeFor({ ca, tlsServerName: 'kube.test' }).page(NAMESPACES)).toMatchObject({ ok: true })
    expect(seen[0]?.name).toBe('kube.test')
    expect(await kubeFor({ ca, tlsServerName: 'elsewhere.test' }).page(NAMESPACES)).toMatchObject({ ok: false, error: { reason: 'Tls' } })
  })

  it('takes over new certificates without a restart', async () => {
    const clientCert = { cert: await pem('client.crt'), key: await pem('client.key') }
    let current: object = {}
    const answer = () => Promise.resolve({ ok: true as const, value: current })
    const kube = kubeFor({ ca: await pem('ca.crt'), credentials: { current: answer, refresh: answer } })
    await kube.page(NAMESPACES)
    current = { clientCert }
    await kube.page(NAMESPACES)
    expect(seen.map(({ who }) => who)).toEqual(['nobody', 'client'])
  })
})
