import { isObject, type JsonObject } from '@oasgen/json'
import type { Plan, SchemePlan } from '@oasgen/plan'
import type { AuthScheme, CredentialValue, OAuth2Scheme } from '@oasgen/transport'
import { AuthBlock } from './auth-block.js'
import { ociScheme, type OciEnvironment } from './oci.js'

export interface AuthTableInput {
  readonly plan: Plan
  /** `spec` of the Configuration. */
  readonly configuration: JsonObject | undefined
  /** Where Secrets without a namespace are. */
  readonly namespace: string
  readonly environment: OciEnvironment
}

/** The credentials that a Configuration gives, by the names of the document's security schemes. Schemes without all of theirs are left out. */
export function authTable({ plan, configuration, namespace, environment }: AuthTableInput): Readonly<Record<string, AuthScheme>> {
  const blocks = isObject(configuration?.authentication) ? configuration.authentication : {}
  const entries = Object.entries(plan.auth).flatMap(([name, scheme]) => {
    const block = Object.hasOwn(blocks, scheme.block) ? blocks[scheme.block] : undefined
    const built = isObject(block) ? buildScheme(scheme, new AuthBlock(block, namespace), environment) : undefined
    return built === undefined ? [] : [[name, built] as const]
  })
  return Object.fromEntries(entries)
}

function buildScheme(scheme: SchemePlan, block: AuthBlock, environment: OciEnvironment): AuthScheme | undefined {
  switch (scheme.type) {
    case 'basic': case 'digest': return withBoth(block, (username, password) => ({ type: scheme.type, username, password }))
    case 'bearer': return withToken(block, (token) => ({ type: 'bearer', token }))
    case 'http': return withToken(block, (credentials) => ({ type: 'http', scheme: scheme.scheme, credentials }))
    case 'apiKey': return apiKey(scheme, block)
    case 'oauth2': return oauth2(block, { endpoint: { tokenUrl: block.text('tokenUrl') ?? scheme.tokenUrl }, grant: scheme.flow, scopes: scheme.scopes })
    case 'openIdConnect': return oauth2(block, { endpoint: { discoveryUrl: block.text('issuerUrl') ?? scheme.url }, grant: 'clientCredentials', scopes: [] })
    case 'mutualTLS': return mutualTls(block)
    case 'awsV4': return awsV4(scheme, block)
    case 'ociSignature': return ociScheme(block, environment)
  }
}

function withBoth(block: AuthBlock, build: (username: CredentialValue, password: CredentialValue) => AuthScheme): AuthScheme | undefined {
  const username = block.credential('username')
  const password = block.credential('password')
  return username === undefined || password === undefined ? undefined : build(username, password)
}

function withToken(block: AuthBlock, build: (token: CredentialValue) => AuthScheme): AuthScheme | undefined {
  const token = block.credential('token')
  return token === undefined ? undefined : build(token)
}

function apiKey(scheme: SchemePlan & { readonly type: 'apiKey' }, block: AuthBlock): AuthScheme | undefined {
  const valuePrefix = block.text('valuePrefix')
  const name = (scheme.in === 'header' ? block.text('header') : undefined) ?? scheme.name
  return withToken(block, (value) => ({ type: 'apiKey', in: scheme.in, name, value, ...(valuePrefix !== undefined && { valuePrefix }) }))
}

type TokenRequest = Pick<OAuth2Scheme, 'endpoint' | 'grant'> & { readonly scopes: readonly string[] }

const CREDENTIALS = ['clientId', 'clientSecret', 'username', 'password'] as const
const NEEDED = { clientCredentials: ['clientId', 'clientSecret'], password: ['username', 'password'] } as const

/** A Configuration with user and password means the password grant, whatever flow the document names first. */
function oauth2(block: AuthBlock, { endpoint, grant, scopes }: TokenRequest): AuthScheme | undefined {
  const given = CREDENTIALS.flatMap((name) => {
    const value = block.credential(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const has = (name: string): boolean => given.some(([known]) => known === name)
  const used = NEEDED.password.every(has) ? 'password' : grant
  if (!NEEDED[used].every(has)) return undefined
  const wanted = block.texts('scopes') ?? (scopes.length > 0 ? scopes : undefined)
  const audience = block.text('audience')
  const parameters = block.textMap('parameters')
  return {
    type: 'oauth2', grant: used, endpoint, ...Object.fromEntries(given),
    clientAuthentication: block.text('clientAuthentication') === 'body' ? 'body' : 'basic',
    ...(wanted && { scopes: wanted }), ...(audience !== undefined && { audience }), ...(parameters && { parameters }),
  }
}

function mutualTls(block: AuthBlock): AuthScheme | undefined {
  const certificate = block.credential('certificate')
  const privateKey = block.credential('privateKey')
  const passphrase = block.credential('passphrase')
  if (certificate === undefined || privateKey === undefined) return undefined
  return { type: 'mutualTls', certificate, privateKey, ...(passphrase && { passphrase }) }
}

function awsV4(scheme: SchemePlan & { readonly type: 'awsV4' }, block: AuthBlock): AuthScheme | undefined {
  const accessKeyId = block.credential('accessKeyId')
  const secretAccessKey = block.credential('secretAccessKey')
  const sessionToken = block.credential('sessionToken')
  const region = block.text('region') ?? scheme.region
  const service = block.text('service') ?? scheme.service
  if (accessKeyId === undefined || secretAccessKey === undefined || region === undefined || service === undefined) return undefined
  return { type: 'awsV4', region, service, accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}
