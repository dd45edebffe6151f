import { isArray, isObject, type JsonObject, type SecretReference } from '@oasgen/json'
import type { Plan, SchemePlan } from '@oasgen/plan'
import type { AuthScheme, CredentialValue } from '@oasgen/transport'

/** The credentials that a Configuration gives, by the names of the document's security schemes. Schemes without all of theirs are left out. */
export function authTable(plan: Plan, configuration: JsonObject | undefined, namespace: string): Readonly<Record<string, AuthScheme>> {
  const blocks = isObject(configuration?.authentication) ? configuration.authentication : {}
  const entries = Object.entries(plan.auth).flatMap(([name, scheme]) => {
    const block = blocks[scheme.block]
    const built = isObject(block) ? buildScheme(scheme, new Block(block, namespace)) : undefined
    return built === undefined ? [] : [[name, built] as const]
  })
  return Object.fromEntries(entries)
}

/** `<name>Ref` names a Secret, `<name>` is the value itself (user names, scopes, addresses). */
class Block {
  readonly #block: JsonObject
  readonly #namespace: string
  constructor(block: JsonObject, namespace: string) {
    this.#block = block
    this.#namespace = namespace
  }

  credential(name: string): CredentialValue | undefined {
    const reference = readReference(this.#block[`${name}Ref`], this.#namespace)
    if (reference !== undefined) return { secret: reference }
    const text = this.text(name)
    return text === undefined ? undefined : { value: text }
  }

  text(name: string): string | undefined {
    const value = this.#block[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#block[name]
    return isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined
  }
}

export function readReference(value: JsonObject[string] | undefined, namespace: string): SecretReference | undefined {
  if (!isObject(value) || typeof value.name !== 'string' || typeof value.key !== 'string') return undefined
  return { namespace: typeof value.namespace === 'string' && value.namespace !== '' ? value.namespace : namespace, name: value.name, key: value.key }
}

function buildScheme(scheme: SchemePlan, block: Block): AuthScheme | undefined {
  switch (scheme.type) {
    case 'basic': return withBoth(block, (username, password) => ({ type: 'basic', username, password }))
    case 'digest': return withBoth(block, (username, password) => ({ type: 'digest', username, password }))
    case 'bearer': return withToken(block, (token) => ({ type: 'bearer', token }))
    case 'http': return withToken(block, (credentials) => ({ type: 'http', scheme: scheme.scheme, credentials }))
    case 'apiKey': return apiKey(scheme, block)
    case 'oauth2': return oauth2(block, { tokenUrl: block.text('tokenUrl') ?? scheme.tokenUrl }, { flow: scheme.flow, scopes: scheme.scopes })
    case 'openIdConnect': return oauth2(block, { discoveryUrl: block.text('discoveryUrl') ?? scheme.url }, { flow: 'clientCredentials', scopes: [] })
    case 'mutualTLS': return mutualTls(block)
    case 'awsV4': return awsV4(scheme, block)
    case 'ociSignature': return oci(block)
  }
}

function withBoth(block: Block, build: (username: CredentialValue, password: CredentialValue) => AuthScheme): AuthScheme | undefined {
  const username = block.credential('username')
  const password = block.credential('password')
  return username === undefined || password === undefined ? undefined : build(username, password)
}

function withToken(block: Block, build: (token: CredentialValue) => AuthScheme): AuthScheme | undefined {
  const token = block.credential('token')
  return token === undefined ? undefined : build(token)
}

function apiKey(scheme: SchemePlan & { readonly type: 'apiKey' }, block: Block): AuthScheme | undefined {
  const valuePrefix = block.text('valuePrefix')
  return withToken(block, (value) => ({
    type: 'apiKey', in: scheme.in, name: (scheme.in === 'header' ? block.text('header') : undefined) ?? scheme.name, value, ...(valuePrefix !== undefined && { valuePrefix }),
  }))
}

function oauth2(block: Block, endpoint: { readonly tokenUrl: string } | { readonly discoveryUrl: string }, { flow, scopes }: { readonly flow: 'clientCredentials' | 'password'; readonly scopes: readonly string[] }): AuthScheme | undefined {
  const names = ['clientId', 'clientSecret', 'username', 'password'] as const
  const credentials = Object.fromEntries(names.flatMap((name) => {
    const value = block.credential(name)
    return value === undefined ? [] : [[name, value] as const]
  }))
  const needed = flow === 'password' ? ['username', 'password'] : ['clientId', 'clientSecret']
  if (needed.some((name) => !Object.hasOwn(credentials, name))) return undefined
  const wanted = block.texts('scopes') ?? (scopes.length > 0 ? scopes : undefined)
  const audience = block.text('audience')
  const clientAuthentication = block.text('clientAuthentication') === 'body' ? 'body' : 'basic'
  return { type: 'oauth2', grant: flow, endpoint, ...credentials, ...(wanted && { scopes: wanted }), ...(audience !== undefined && { audience }), clientAuthentication }
}

function mutualTls(block: Block): AuthScheme | undefined {
  const certificate = block.credential('certificate')
  const privateKey = block.credential('privateKey')
  const passphrase = block.credential('passphrase')
  if (certificate === undefined || privateKey === undefined) return undefined
  return { type: 'mutualTls', certificate, privateKey, ...(passphrase && { passphrase }) }
}

function awsV4(scheme: SchemePlan & { readonly type: 'awsV4' }, block: Block): AuthScheme | undefined {
  const accessKeyId = block.credential('accessKeyId')
  const secretAccessKey = block.credential('secretAccessKey')
  const sessionToken = block.credential('sessionToken')
  const region = block.text('region') ?? scheme.region
  const service = block.text('service') ?? scheme.service
  if (accessKeyId === undefined || secretAccessKey === undefined || region === undefined || service === undefined) return undefined
  return { type: 'awsV4', region, service, accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

function oci(block: Block): AuthScheme | undefined {
  if (block.text('principal') === 'instance') return { type: 'ociSignature', principal: { type: 'instance' } }
  const [tenancy, user, fingerprint, privateKey] = ['tenancy', 'user', 'fingerprint', 'privateKey'].map((name) => block.credential(name))
  const passphrase = block.credential('passphrase')
  if (tenancy === undefined || user === undefined || fingerprint === undefined || privateKey === undefined) return undefined
  return { type: 'ociSignature', principal: { type: 'user', tenancy, user, fingerprint, privateKey, ...(passphrase && { passphrase }) } }
}
