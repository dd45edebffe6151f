import { BlockList, isIP } from 'node:net'

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for a URL by the environment, as Go's net/http reads it: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` in either
 * case; localhost and loopback never go through one; `NO_PROXY` knows `*`, names with their subdomains, ports and CIDR ranges.
 */
export function proxyFor(url: URL, environment: ProxyEnvironment): URL | undefined {
  const https = url.protocol === 'https:'
  const text = https ? variable(environment, 'HTTPS_PROXY') : variable(environment, 'HTTP_PROXY')
  if (text === '' || isExempt(url, variable(environment, 'NO_PROXY'))) return undefined
  return readProxy(text)
}

/** A proxy without a scheme is an http one. Undefined = the text is no URL of a proxy that we speak to. */
export function readProxy(text: string): URL | undefined {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

function variable(environment: ProxyEnvironment, name: string): string {
  return (environment[name] ?? environment[name.toLowerCase()] ?? '').trim()
}

function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return true
  return list.split(/[,\s]+/).some((entry) => entry !== '' && matches(entry.toLowerCase(), host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return inRange(entry, host)
  const [, bracketed, plain, entryPort] = /^(?:\[([^\]]+)\]|([^:]*(?::[^:]*:.*)?))(?::(\d+))?$/.exec(entry) ?? []
  const name = bracketed ?? plain ?? entry
  if (entryPort !== undefined && entryPort !== port) return false
  if (isIP(name) !== 0) return name === host
  const suffix = name.replace(/^\*?\./, '')
  const onlySubdomains = name !== suffix
  return host.endsWith(`.${suffix}`) || (!onlySubdomains && host === suffix)
}

function inRange(range: string, host: string): boolean {
  const [address = '', prefix] = range.split('/')
  const family = isIP(address)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(prefix ?? '') || Number(prefix) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  const type = family === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(address, Number(prefix), type)
  return list.check(host, type)
}
