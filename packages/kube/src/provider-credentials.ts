import { performance } from 'node:perf_hooks'
import { toPlain, writeJson, type JsonObject } from '@oasgen/json'
import { cachedCredentials, messageOf, type CredentialSource, type Fetched } from './credentials.js'

/** How long an answer of the library is used before it is asked again; it keeps the token itself and renews it in time. */
const REUSE_MS = 30_000

/**
 * OIDC through the official client library, which costs tens of megabytes and is therefore loaded only when the first
 * request needs it (`docs/decisions/0050-kubeconfig-credentials.md`).
 */
export function providerCredentials(user: JsonObject): CredentialSource {
  return cachedCredentials(async (): Promise<Fetched> => {
    try {
      const authorization = await authorizationOf(user)
      if (authorization === undefined) return { ok: false, problem: 'the identity provider of the kubeconfig gave no token' }
      return { ok: true, value: { authorization }, freshUntil: performance.now() + REUSE_MS }
    } catch (cause) {
      return { ok: false, problem: `the identity provider of the kubeconfig: ${messageOf(cause)}` }
    }
  }, performance)
}

async function authorizationOf(user: JsonObject): Promise<string | undefined> {
  const { KubeConfig } = await import('./oidc-library.js')
  const config = new KubeConfig()
  config.loadFromString(writeJson({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'it',
    clusters: [{ name: 'it', cluster: { server: 'https://unused.invalid' } }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
    users: [{ name: 'it', user: toPlain(user) as JsonObject }],
  }))
  const options: { headers?: Record<string, unknown> } = {}
  await config.applyToHTTPSOptions(options as never)
  const value = options.headers?.Authorization
  return typeof value === 'string' ? value : undefined
}
