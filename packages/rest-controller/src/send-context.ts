import type { Subject } from '@oasgen/engine'
import { textOf, isObject, type JsonObject } from '@oasgen/json'
import { nameOf, namespaceOf } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import type { AuthScheme, SecretReader, SendContext } from '@oasgen/transport'

export interface SendContextFacts {
  readonly plan: Plan
  readonly subject: Subject
  readonly auth: Readonly<Record<string, AuthScheme>>
  readonly secrets: SecretReader
  readonly hmacKey: string | undefined
  readonly signal: AbortSignal
}

/** How requests of this resource are sent: credentials, where they may go, and what the Configuration says of the wire. */
export function sendContext({ plan, subject, auth, secrets, hmacKey, signal }: SendContextFacts): SendContext {
  const object = subject.configuration?.state === 'found' ? subject.configuration.object : undefined
  const spec: JsonObject = object !== undefined && isObject(object.spec) ? object.spec : {}
  const tls = tlsOf(spec)
  const limits = limitsOf(spec)
  const proxy = typeof spec.proxy === 'string' ? { url: spec.proxy } : undefined
  return {
    key: object === undefined ? `${plan.resource.plural}.${plan.resource.group}` : `${plan.resource.group}/${namespaceOf(object)}/${nameOf(object)}`,
    auth, secrets, signal,
    allowedOrigins: originsOf(plan, spec),
    ...(hmacKey !== undefined && { hmacKey }),
    ...(tls && { tls }), ...(limits && { limits }), ...(proxy && { proxy }),
  }
}

/** Credentials go to the document's servers, or to the Configuration's `baseURL` in their place, and nowhere else. */
function originsOf(plan: Plan, spec: JsonObject): readonly string[] {
  const variables = isObject(spec.serverVariables) ? spec.serverVariables : {}
  const filled = plan.servers.map(({ url, variables: declared }) => url.replace(/\{([^{}]+)\}/g, (_, name: string) => textOf(variables[name] ?? declared?.[name]?.default)))
  const urls = typeof spec.baseURL === 'string' && spec.baseURL !== '' ? [spec.baseURL, ...filled.slice(1)] : filled
  return [...new Set(urls.flatMap(originOf))]
}

function originOf(url: string): readonly string[] {
  try {
    return [new URL(url).origin]
  } catch {
    return []
  }
}

function tlsOf(spec: JsonObject): SendContext['tls'] {
  const ca = typeof spec.caBundle === 'string' ? spec.caBundle : undefined
  const insecure = spec.insecureSkipTLSVerify === true
  return ca === undefined && !insecure ? undefined : { ...(ca !== undefined && { ca }), ...(insecure && { insecureSkipVerify: true }) }
}

function limitsOf(spec: JsonObject): SendContext['limits'] {
  const rate = isObject(spec.rate) ? spec.rate : {}
  const ratePerSecond = typeof rate.requestsPerSecond === 'number' ? rate.requestsPerSecond : undefined
  const concurrency = typeof rate.concurrency === 'number' ? rate.concurrency : undefined
  return ratePerSecond === undefined && concurrency === undefined ? undefined : { ...(ratePerSecond !== undefined && { ratePerSecond }), ...(concurrency !== undefined && { concurrency }) }
}
