import { describe, expect, it } from 'vitest'
import { Sealed, type JsonObject } from '@oasgen/json'
import { configuration, thingPlan } from '../things.testing.js'
import { configuredRequest, createSendContexts } from './configured-request.js'
import { readConfigured } from './configured.js'

const PLAN = thingPlan('https://{region}.api.example/v1', { servers: [{ url: 'https://{region}.api.example/v1', variables: { region: { default: 'eu' } } }, { url: 'https://files.example' }] })
const read = (spec: JsonObject | undefined): ReturnType<typeof readConfigured> => readConfigured({ plan: PLAN, configuration: spec === undefined ? undefined : configuration('main', spec), environment: {} })

describe('readConfigured', () => {
  it.each([
    { name: 'nothing', reason: 'the document\'s servers with their defaults', spec: undefined, want: ['https://eu.api.example', 'https://files.example'] },
    { name: 'variables', reason: 'the Configuration fills them', spec: { serverVariables: { region: 'us' } }, want: ['https://us.api.example', 'https://files.example'] },
    { name: 'baseURL', reason: 'it stands for the first server alone', spec: { baseURL: 'http://localhost:8080/x' }, want: ['http://localhost:8080', 'https://files.example'] },
    { name: 'baseURL with a variable', reason: 'the engine fills it too', spec: { baseURL: 'https://{region}.other.example', serverVariables: { region: 'ap' } }, want: ['https://ap.other.example', 'https://files.example'] },
    { name: 'nonsense', reason: 'credentials go nowhere', spec: { baseURL: 'not a url' }, want: ['https://files.example'] },
  ])('gives the origins to which credentials may go. $name: $reason', ({ spec, want }) => {
    expect(read(spec).origins).toEqual(want)
  })

  it('reads how requests are sent', () => {
    const configured = read({
      tls: { caBundle: 'PEM', serverName: 'api', insecureSkipVerify: true, caRef: { namespace: 'a', name: 'b', key: 'c' } },
      proxyURL: 'http://proxy:3128', timeoutSeconds: 7, rateLimit: { requestsPerSecond: 5, burst: 9, concurrency: 3 },
      headers: [{ name: 'X-Tenant', value: 'blue' }],
    })
    expect(configured).toMatchObject({
      key: 'thingconfigurations.lab.example/default/main',
      tls: { ca: 'PEM', serverName: 'api', insecureSkipVerify: true }, ca: { namespace: 'a', name: 'b', key: 'c' },
      proxy: { url: 'http://proxy:3128' }, limitsOfRequest: { timeoutMs: 7_000 }, limits: { ratePerSecond: 5, burst: 9, concurrency: 3 },
      headers: [{ name: 'x-tenant', value: 'blue' }], secrets: [{ namespace: 'a', name: 'b', key: 'c' }],
    })
  })

  it('has defaults that bound a request all the same', () => {
    expect(read(undefined)).toMatchObject({ key: 'things.lab.example', tls: undefined, proxy: undefined, limits: undefined, limitsOfRequest: { timeoutMs: 30_000 }, headers: [], login: false })
  })

  it('finds every Secret, wherever it is named', () => {
    const spec = { authentication: { bearer: { tokenRef: { name: 'a', key: 'k' } }, login: { path: 'login', secrets: [{ path: 'password', secretRef: { name: 'b', key: 'k' } }] } } }
    expect(read(spec).secrets).toEqual([{ namespace: 'default', name: 'a', key: 'k' }, { namespace: 'default', name: 'b', key: 'k' }])
  })

  it('makes a scheme of the login', () => {
    const spec = { baseURL: 'https://api.example/v2/', authentication: { login: { path: '/session', body: { realm: 'x' }, secrets: [{ path: 'user.password', secretRef: { name: 'b', key: 'k' } }], tokenPath: 'data.token', lifetimeSeconds: 60 } } }
    const configured = read(spec)
    expect(configured.login).toBe(true)
    expect(configured.auth['authentication/login']).toEqual({
      type: 'login', url: 'https://api.example/v2/session', token: { from: 'body', path: 'data.token' }, placement: { in: 'header', name: 'Authorization', valuePrefix: 'Bearer ' }, lifetimeSeconds: 60,
      body: { encoding: 'json', value: { realm: 'x', user: { password: new Sealed({ namespace: 'default', name: 'b', key: 'k' }, 'text') } } },
    })
  })

  it.each([
    { name: 'a session cookie', reason: 'goes back as that cookie', login: { path: 'l', tokenCookie: 'sid' }, want: { token: { from: 'cookie', name: 'sid' }, placement: { in: 'cookie', name: 'sid' } } },
    { name: 'a token header', reason: 'another header has no prefix of its own', login: { path: 'l', tokenHeader: 'X-Token', header: 'X-Token' }, want: { token: { from: 'header', name: 'X-Token' }, placement: { in: 'header', name: 'X-Token' } } },
    { name: 'basic', reason: 'a login may take user and password as basic authentication', login: { path: 'l', usernameRef: { name: 'u', key: 'k' }, passwordRef: { name: 'p', key: 'k' }, method: 'GET' }, want: { method: 'GET', basic: { username: { secret: { namespace: 'default', name: 'u', key: 'k' } }, password: { secret: { namespace: 'default', name: 'p', key: 'k' } } } } },
  ])('login with $name: it $reason', ({ login, want }) => {
    expect(read({ authentication: { login } }).auth['authentication/login']).toMatchObject(want)
  })
})

describe('configuredRequest', () => {
  const request = { method: 'GET', url: 'https://eu.api.example/v1/things', headers: [{ name: 'accept', value: 'application/json' }, { name: 'x-tenant', value: 'red' }], auth: { alternatives: [] } } as const

  it('lets headers of the Configuration win, bounds the time, and leaves the rest', () => {
    expect(configuredRequest(read({ headers: [{ name: 'X-Tenant', value: 'blue' }], timeoutSeconds: 3 }), request)).toEqual({
      ...request, headers: [{ name: 'accept', value: 'application/json' }, { name: 'x-tenant', value: 'blue' }], limits: { timeoutMs: 3_000 },
    })
  })

  it('keeps a limit that the request has itself', () => {
    expect(configuredRequest(read({ timeoutSeconds: 3 }), { ...request, limits: { timeoutMs: 9 } }).limits).toEqual({ timeoutMs: 9 })
  })

  it('asks for the token of the login in place of what the operation asks for', () => {
    expect(configuredRequest(read({ authentication: { login: { path: 'l' } } }), request).auth).toEqual({ alternatives: [{ schemes: [{ scheme: 'authentication/login', scopes: [] }] }] })
  })
})

describe('createSendContexts', () => {
  it('keeps one TLS identity while the certificate stays, so that connections are shared', () => {
    const contexts = createSendContexts()
    const configured = read({ tls: { serverName: 'api', caRef: { name: 'ca', key: 'pem' } } })
    const signal = new AbortController().signal
    const of = (pem: string): ReturnType<typeof contexts> => contexts(configured, { secrets: () => ({ value: pem, version: '1' }), hmacKey: undefined, signal })
    const first = of('A')
    expect(first.tls).toEqual({ serverName: 'api', ca: 'A' })
    expect(of('A').tls).toBe(first.tls)
    expect(of('B').tls).toEqual({ serverName: 'api', ca: 'B' })
  })
})
