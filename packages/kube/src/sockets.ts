import { Pool, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici'
import type { ConnectionConfig } from './config.js'

export interface TlsMaterial {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** Limits of the whole pool; its connector is ours to choose. */
export type SocketLimits = Omit<Pool.Options, 'connect'>

/** Sockets to one server, straight or through the configured proxy. Time limits are set per request, so none stand here. */
export function openSockets(config: ConnectionConfig, material: TlsMaterial, limits: SocketLimits): Dispatcher {
  const tls = {
    ...material,
    ...(config.tlsServerName !== undefined && { servername: config.tlsServerName }),
    ...(config.insecure === true && { rejectUnauthorized: false }),
  }
  const common = { keepAliveTimeout: 60_000, headersTimeout: 0, bodyTimeout: 0, ...limits, ...(config.http2 === true && { allowH2: true }) }
  const { proxy } = config
  if (proxy === undefined) return new Pool(new URL(config.server).origin, { ...common, connect: { ...tls, ...CONNECT } })
  return proxy.startsWith('socks') ? openSocks(proxy, tls, common) : new ProxyAgent({ ...common, uri: proxy, requestTls: { ...tls, ...CONNECT } })
}

/** Keep-alive probes find a peer that is gone without a word; a name that does not answer is given up. */
const CONNECT = { timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 15_000 }

function openSocks(proxy: string, tls: object, common: SocketLimits): Dispatcher {
  const options: Socks5ProxyAgent.Options & { requestTls: object } = { ...common, requestTls: tls }
  return new Socks5ProxyAgent(proxy, options)
}
