import { isObject } from '@oasgen/json'
import { scopeOf, type Context } from './context.js'
import { originOf, serverUrl } from './url.js'

/** Where the object lives: the address without its query, which may hold a signature. */
export function currentServer(context: Context): string | undefined {
  const { plan, home } = context.prepared
  if (plan.servers.length === 0) return undefined
  const { configuration } = context.subject
  const spec = configuration?.state === 'found' ? configuration.object['spec'] : undefined
  if (home !== undefined && (!isObject(spec) || spec['baseURL'] === undefined)) return home
  const url = serverUrl(plan.servers, 0, scopeOf(context).configuration)
  if (typeof url !== 'string') return undefined
  return addressOf(url)
}

export function addressOf(url: string): string {
  const origin = originOf(url)
  return origin + url.slice(origin.length).replace(/[?#].*$/, '').replace(/\/$/, '')
}
