import { BlockList, isIP } from 'node:net'

/** What an address is, as far as it decides whether something may be sent there. */
export type AddressClass = 'public' | 'private' | 'loopback' | 'linkLocal' | 'metadata' | 'reserved'

type Range = readonly [address: string, prefix: number]

/** Addresses at which clouds hand out credentials and machine data, link-local or not. */
const METADATA: readonly Range[] = [
  ['169.254.169.254', 32], ['169.254.170.2', 32], ['169.254.170.23', 32], ['192.0.0.192', 32], ['100.100.100.200', 32], ['168.63.129.16', 32],
  ['fd00:ec2::254', 128], ['fd00:ec2::23', 128], ['fd20:ce::254', 128], ['fd00:42::42', 128], ['fd00:c1::a9fe:a9fe', 128],
]
const LINK_LOCAL: readonly Range[] = [['169.254.0.0', 16], ['fe80::', 10]]
/** `0.0.0.0` and `::` reach the machine itself on Linux. */
const LOOPBACK: readonly Range[] = [['127.0.0.0', 8], ['0.0.0.0', 8], ['::1', 128], ['::', 128]]
const PRIVATE: readonly Range[] = [
  ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['198.18.0.0', 15], ['fc00::', 7], ['fec0::', 10],
]
const RESERVED: readonly Range[] = [['224.0.0.0', 4], ['240.0.0.0', 4], ['ff00::', 8]]

const CLASSES: readonly (readonly [AddressClass, BlockList])[] = [
  ['metadata', listOf(METADATA)], ['linkLocal', listOf(LINK_LOCAL)], ['loopback', listOf(LOOPBACK)],
  ['private', listOf(PRIVATE)], ['reserved', listOf(RESERVED)],
]

function listOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, isIP(address) === 4 ? 'ipv4' : 'ipv6')
  return list
}

/** The class of an IP address in text form; anything that is none is `reserved`, so that doubt never opens a door. */
export function addressClass(address: string): AddressClass {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const version = isIP(bare)
  if (version === 0) return 'reserved'
  const embedded = version === 6 ? embeddedIpv4(bare) : undefined
  const subject = embedded ?? bare
  const family = embedded !== undefined || version === 4 ? 'ipv4' : 'ipv6'
  return CLASSES.find(([, list]) => list.check(subject, family))?.[0] ?? 'public'
}

/** IPv4-mapped, IPv4-compatible, NAT64 (well-known prefix) and 6to4 addresses are judged by the IPv4 address inside. */
function embeddedIpv4(address: string): string | undefined {
  const words = ipv6Words(address)
  const start = words.slice(0, 6).join(':')
  if (start === '0:0:0:0:0:65535' || start === '100:65435:0:0:0:0') return ipv4Of(words[6], words[7])
  if (start === '0:0:0:0:0:0' && (words[6] !== 0 || (words[7] ?? 0) > 1)) return ipv4Of(words[6], words[7])
  if (words[0] === 0x2002) return ipv4Of(words[1], words[2])
  return undefined
}

function ipv4Of(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function ipv6Words(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    `${((+a << 8) | +b).toString(16)}:${((+c << 8) | +d).toString(16)}`)
  const [left = '', right] = hex.split('::')
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)))
  const head = words(left)
  const tail = right === undefined ? [] : words(right)
  return [...head, ...Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail]
}

/** Names that lead to metadata services even where a proxy resolves them and no address is seen here. */
export function isMetadataName(host: string): boolean {
  return ['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data', 'instance-data.ec2.internal'].includes(host.toLowerCase().replace(/\.$/, ''))
}

export type AddressVerdict =
  | { readonly type: 'permitted' }
  | { readonly type: 'warn'; readonly found: AddressClass }
  | { readonly type: 'refused'; readonly found: AddressClass }

/** `purpose` decides: resource requests may reach private addresses, documents by policy; the fixed list of a credential provider is checked by name. */
export function judgeAddress(address: string, purpose: 'resource' | 'credentialProvider' | 'allow' | 'warn' | 'deny'): AddressVerdict {
  if (purpose === 'credentialProvider') return { type: 'permitted' }
  const found = addressClass(address)
  if (found === 'metadata' || found === 'linkLocal' || found === 'reserved') return { type: 'refused', found }
  if (found === 'public' || purpose === 'resource' || purpose === 'allow') return { type: 'permitted' }
  return purpose === 'warn' ? { type: 'warn', found } : { type: 'refused', found }
}
