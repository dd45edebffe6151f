import { request as httpRequest, type ClientRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { TlsSettings } from '../context.js'
import { RefusedError, failureOf } from '../failure.js'
import type { AddressGuard } from './guard.js'
import type { LookUp } from './names.js'

/** TLS as one request needs it: what the Configuration says, and the client certificate of a mutual TLS scheme. */
export interface TlsIdentity extends TlsSettings {
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
}

export interface ConnectorOptions {
  readonly lookUp: LookUp
  readonly guard: AddressGuard
  readonly tls: TlsIdentity
  readonly connectTimeoutMs: number
  /** Where CONNECT is sent; absent = straight to the host. */
  readonly proxy?: URL
}

/** Opens connections whose address was looked up once, judged, and is the one that is used. */
export function createConnector({ lookUp, guard, tls, connectTimeoutMs, proxy }: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: judgedLookup(lookUp, guard), ...tlsOptions(tls) } as buildConnector.BuildOptions)
  if (proxy === undefined) return connect
  return (options, callback) => {
    openTunnel(proxy, { host: options.hostname, port: options.port || '443', timeoutMs: connectTimeoutMs }, (error, socket) => {
      if (error !== undefined) callback(error, null)
      else connect({ ...options, httpSocket: socket as Socket }, callback)
    })
  }
}

function tlsOptions(tls: TlsIdentity): Record<string, unknown> {
  return {
    minVersion: 'TLSv1.2',
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert, key: tls.key, ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }) }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    ...(tls.insecureSkipVerify === true && { rejectUnauthorized: false }),
  }
}

/** One address that may not be used refuses the name: a mixture of good and bad answers is how rebinding works. */
function judgedLookup(lookUp: LookUp, guard: AddressGuard): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const usable = addresses.filter(({ family }) => !options.family || options.family === family || options.family === `IPv${family}`)
      const refused = addresses.map(({ address }) => guard.judge(hostname, address)).find((failure) => failure !== undefined)
      if (refused !== undefined) return callback(new RefusedError(refused), '', 0)
      const first = usable[0] ?? addresses[0]
      if (first === undefined) return callback(Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' }), '', 0)
      if (options.all === true) return callback(null, usable.length > 0 ? usable : [...addresses])
      callback(null, first.address, first.family)
    })
  }
}

interface TunnelTarget {
  readonly host: string
  readonly port: string
  readonly timeoutMs: number
}

/** CONNECT through a proxy. Not undici's ProxyAgent: its own retries and errors would hide whether a byte was sent. */
function openTunnel(proxy: URL, target: TunnelTarget, done: (error: Error | undefined, socket?: Socket) => void): void {
  const authority = `${target.host.includes(':') ? `[${target.host.replace(/^\[|\]$/g, '')}]` : target.host}:${target.port}`
  const refused = (detail: string): RefusedError =>
    new RefusedError(failureOf('NET0105', { proxy: proxy.host, host: target.host, detail }, { reason: 'connect' }))
  let settled = false
  const settle = (error: Error | undefined, socket?: Socket): void => {
    if (settled) return
    settled = true
    clearTimeout(timer)
    done(error, socket)
  }
  const request = connectRequest(proxy, authority)
  const timer = setTimeout(() => {
    settle(refused(`no answer within ${target.timeoutMs} ms`))
    request.destroy()
  }, target.timeoutMs)
  request.once('connect', (response, socket) => {
    if (response.statusCode === 200) return settle(undefined, socket as Socket)
    socket.destroy()
    settle(refused(`it answered ${response.statusCode}`))
  })
  request.once('response', (response) => {
    response.destroy()
    settle(refused(`it answered ${response.statusCode}`))
  })
  request.once('error', (error) => settle(refused(error.message)))
  request.end()
}

function connectRequest(proxy: URL, authority: string): ClientRequest {
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest
  const port = proxy.port || (proxy.protocol === 'https:' ? 443 : 80)
  return send({ host: proxy.hostname.replace(/^\[|\]$/g, ''), port, method: 'CONNECT', path: authority, agent: false, headers: { host: authority, ...proxyHeaders(proxy) } })
}

/** The proxy's own credentials, from its URL. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {}
  const pair = `${decoded(proxy.username)}:${decoded(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
