import { isArray, isObject, textOf, type JsonObject, type SecretReference } from '@oasgen/json'
import { nameOf, namespaceOf, type KubeObject } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import type { AuthScheme, ProxySettings, RequestLimitsPerKey, TlsSettings } from '@oasgen/transport'
import type { HttpHeader, RequestLimits } from '@oasgen/wire'
import { readReference, secretsOfConfiguration } from '../environment/secret-places.js'
import { authTable } from './auth-table.js'
import { LOGIN_SCHEME, loginScheme } from './login.js'
import type { OciEnvironment } from './oci.js'

/** How requests are sent, as Plan and Configuration say it together. Worked out once for each Configuration as it is. */
export interface ConfiguredSending {
  /** Names the budget: requests of one kind under one Configuration share it. */
  readonly key: string
  readonly auth: Readonly<Record<string, AuthScheme>>
  /** Whether every request carries the token of a login instead of what its operation asks for. */
  readonly login: boolean
  /** Origins to which credentials may go. */
  readonly origins: readonly string[]
  readonly tls: TlsSettings | undefined
  /** Secret with the certificates of the server's authority. */
  readonly ca: SecretReference | undefined
  readonly proxy: ProxySettings | undefined
  readonly limits: RequestLimitsPerKey | undefined
  readonly headers: readonly HttpHeader[]
  /** Of one request. */
  readonly limitsOfRequest: RequestLimits & { readonly timeoutMs: number }
  /** Every Secret that the Configuration names. */
  readonly secrets: readonly SecretReference[]
}

export const DEFAULT_TIMEOUT_MS = 30_000

export interface ConfiguredInput {
  readonly plan: Plan
  readonly configuration: KubeObject | undefined
  readonly environment: OciEnvironment
}

export function readConfigured({ plan, configuration, environment }: ConfiguredInput): ConfiguredSending {
  const spec: JsonObject = isObject(configuration?.spec) ? configuration.spec : {}
  const namespace = configuration === undefined ? plan.definition.namespace : namespaceOf(configuration)
  const addresses = addressesOf(plan, spec)
  const login = loginScheme({ configuration: spec, namespace, base: addresses[0] ?? '' })
  const auth = authTable({ plan, configuration: spec, namespace, environment })
  return {
    key: keyOf(plan, configuration),
    auth: login === undefined ? auth : { ...auth, [LOGIN_SCHEME]: login },
    login: login !== undefined,
    origins: [...new Set(addresses.flatMap(originOf))],
    tls: tlsOf(spec),
    ca: isObject(spec.tls) ? readReference(spec.tls.caRef, namespace) : undefined,
    proxy: typeof spec.proxyURL === 'string' && spec.proxyURL !== '' ? { url: spec.proxyURL } : undefined,
    limits: limitsOf(spec),
    headers: headersOf(spec),
    limitsOfRequest: { timeoutMs: positive(spec.timeoutSeconds, 1000) ?? DEFAULT_TIMEOUT_MS },
    secrets: configuration === undefined ? [] : secretsOfConfiguration(configuration),
  }
}

function keyOf({ resource, configuration }: Plan, object: KubeObject | undefined): string {
  return object === undefined ? `${resource.plural}.${resource.group}` : `${configuration?.plural ?? resource.plural}.${resource.group}/${namespaceOf(object)}/${nameOf(object)}`
}

/** The servers of the Plan with their variables filled, `baseURL` in place of the first: what the engine sends to. */
function addressesOf({ servers }: Plan, spec: JsonObject): readonly string[] {
  const given = isObject(spec.serverVariables) ? spec.serverVariables : {}
  return servers.map(({ url, variables }, index) => {
    const template = index === 0 && typeof spec.baseURL === 'string' && spec.baseURL !== '' ? spec.baseURL : url
    return template.replace(/\{([^{}]+)\}/g, (_, name: string) => textOf(given[name] ?? '') || (variables?.[name]?.default ?? ''))
  })
}

function originOf(url: string): readonly string[] {
  return URL.canParse(url) ? [new URL(url).origin] : []
}

function tlsOf({ tls }: JsonObject): TlsSettings | undefined {
  if (!isObject(tls)) return undefined
  const { caBundle, serverName, insecureSkipVerify } = tls
  const settings = {
    ...(typeof caBundle === 'string' && caBundle !== '' && { ca: caBundle }),
    ...(typeof serverName === 'string' && serverName !== '' && { serverName }),
    ...(insecureSkipVerify === true && { insecureSkipVerify: true }),
  }
  return Object.keys(settings).length === 0 ? undefined : settings
}

function limitsOf({ rateLimit }: JsonObject): RequestLimitsPerKey | undefined {
  if (!isObject(rateLimit)) return undefined
  const [ratePerSecond, burst, concurrency] = [positive(rateLimit.requestsPerSecond), positive(rateLimit.burst), positive(rateLimit.concurrency)]
  return { ...(ratePerSecond !== undefined && { ratePerSecond }), ...(burst !== undefined && { burst }), ...(concurrency !== undefined && { concurrency }) }
}

function positive(value: JsonObject[string] | undefined, factor = 1): number | undefined {
  return typeof value === 'number' && value > 0 ? value * factor : undefined
}

function headersOf({ headers }: JsonObject): readonly HttpHeader[] {
  const entries = isArray(headers) ? headers.filter(isObject) : []
  return entries.flatMap(({ name, value }) => (typeof name === 'string' && name !== '' ? [{ name: name.toLowerCase(), value: textOf(value ?? '') }] : []))
}
