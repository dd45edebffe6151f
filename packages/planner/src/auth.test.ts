import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import type { SchemePlan } from '@oasgen/plan'
import { actionOf, answers, object, sketch, STRING } from './sketch.testing.js'

const SCHEMES: JsonObject = {
  token: { type: 'http', scheme: 'bearer' },
  login: { type: 'http', scheme: 'basic' },
  key: { type: 'apiKey', in: 'query', name: 'k' },
  oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: { read: '', write: '' } } } },
  person: { type: 'oauth2', flows: { authorizationCode: { authorizationUrl: 'https://x.example', tokenUrl: 'https://x.example', scopes: {} } } },
  sso: { type: 'openIdConnect', openIdConnectUrl: 'https://sso.example/.well-known/openid-configuration' },
  tls: { type: 'mutualTLS' },
  odd: { type: 'http', scheme: 'hoba' },
  broken: { type: 'magic' },
}

function schemes(...names: readonly string[]): JsonObject {
  return { components: { securitySchemes: Object.fromEntries(names.map((name) => [name, SCHEMES[name] ?? {}])) } }
}

interface Case {
  readonly have: readonly string[]
  readonly security?: readonly JsonObject[]
  readonly own?: readonly JsonObject[]
  readonly schema: 'compatible' | 'strict'
}

function requirement({ have, security, own, schema }: Case): string {
  const operation = { ...answers(object({ a: STRING })), ...(own !== undefined && { security: own }) }
  const document = { ...schemes(...have), ...(security !== undefined && { security }) }
  const { plan } = sketch({ paths: { '/things': { get: operation } }, verbs: ['get GET /things'], document, resource: { schema } })
  const { auth } = actionOf(plan, 'get').call ?? {}
  return (auth?.alternatives ?? []).map((alternative) => alternative.schemes.map(({ scheme }) => scheme).join('+') || 'nothing').join(' | ')
}

describe('what a call needs', () => {
  it.each([
    { have: ['token'], security: [{ token: [] }], schema: 'strict', wanted: 'token', reason: 'the document says so' },
    { have: ['token', 'key'], security: [{ token: [], key: [] }, { key: [] }], schema: 'strict', wanted: 'token+key | key', reason: 'both together, or one alone' },
    { have: ['token', 'key'], security: [{ token: [] }], own: [{ key: [] }], schema: 'strict', wanted: 'key', reason: 'the operation has the last word' },
    { have: ['token'], security: [{ token: [] }], own: [], schema: 'strict', wanted: '', reason: 'the operation is open' },
    { have: ['token'], security: [{ token: [] }], own: [], schema: 'compatible', wanted: 'token | nothing', reason: 'the reference sends credentials with every call' },
    { have: ['token', 'login'], security: [{ login: [] }], schema: 'compatible', wanted: 'login | token', reason: 'a Configuration may hold the other one' },
    { have: ['token', 'key'], schema: 'strict', wanted: 'token | key | nothing', reason: 'nothing is said at all' },
    { have: ['token'], security: [{}, { token: [] }], schema: 'strict', wanted: 'token | nothing', reason: 'credentials that are there are used' },
    { have: ['broken', 'token'], security: [{ broken: [] }], schema: 'strict', wanted: '', reason: 'nobody can satisfy it, and nothing else is said' },
    { have: ['broken', 'token'], security: [{ broken: [] }], schema: 'compatible', wanted: 'token | nothing', reason: 'nobody can satisfy it, so what there is is tried' },
    { have: [], schema: 'compatible', wanted: '', reason: 'there are no schemes' },
  ] as const)('$wanted: $reason', ({ wanted, ...each }) => {
    expect(requirement(each)).toBe(wanted)
  })
})

describe('how a scheme is satisfied', () => {
  const { plan } = sketch({
    paths: { '/things': { get: { ...answers(object({ a: STRING })), security: [{ oauth: ['write'] }, { oauth: ['read', 'write'] }] } } },
    verbs: ['get GET /things'], document: schemes(...Object.keys(SCHEMES)), resource: { schema: 'compatible' },
  })

  it.each([
    ['token', { type: 'bearer', block: 'bearer' }, 'the reference\'s block'],
    ['login', { type: 'basic', block: 'basic' }, 'the reference\'s block'],
    ['key', { type: 'apiKey', block: 'apiKey', in: 'query', name: 'k' }, 'its place is in the document'],
    ['oauth', { type: 'oauth2', block: 'oauth2', flow: 'clientCredentials', tokenUrl: 'http://docs.example/oauth/token', scopes: ['read', 'write'] }, 'all scopes that the calls need, sorted; the address is resolved'],
    ['person', { type: 'bearer', block: 'person' }, 'a person fetched the token'],
    ['sso', { type: 'openIdConnect', block: 'openIdConnect', url: 'https://sso.example/.well-known/openid-configuration' }, 'the discovery document'],
    ['tls', { type: 'mutualTLS', block: 'mutualTLS' }, 'a certificate'],
    ['odd', { type: 'http', block: 'http', scheme: 'hoba' }, 'any word of HTTP'],
    ['broken', undefined, 'nothing can satisfy it'],
  ] as readonly (readonly [string, SchemePlan | undefined, string])[])('%s: %o, %s', (name, wanted, _reason) => {
    expect(plan.auth[name]).toEqual(wanted)
  })
})
