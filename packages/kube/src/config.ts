import { existsSync, readFileSync } from 'node:fs'
import { finding, type Checked } from '@oasgen/diagnostics'
import type { CredentialSource } from './credentials.js'

/** How to reach one API server. At most one of the credentials is used: `credentials`, `tokenFile`, `token`, `basic`; a client certificate may join. */
export interface ConnectionConfig {
  /** Such as `https://10.0.0.1:443`; a path in front of the API is kept. */
  readonly server: string
  /** PEM. */
  readonly ca?: string
  /** Read again when it changes, as certificate authorities rotate. Wins over `ca`. */
  readonly caFile?: string
  readonly token?: string
  /** Read again every minute and after a 401, as projected tokens rotate. */
  readonly tokenFile?: string
  readonly basic?: { readonly username: string; readonly password: string }
  readonly clientCert?: ClientCertificate
  readonly credentials?: CredentialSource
  /** Acts as somebody else, as far as the credentials are allowed to. */
  readonly impersonate?: Impersonation
  readonly tlsServerName?: string
  /** `http://`, `https://` or `socks5://`. */
  readonly proxy?: string
  /** Does not verify the server's certificate. */
  readonly insecure?: boolean
  /** Namespace of the pod or of the context. */
  readonly namespace?: string
  /** HTTP/2 is slower than HTTP/1.1 on Node 20, so it is asked for, not assumed. */
  readonly http2?: boolean
}

export interface Impersonation {
  readonly user: string
  readonly groups?: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** PEM texts. */
export interface ClientCertificate {
  readonly cert: string
  readonly key: string
}

export type Environment = Readonly<Record<string, string | undefined>>

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The configuration of a pod, as client-go finds it. Token and authority are read when they are needed, and again when they change. */
export function inClusterConfig(env: Environment, folder: string = ACCOUNT_FOLDER): Checked<ConnectionConfig> {
  const host = env.KUBERNETES_SERVICE_HOST ?? ''
  const port = env.KUBERNETES_SERVICE_PORT ?? ''
  if (host === '' || port === '') {
    const problem = `${host === '' ? 'KUBERNETES_SERVICE_HOST' : 'KUBERNETES_SERVICE_PORT'} is not set`
    return { value: undefined, findings: [finding('KUB0204', { problem })] }
  }
  const token = `${folder}/token`
  if (!existsSync(token)) return { value: undefined, findings: [finding('KUB0204', { problem: `there is no ${token}` })] }
  const namespace = textIn(`${folder}/namespace`)
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const proxy = proxyFor(server, env)
  return {
    value: {
      server, caFile: `${folder}/ca.crt`, tokenFile: token,
      ...(proxy !== undefined && { proxy }),
      ...(namespace !== '' && { namespace }),
    },
    findings: [],
  }
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

/** The proxy that the environment asks for, by the rules of Go's `ProxyFromEnvironment`. */
export function proxyFor(server: string, env: Environment): string | undefined {
  const url = new URL(server)
  const proxy = url.protocol === 'https:' ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy
  if (proxy === undefined || proxy === '') return undefined
  const excluded = (env.NO_PROXY || env.no_proxy || '').split(',').map((entry) => entry.trim().toLowerCase())
  if (isLoopback(url.hostname) || excluded.some((entry) => excludes(entry, url))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function excludes(entry: string, url: URL): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (entry.includes('/')) return inNetwork(host, entry)
  const [name, wanted] = splitPort(entry)
  if (wanted !== undefined && wanted !== port) return false
  if (name.startsWith('.') || name.startsWith('*.')) return host.endsWith(name.replace(/^\*/, ''))
  return host === name || host.endsWith(`.${name}`)
}

function splitPort(entry: string): readonly [string, string | undefined] {
  const match = /^\[?([^\]]*?)\]?:(\d+)$/.exec(entry)
  return match === null || entry.split(':').length > 2 && !entry.startsWith('[') ? [entry, undefined] : [match[1] ?? '', match[2]]
}

/** IPv4 networks only; clusters that need an IPv6 network here set the address itself. */
function inNetwork(host: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/')
  const address = numberOfIpv4(host)
  const start = numberOfIpv4(base)
  if (address === undefined || start === undefined || !/^\d{1,2}$/.test(bits)) return false
  const size = 2 ** (32 - Number(bits))
  return Math.floor(address / size) === Math.floor(start / size)
}

function numberOfIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}
