import { describe, expect, it } from 'vitest'
import { addressClass, judgeAddress } from './addresses.js'
import { proxyFor, readProxy } from './proxy.js'

describe('addressClass', () => {
  const rows: readonly { address: string; want: string; reason: string }[] = [
    { address: '8.8.8.8', want: 'public', reason: 'anybody\'s' },
    { address: '2606:4700::1111', want: 'public', reason: 'anybody\'s' },
    { address: '127.0.0.53', want: 'loopback', reason: 'the whole /8' },
    { address: '0.0.0.0', want: 'loopback', reason: 'reaches the machine itself' },
    { address: '::1', want: 'loopback', reason: 'the same in IPv6' },
    { address: '::', want: 'loopback', reason: 'the same as 0.0.0.0' },
    { address: '10.1.2.3', want: 'private', reason: 'RFC 1918' },
    { address: '172.31.255.255', want: 'private', reason: 'RFC 1918' },
    { address: '172.32.0.1', want: 'public', reason: 'just outside' },
    { address: '100.64.0.1', want: 'private', reason: 'carrier-grade NAT, used for pods' },
    { address: 'fd12:3456::1', want: 'private', reason: 'unique local' },
    { address: '169.254.169.254', want: 'metadata', reason: 'most clouds' },
    { address: '169.254.1.1', want: 'linkLocal', reason: 'link-local' },
    { address: 'fe80::1%eth0', want: 'linkLocal', reason: 'with a zone' },
    { address: '100.100.100.200', want: 'metadata', reason: 'Alibaba' },
    { address: 'fd00:ec2::254', want: 'metadata', reason: 'AWS over IPv6' },
    { address: '168.63.129.16', want: 'metadata', reason: 'Azure, a public address' },
    { address: '::ffff:169.254.169.254', want: 'metadata', reason: 'IPv4-mapped' },
    { address: '::ffff:a9fe:a9fe', want: 'metadata', reason: 'IPv4-mapped, in hexadecimal' },
    { address: '64:ff9b::a9fe:a9fe', want: 'metadata', reason: 'NAT64' },
    { address: '2002:7f00:1::', want: 'loopback', reason: '6to4' },
    { address: '::10.0.0.1', want: 'private', reason: 'IPv4-compatible' },
    { address: '[10.0.0.1]', want: 'private', reason: 'brackets of a URL' },
    { address: '224.0.0.1', want: 'reserved', reason: 'multicast' },
    { address: '255.255.255.255', want: 'reserved', reason: 'broadcast' },
    { address: 'example.com', want: 'reserved', reason: 'no address: doubt never opens a door' },
  ]
  it.each(rows)('$address is $want: $reason', ({ address, want }) => expect(addressClass(address)).toBe(want))
})

describe('judgeAddress', () => {
  it.each(['resource', 'allow', 'warn', 'deny'] as const)('%s never reaches metadata, link-local and reserved addresses', (purpose) => {
    for (const address of ['169.254.169.254', 'fe80::1', '224.0.0.1']) expect(judgeAddress(address, purpose).type).toBe('refused')
  })
  it('decides about private ones by purpose', () => {
    expect((['resource', 'allow', 'warn', 'deny'] as const).map((purpose) => judgeAddress('10.0.0.1', purpose).type)).toEqual(['permitted', 'permitted', 'warn', 'refused'])
  })
})

describe('proxyFor', () => {
  const environment = { HTTPS_PROXY: 'secure.proxy:3128', http_proxy: 'http://plain.proxy', NO_PROXY: 'internal.example, .sub.example,10.0.0.0/8,192.168.1.1,exact.example:8443,[fd00::1]' }
  const rows: readonly { url: string; want: string | undefined; reason: string }[] = [
    { url: 'https://api.example.com', want: 'http://secure.proxy:3128/', reason: 'https, a proxy without scheme' },
    { url: 'http://api.example.com', want: 'http://plain.proxy/', reason: 'http, lower case' },
    { url: 'https://internal.example', want: undefined, reason: 'the name itself' },
    { url: 'https://a.internal.example', want: undefined, reason: 'a subdomain of it' },
    { url: 'https://notinternal.example', want: 'http://secure.proxy:3128/', reason: 'no subdomain' },
    { url: 'https://a.sub.example', want: undefined, reason: 'a leading dot: subdomains' },
    { url: 'https://sub.example', want: 'http://secure.proxy:3128/', reason: 'a leading dot: not the name itself' },
    { url: 'https://10.9.8.7', want: undefined, reason: 'a range' },
    { url: 'https://11.9.8.7', want: 'http://secure.proxy:3128/', reason: 'outside the range' },
    { url: 'https://192.168.1.1:8443', want: undefined, reason: 'an address' },
    { url: 'https://exact.example:8443', want: undefined, reason: 'with this port' },
    { url: 'https://exact.example', want: 'http://secure.proxy:3128/', reason: 'with another port' },
    { url: 'https://[fd00::1]/', want: undefined, reason: 'IPv6 in brackets' },
    { url: 'http://localhost:8080', want: undefined, reason: 'never for localhost' },
    { url: 'http://127.0.0.1', want: undefined, reason: 'never for loopback' },
  ]
  it.each(rows)('$url: $reason', ({ url, want }) => expect(proxyFor(new URL(url), environment)?.href).toBe(want))

  it('* exempts everything; without variables there is none', () => {
    expect(proxyFor(new URL('https://a.example'), { https_proxy: 'http://p', no_proxy: '*' })).toBeUndefined()
    expect(proxyFor(new URL('https://a.example'), {})).toBeUndefined()
    expect(readProxy('socks5://p:1080')).toBeUndefined()
  })
})
