/** An IP address as its bytes: 4 or 16 of them. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly bytes: readonly number[]
}

export interface IpPrefix {
  readonly address: IpAddress
  readonly length: number
}

/** Go's older parsers took `010.0.0.1`; formats of CRDs still do, CEL does not. */
export type LeadingZeros = 'allowed' | 'refused'

export function parseIp(text: string, zeros: LeadingZeros = 'refused'): IpAddress | undefined {
  if (text.includes(':')) return parseIpv6(text, zeros)
  const bytes = parseIpv4(text, zeros)
  return bytes && { family: 4, bytes }
}

/** `address/length`. */
export function parseCidr(text: string, zeros: LeadingZeros = 'refused'): IpPrefix | undefined {
  const slash = text.lastIndexOf('/')
  if (slash < 0) return undefined
  const address = parseIp(text.slice(0, slash), zeros)
  const digits = text.slice(slash + 1)
  if (address === undefined || !/^[0-9]{1,3}$/.test(digits)) return undefined
  if (zeros === 'refused' && digits.length > 1 && digits.startsWith('0')) return undefined
  const length = Number(digits)
  return length <= address.bytes.length * 8 ? { address, length } : undefined
}

function parseIpv4(text: string, zeros: LeadingZeros): readonly number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const bytes = parts.map((part) => (isOctet(part, zeros) ? Number(part) : -1))
  return bytes.every((byte) => byte >= 0 && byte <= 255) ? bytes : undefined
}

function isOctet(part: string, zeros: LeadingZeros): boolean {
  return /^[0-9]+$/.test(part) && (zeros === 'allowed' || part.length === 1 || !part.startsWith('0'))
}

function parseIpv6(text: string, zeros: LeadingZeros): IpAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [groupsOf(halves[0] ?? '', zeros), groupsOf(halves[1] ?? '', zeros)]
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return { family: 6, bytes: [...head, ...Array<number>(missing).fill(0), ...tail] }
}

function groupsOf(text: string, zeros: LeadingZeros): readonly number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const bytes: number[] = []
  for (const [index, part] of parts.entries()) {
    const octets = index === parts.length - 1 && part.includes('.') ? parseIpv4(part, zeros) : hexGroup(part)
    if (octets === undefined) return undefined
    bytes.push(...octets)
  }
  return bytes
}

function hexGroup(part: string): readonly number[] | undefined {
  if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
  const value = Number.parseInt(part, 16)
  return [value >> 8, value & 255]
}

/** RFC 5952: lower case, the longest run of zero groups shortened. */
export function printIp(address: IpAddress): string {
  if (address.family === 4) return address.bytes.join('.')
  if (isMappedIpv4(address)) return `::ffff:${address.bytes.slice(12).join('.')}`
  const groups = Array.from({ length: 8 }, (_, i) => ((address.bytes[2 * i] ?? 0) << 8) | (address.bytes[2 * i + 1] ?? 0))
  const run = longestZeroRun(groups)
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return run.length < 2 ? hex(groups) : `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

/** `::ffff:a.b.c.d`, which Kubernetes' CEL refuses. */
export function isMappedIpv4(address: IpAddress): boolean {
  return address.family === 6 && address.bytes.slice(0, 10).every((byte) => byte === 0) && address.bytes[10] === 255 && address.bytes[11] === 255
}

/** The address with the bits behind the prefix cleared. */
export function maskIp(address: IpAddress, length: number): IpAddress {
  const bytes = address.bytes.map((byte, index) => byte & (0xff << Math.min(8, Math.max(0, 8 - (length - index * 8)))) & 0xff)
  return { family: address.family, bytes }
}

export function compareIp(a: IpAddress, b: IpAddress): number {
  if (a.family !== b.family) return a.family - b.family
  const different = a.bytes.findIndex((byte, index) => byte !== b.bytes[index])
  return different < 0 ? 0 : Math.sign((a.bytes[different] ?? 0) - (b.bytes[different] ?? 0))
}

export function comparePrefix(a: IpPrefix, b: IpPrefix): number {
  return compareIp(a.address, b.address) || Math.sign(a.length - b.length)
}

export function printCidr(prefix: IpPrefix): string {
  return `${printIp(prefix.address)}/${prefix.length}`
}
