import type { JsonObject } from '@oasgen/json'
import type { AuthRequirement } from '@oasgen/wire'
import type { Plan, SchemePlan } from '@oasgen/plan'

export const SECRET_NAME = 'conform-credentials'
/** What the Secret of these names holds. */
export const SECRET_VALUES: Readonly<Record<string, string>> = { value: 'conform-secret', username: 'conform' }
const TOKEN = 'conform-token'

export interface Presented {
  readonly headers: Readonly<Record<string, string>>
  readonly query: URLSearchParams
}

/** Whether the request carries what one alternative of its operation asks for. */
export function isAllowed({ auth }: Plan, requirement: AuthRequirement | undefined, presented: Presented): boolean {
  if (requirement === undefined || requirement.alternatives.length === 0) return true
  return requirement.alternatives.some(({ schemes }) => schemes.every(({ scheme }) => {
    const plan = auth[scheme]
    return plan === undefined || isPresented(plan, presented)
  }))
}

function isPresented(scheme: SchemePlan, { headers, query }: Presented): boolean {
  const authorization = headers['authorization'] ?? ''
  switch (scheme.type) {
    case 'basic': return authorization === `Basic ${Buffer.from(`${SECRET_VALUES['username']}:${SECRET_VALUES['value']}`).toString('base64')}`
    case 'bearer': return authorization === `Bearer ${SECRET_VALUES['value']}`
    case 'http': return authorization === `${scheme.scheme} ${SECRET_VALUES['value']}` || authorization.endsWith(` ${SECRET_VALUES['value']}`)
    case 'apiKey': return apiKeyOf(scheme, { headers, query }) === SECRET_VALUES['value']
    case 'oauth2': case 'openIdConnect': return authorization === `Bearer ${TOKEN}`
    case 'digest': return authorization.startsWith('Digest ')
    case 'awsV4': return authorization.startsWith('AWS4-HMAC-SHA256 ')
    case 'ociSignature': return authorization.startsWith('Signature ')
    case 'mutualTLS': return true
  }
}

function apiKeyOf({ in: place, name }: Extract<SchemePlan, { readonly type: 'apiKey' }>, { headers, query }: Presented): string | undefined {
  switch (place) {
    case 'header': return headers[name.toLowerCase()]
    case 'query': return query.get(name) ?? undefined
    case 'cookie': return new RegExp(`(?:^|;\\s*)${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}=([^;]*)`).exec(headers['cookie'] ?? '')?.[1]
  }
}

export const CHALLENGE = 'Digest realm="conform", nonce="6f1c", qop="auth", algorithm=SHA-256'

/** `spec.authentication` of a Configuration for this server. */
export function authenticationOf({ auth }: Plan, origin: string, namespace = 'default'): JsonObject {
  const ref = (key: string): JsonObject => ({ namespace, name: SECRET_NAME, key })
  return Object.fromEntries(Object.values(auth).flatMap((scheme) => {
    const block = blockOf(scheme, origin, ref)
    return block === undefined ? [] : [[scheme.block, block]]
  }))
}

function blockOf(scheme: SchemePlan, origin: string, ref: (key: string) => JsonObject): JsonObject | undefined {
  switch (scheme.type) {
    case 'basic': case 'digest': return { usernameRef: ref('username'), passwordRef: ref('value') }
    case 'bearer': case 'http': case 'apiKey': return { tokenRef: ref('value') }
    case 'oauth2': return { clientIdRef: ref('username'), clientSecretRef: ref('value'), usernameRef: ref('username'), passwordRef: ref('value'), tokenUrl: `${origin}/_conform/token` }
    case 'openIdConnect': return { clientIdRef: ref('username'), clientSecretRef: ref('value'), issuerUrl: `${origin}/_conform` }
    case 'awsV4': return { accessKeyIdRef: ref('username'), secretAccessKeyRef: ref('value'), region: scheme.region ?? 'conform-1', service: scheme.service ?? 'conform' }
    case 'mutualTLS': case 'ociSignature': return undefined
  }
}

/** What the server's own addresses answer: tokens and their discovery. */
export function tokenAnswer(path: string, origin: string): JsonObject | undefined {
  if (path === '/_conform/token') return { access_token: TOKEN, token_type: 'Bearer', expires_in: 86_400 }
  if (path === '/_conform/.well-known/openid-configuration') return { issuer: `${origin}/_conform`, token_endpoint: `${origin}/_conform/token` }
  return undefined
}
