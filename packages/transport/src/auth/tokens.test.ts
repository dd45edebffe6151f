import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sealed } from '@oasgen/json'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTransport, type AuthScheme, type SendContext } from '../index.js'
import { CA_CERTIFICATE, INSTANCE_CERTIFICATE, INSTANCE_KEY, SERVER_CERTIFICATE, SERVER_KEY } from '../certificates.testing.js'
import { json, requires, secret, startLoopback, testContext, type Loopback, type Seen } from '../loopback.testing.js'
import { fetchInstanceToken } from './oci-principals.js'
import { PrivateKeys } from './private-keys.js'
import { TokenCache } from './token-cache.js'

let api: Loopback
let idp: Loopback
let now = Date.UTC(2026, 0, 1)
let transport = createTransport({ now: () => now })
let issued = 0
/** Tokens that the API accepts. */
let valid = new Set<string>()

beforeAll(async () => {
  api = await startLoopback()
  idp = await startLoopback()
})
afterAll(async () => {
  await Promise.all([api.close(), idp.close()])
})
beforeEach(() => {
  transport = createTransport({ now: () => now })
  issued = 0
  valid = new Set()
  api.seen.length = 0
  idp.seen.length = 0
  api.answer = (request, response) => {
    const accepted = valid.has((request.headers.authorization ?? '').replace('Bearer ', ''))
    json(accepted ? '{"ok":true}' : '{}', accepted ? 200 : 401)(request, response)
  }
  idp.answer = issue()
})

/** Hands out `token-1`, `token-2`, …, which the API then accepts. */
function issue(extra = '"expires_in":3600') {
  return (request: Seen, response: Parameters<Loopback['answer']>[1]) => {
    issued += 1
    valid.add(`token-number-${issued}`)
    json(`{"access_token":"token-number-${issued}","token_type":"bearer",${extra}}`)(request, response)
  }
}

const SECRETS: Record<string, string> = { id: 'client id', secret: 's3cr3t:with%chars', user: 'me', password: 'pass word long' }
const scheme = (extra: object = {}): AuthScheme => ({
  type: 'oauth2', grant: 'clientCredentials', endpoint: { tokenUrl: `${idp.origin}/token` }, clientId: secret('id'), clientSecret: secret('secret'), scopes: ['read', 'write'], audience: 'https://api', ...extra,
})
function send(auth: AuthScheme = scheme(), extra: Partial<SendContext> = {}) {
  return transport.send({ method: 'GET', url: `${api.origin}/things`, headers: [], auth: requires('o') }, testContext(SECRETS, { allowedOrigins: [api.origin], auth: { o: auth }, ...extra }))
}

describe('OAuth2 client credentials', () => {
  it('asks once for many requests at the same time, form and Basic as RFC 6749 writes them', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => send()))
    expect(all.every((sent) => sent.type === 'response' && sent.response.status === 200)).toBe(true)
    expect(idp.seen).toHaveLength(1)
    expect(idp.seen[0]).toMatchObject({ method: 'POST', url: '/token', body: 'grant_type=client_credentials&scope=read+write&audience=https%3A%2F%2Fapi' })
    expect(Buffer.from(idp.seen[0]?.headers.authorization?.slice(6) ?? '', 'base64').toString()).toBe('client+id:s3cr3t%3Awith%25chars')
  })

  it('proves itself in the body where Basic is refused and nothing was configured', async () => {
    idp.answer = (request, response) => (request.headers.authorization === undefined ? issue()(request, response) : json('{"error":"invalid_client"}', 401)(request, response))
    expect(await send()).toMatchObject({ response: { status: 200 } })
    expect(idp.seen[1]?.body).toContain('client_id=client+id&client_secret=s3cr3t%3Awith%25chars')
  })

  it('finds the token endpoint by discovery', async () => {
    idp.answer = (request, response) => (request.url.endsWith('/.well-known/openid-configuration') ? json(`{"token_endpoint":"${idp.origin}/t"}`)(request, response) : issue()(request, response))
    expect(await send(scheme({ endpoint: { discoveryUrl: `${idp.origin}/realm` } }))).toMatchObject({ response: { status: 200 } })
    expect(idp.seen.map(({ url }) => url)).toEqual(['/realm/.well-known/openid-configuration', '/t'])
  })

  it('renews early in the background, and waits only when the token has ended', async () => {
    idp.answer = issue('"expires_in":100')
    await send()
    now += 80_000
    await send()
    await expect.poll(() => idp.seen.length).toBe(2)
    expect(api.seen[1]?.headers.authorization).toBe('Bearer token-number-1')
    await expect.poll(async () => { await send(); return api.seen.at(-1)?.headers.authorization }).toBe('Bearer token-number-2')
    now += 100_000
    await send()
    expect(api.seen.at(-1)?.headers.authorization).toBe('Bearer token-number-3')
  })

  it('fetches once more after a 401 and repeats once; refused again, the 401 is the answer and the endpoint is left alone', async () => {
    await send()
    valid.clear()
    expect(await send()).toMatchObject({ response: { status: 200 } })
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-number-1', 'Bearer token-number-1', 'Bearer token-number-2'])
    api.answer = json('{}', 401)
    expect(await send()).toMatchObject({ response: { status: 401 } })
    expect(await send()).toMatchObject({ response: { status: 401 } })
    expect(idp.seen).toHaveLength(3)
  })

  it('does not storm the endpoint with rejected credentials, but tries a changed Secret at once', async () => {
    idp.answer = json('{"error":"invalid_client","error_description":"no such secret: s3cr3t:with%chars"}', 401)
    const first = await send(scheme({ clientAuthentication: 'basic' }))
    expect(first).toMatchObject({ failure: { reason: 'credentialsRejected', code: 'NET0211', sent: 'nothing' } })
    expect(JSON.stringify(first)).not.toContain('s3cr3t')
    expect(await send(scheme({ clientAuthentication: 'basic' }))).toMatchObject({ failure: { code: 'NET0211', retryAfterMs: 10_000 } })
    expect(idp.seen).toHaveLength(1)
    idp.answer = issue()
    const changed = testContext({ ...SECRETS, secret: 'another' }, { allowedOrigins: [api.origin], auth: { o: scheme({ clientAuthentication: 'basic' }) } })
    expect(await transport.send({ method: 'GET', url: api.origin, headers: [], auth: requires('o') }, changed)).toMatchObject({ response: { status: 200 } })
  })

  const failures: readonly { name: string; answer: string; status: number; want: object; reason: string }[] = [
    { name: 'server error', answer: '<html>', status: 503, want: { code: 'NET0212', reason: 'connect' }, reason: 'the endpoint is ill, the credentials may be right' },
    { name: 'no token', answer: '{"expires_in":1}', status: 200, want: { code: 'NET0213' }, reason: 'success without a token' },
    { name: 'an error with 200', answer: '{"error":"invalid_grant"}', status: 200, want: { code: 'NET0211' }, reason: 'some servers do that' },
    { name: 'too many', answer: '{}', status: 429, want: { code: 'NET0212', reason: 'throttled' }, reason: 'throttled at the token endpoint' },
  ]
  it.each(failures)('$name: $reason', async ({ answer, status, want }) => {
    idp.answer = json(answer, status)
    expect(await send(scheme({ clientAuthentication: 'body' }))).toMatchObject({ type: 'failure', failure: { sent: 'nothing', ...want } })
    expect(api.seen).toEqual([])
  })

  it('masks a token that the API echoes', async () => {
    valid.add('token-number-1')
    api.answer = (request, response) => json(JSON.stringify({ you: request.headers.authorization }))(request, response)
    expect(await send()).toMatchObject({ response: { body: { value: { you: 'Bearer ••••' } } } })
  })
})

describe('OAuth2 password', () => {
  it('sends user, password and the scopes of the operation', async () => {
    const auth = { type: 'oauth2', grant: 'password', endpoint: { tokenUrl: `${idp.origin}/token` }, username: secret('user'), password: secret('password') } as const
    const sent = await transport.send({ method: 'GET', url: api.origin, headers: [], auth: { alternatives: [{ schemes: [{ scheme: 'o', scopes: ['a', 'b'] }] }] } }, testContext(SECRETS, { allowedOrigins: [api.origin], auth: { o: auth } }))
    expect(sent).toMatchObject({ response: { status: 200 } })
    expect(idp.seen[0]?.body).toBe('grant_type=password&username=me&password=pass+word+long&scope=a+b')
  })
})

describe('login', () => {
  const leaf = (key: string): Sealed => new Sealed({ namespace: 'default', name: 'creds', key })
  const rows: readonly { name: string; login: object; answer: Loopback['answer']; want: object; reason: string }[] = [
    {
      name: 'token in the body', reason: 'the usual form',
      login: { body: { encoding: 'json', value: { user: 'me', password: leaf('password') } }, token: { from: 'body', path: 'data.session[0].id' } },
      answer: json('{"data":{"session":[{"id":"session-one"}]}}'), want: { authorization: 'Bearer session-one' },
    },
    {
      name: 'token in a header', reason: 'vSphere and NSX do that',
      login: { basic: { username: secret('user'), password: secret('password') }, token: { from: 'header', name: 'X-Auth-Token' }, placement: { in: 'header', name: 'X-Auth-Token' } },
      answer: (_, response) => { response.setHeader('x-auth-token', 'session-two'); response.end() }, want: { 'x-auth-token': 'session-two' },
    },
    {
      name: 'cookie', reason: 'goes back as a cookie without being told',
      login: { body: { encoding: 'form', value: { user: 'me', password: leaf('password') } }, token: { from: 'cookie', name: 'sid' } },
      answer: (_, response) => { response.setHeader('set-cookie', ['other=1', 'sid=session-three; Path=/; HttpOnly']); response.writeHead(302, { location: '/home' }); response.end() }, want: { cookie: 'sid=session-three' },
    },
    {
      name: 'bare text', reason: 'the whole body is the token',
      login: { token: { from: 'body', path: '$' } }, answer: (_, response) => { response.setHeader('content-type', 'text/plain'); response.end('session-four\n') }, want: { authorization: 'Bearer session-four' },
    },
  ]
  it.each(rows)('$name: $reason', async ({ login, answer, want }) => {
    idp.answer = answer
    api.answer = json('{}')
    const auth = { type: 'login', url: `${idp.origin}/login`, ...login } as AuthScheme
    expect(await send(auth, { allowedOrigins: [api.origin, idp.origin] })).toMatchObject({ response: { status: 200 } })
    expect(api.seen[0]?.headers).toMatchObject(want)
    await send(auth, { allowedOrigins: [api.origin, idp.origin] })
    expect(idp.seen).toHaveLength(1)
  })

  it('is made only at an allowed host', async () => {
    const auth = { type: 'login', url: `${idp.origin}/login`, token: { from: 'body', path: '$' } } as const
    expect(await send(auth)).toMatchObject({ failure: { code: 'NET0301' } })
    expect(idp.seen).toEqual([])
  })
})

describe('other schemes', () => {
  it('reads a projected token again when it has changed and the API says 401', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'oasgen-')), 'token')
    writeFileSync(file, 'projected-one\n')
    valid.add('projected-one')
    expect(await send({ type: 'oidcToken', file })).toMatchObject({ response: { status: 200 } })
    writeFileSync(file, 'projected-two\n')
    valid = new Set(['projected-two'])
    expect(await send({ type: 'oidcToken', file })).toMatchObject({ response: { status: 200 } })
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer projected-one', 'Bearer projected-one', 'Bearer projected-two'])
    expect(await send({ type: 'oidcToken', file: `${file}.absent` })).toMatchObject({ failure: { reason: 'credentialsMissing' } })
  })

  it('answers a Digest challenge once and uses its nonce for the next requests', async () => {
    api.answer = (request, response) => (request.headers.authorization === undefined
      ? json('{}', 401, { 'www-authenticate': 'Digest realm="r", qop="auth", nonce="n1", algorithm=SHA-256' })(request, response)
      : json('{}')(request, response))
    const auth = { type: 'digest', username: secret('user'), password: secret('password') } as const
    expect(await send(auth)).toMatchObject({ response: { status: 200 } })
    await send(auth)
    expect(api.seen).toHaveLength(3)
    expect(api.seen[2]?.headers.authorization).toMatch(/^Digest username="me", realm="r", nonce="n1", uri="\/things", response="[0-9a-f]{64}", algorithm=SHA-256, qop=auth, nc=00000002/)
  })

  it('signs for AWS over what is written', async () => {
    api.answer = json('{}')
    await send({ type: 'awsV4', region: 'eu-west-1', service: 'execute-api', accessKeyId: { value: 'AKID' }, secretAccessKey: secret('secret') })
    expect(api.seen[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/20260101\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=host;x-amz-date, Signature=[0-9a-f]{64}$/)
  })

  it('signs for Oracle with a user\'s key, the console\'s label below it included', async () => {
    api.answer = json('{}')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    SECRETS['pem'] = `${privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}OCI_API_KEY\n`
    const principal = { type: 'user', tenancy: { value: 't' }, user: { value: 'u' }, fingerprint: { value: 'f' }, privateKey: secret('pem') } as const
    const sent = await transport.send({ method: 'POST', url: `${api.origin}/20160918/x?a=b%20c`, headers: [], auth: requires('o'), body: { type: 'json', contentType: 'application/json', value: { a: 1 } } },
      testContext(SECRETS, { allowedOrigins: [api.origin], auth: { o: { type: 'ociSignature', principal } } }))
    expect(sent).toMatchObject({ response: { status: 200 } })
    expect(api.seen[0]?.headers['content-length']).toBe('7')
    expect(api.seen[0]?.headers.authorization).toMatch(/^Signature version="1",headers="date \(request-target\) host content-length content-type x-content-sha256",keyId="t\/u\/f"/)
    await transport.send({ method: 'POST', url: `${api.origin}/actions/start`, headers: [], auth: requires('o') }, testContext(SECRETS, { allowedOrigins: [api.origin], auth: { o: { type: 'ociSignature', principal } } }))
    expect(api.seen[1]?.headers).toMatchObject({ 'content-length': '0', 'x-content-sha256': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' })
    SECRETS['pem'] = 'not a key'
    expect(await send({ type: 'ociSignature', principal })).toMatchObject({ failure: { code: 'NET0203', sent: 'nothing' } })
  })

  it('exchanges the certificate of an instance for a token', async () => {
    const federation: Seen[] = []
    const metadata = await startLoopback((request, response) => {
      const texts: Record<string, string> = {
        '/opc/v2/instance/regionInfo': '{"regionIdentifier":"eu-frankfurt-1","realmDomainComponent":"oraclecloud.com"}',
        '/opc/v2/identity/cert.pem': INSTANCE_CERTIFICATE, '/opc/v2/identity/key.pem': INSTANCE_KEY, '/opc/v2/identity/intermediate.pem': INSTANCE_CERTIFICATE,
      }
      if (request.url === '/v1/x509') {
        federation.push(request)
        return json('{"token":"aaa.eyJleHAiOjE4OTM0NTYwMDB9.ccc"}')(request, response)
      }
      if (request.headers.authorization !== 'Bearer Oracle') response.writeHead(401)
      response.end(texts[request.url] ?? '')
    })
    const { Wire } = await import('../wire-exchange.js')
    const { resolveOptions } = await import('../options.js')
    const { createTokenCall } = await import('./token-wire.js')
    const wire = new Wire(resolveOptions({}))
    const call = createTokenCall(wire, { context: testContext({}), isTrusted: () => false })
    const result = await fetchInstanceToken({ call, keys: new PrivateKeys(), now: () => now }, { metadata: `${metadata.origin}/opc/v2`, federation: () => `${metadata.origin}/v1/x509` })
    expect(result).toMatchObject({ type: 'token', token: { value: 'aaa.eyJleHAiOjE4OTM0NTYwMDB9.ccc', expiresAt: 1893456000_000 } })
    expect(federation[0]?.headers.authorization).toMatch(/headers="date \(request-target\) content-length content-type x-content-sha256",keyId="ocid1\.tenancy\.oc1\.\.test\/fed-x509-sha256\/([0-9A-F]{2}:){31}/)
    expect(JSON.parse(federation[0]?.body ?? '{}')).toMatchObject({ fingerprintAlgorithm: 'SHA256', intermediateCertificates: [expect.stringMatching(/^MII/)] })
    await Promise.all([wire.close(), metadata.close()])
  })
})

describe('workload identity', () => {
  it('exchanges the service account token over the cluster\'s CA and signs with the session key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oasgen-'))
    const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')]
    writeFileSync(tokenFile, 'service-account-token\n')
    writeFileSync(caFile, CA_CERTIFICATE)
    const proxymux = await startLoopback((request, response) => json(JSON.stringify(Buffer.from('{"token":"ST$aaa.bbb.ccc"}').toString('base64')))(request, response), { cert: SERVER_CERTIFICATE, key: SERVER_KEY })
    api.answer = json('{}')
    const principal = { type: 'workload', host: `127.0.0.1:${proxymux.port}`, tokenFile, caFile } as const
    expect(await send({ type: 'ociSignature', principal })).toMatchObject({ response: { status: 200 } })
    expect(proxymux.seen[0]).toMatchObject({ url: '/resourcePrincipalSessionTokens', headers: { authorization: 'Bearer service-account-token' } })
    expect(api.seen[0]?.headers.authorization).toContain('keyId="ST$aaa.bbb.ccc"')
    proxymux.answer = json('{}', 403)
    expect(await createTransport().send({ method: 'GET', url: api.origin, headers: [], auth: requires('o') }, testContext({}, { allowedOrigins: [api.origin], auth: { o: { type: 'ociSignature', principal } } })))
      .toMatchObject({ failure: { code: 'NET0215', message: expect.stringContaining('enhanced cluster') } })
    await proxymux.close()
  })
})

describe('TokenCache', () => {
  it('keeps a token that still serves when a refresh in the background fails', async () => {
    const cache = new TokenCache(() => now)
    const good = async () => ({ type: 'token', token: { value: 'a', expiresAt: now + 100_000 } }) as const
    const bad = async () => ({ type: 'failure', failure: { reason: 'connect', sent: 'nothing', message: '', code: 'NET0212' } }) as const
    await cache.take('k', good)
    now += 80_000
    expect(await cache.take('k', bad)).toMatchObject({ token: { value: 'a' } })
    await Promise.resolve()
    expect(await cache.take('k', bad)).toMatchObject({ token: { value: 'a' } })
  })
})
