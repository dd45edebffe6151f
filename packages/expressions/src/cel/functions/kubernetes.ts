import { isMappedIpv4, maskIp, parseCidr, parseIp, printIp, type IpAddress, type IpPrefix } from '../../text/ip.js'
import { formatCheck } from '../../text/formats.js'
import { checkLabel1035, checkLabel1123, checkLabelKey, checkLabelValue, checkSubdomain, type NameCheck } from '../../text/names.js'
import { addQuantities, compareQuantities, parseQuantity, quantityFromInteger, quantityToDouble, quantityToInteger, subtractQuantities, type Quantity } from '../../text/quantity.js'
import { parseRequestUri, type RequestUri } from '../../text/request-uri.js'
import { compareVersions, normalizeVersion, parseVersion } from '../../text/semantic-version.js'
import { NO_OVERLOAD, NONE, error, isKind, listFrom, mapFrom, type CelOpaque, type CelValue } from '../values.js'
import type { FunctionTable } from './table.js'

type Format = Extract<CelOpaque, { readonly kind: 'format' }>

function makeUrl(text: CelValue): CelValue {
  if (typeof text !== 'string') return NO_OVERLOAD
  const uri = parseRequestUri(text) && parseRequestUri(text.replace(/#.*$/s, ''))
  return uri ? { kind: 'url', uri, text } : error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`)
}

function onUrl(apply: (uri: RequestUri) => CelValue): (a?: CelValue) => CelValue {
  return (a = null) => (isKind(a, 'url') ? apply(a.uri) : NO_OVERLOAD)
}

/** The host without port and brackets. */
function hostname(uri: RequestUri): string {
  const match = /^\[(.*)\](?::\d*)?$/.exec(uri.host)
  return match ? (match[1] ?? '') : uri.host.replace(/:\d*$/, '')
}

function port(uri: RequestUri): string {
  return /:(\d*)$/.exec(uri.host.replace(/^\[.*\]/, ''))?.[1] ?? ''
}

/** Repeated names give lists; a part that cannot be decoded is left out, as Go does. */
function query(uri: RequestUri): CelValue {
  const values = new Map<string, string[]>()
  for (const part of uri.rawQuery.split('&').filter((text) => text !== '' && !text.includes(';'))) {
    const [name = '', ...rest] = part.split('=')
    const [key, value] = [decode(name), decode(rest.join('='))]
    if (key !== undefined && value !== undefined) values.set(key, [...(values.get(key) ?? []), value])
  }
  return mapFrom([...values].map(([key, list]) => [key, listFrom(list)]))
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function readIp(text: string): IpAddress | string {
  const address = parseIp(text)
  if (address === undefined) return `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`
  return isMappedIpv4(address) ? `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed` : address
}

function readCidr(text: string): IpPrefix | string {
  const prefix = parseCidr(text)
  if (prefix === undefined) return `network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`
  return isMappedIpv4(prefix.address) ? `network address parse error during conversion from string: IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed` : prefix
}

function makeIp(value: CelValue): CelValue {
  if (isKind(value, 'cidr')) return { kind: 'ip', address: value.prefix.address }
  if (typeof value !== 'string') return NO_OVERLOAD
  const address = readIp(value)
  return typeof address === 'string' ? error(address) : { kind: 'ip', address }
}

function makeCidr(value: CelValue): CelValue {
  if (typeof value !== 'string') return NO_OVERLOAD
  const prefix = readCidr(value)
  return typeof prefix === 'string' ? error(prefix) : { kind: 'cidr', prefix }
}

function onIp(apply: (address: IpAddress) => CelValue): (a?: CelValue) => CelValue {
  return (a = null) => (isKind(a, 'ip') ? apply(a.address) : NO_OVERLOAD)
}

function onCidr(apply: (prefix: IpPrefix, other: CelValue) => CelValue): (a?: CelValue, b?: CelValue) => CelValue {
  return (a = null, b = null) => (isKind(a, 'cidr') ? apply(a.prefix, b) : NO_OVERLOAD)
}

function startsWithBytes(address: IpAddress, ...bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => address.bytes[index] === byte)
}

function isUnspecified(address: IpAddress): boolean {
  return address.bytes.every((byte) => byte === 0)
}

function isLoopback(address: IpAddress): boolean {
  return address.family === 4 ? address.bytes[0] === 127 : address.bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))
}

function isLinkLocalMulticast(address: IpAddress): boolean {
  return address.family === 4 ? startsWithBytes(address, 224, 0, 0) : address.bytes[0] === 0xff && ((address.bytes[1] ?? 0) & 15) === 2
}

function isLinkLocalUnicast(address: IpAddress): boolean {
  return address.family === 4 ? startsWithBytes(address, 169, 254) : address.bytes[0] === 0xfe && ((address.bytes[1] ?? 0) & 0xc0) === 0x80
}

function isMulticast(address: IpAddress): boolean {
  return address.family === 4 ? ((address.bytes[0] ?? 0) & 0xf0) === 0xe0 : address.bytes[0] === 0xff
}

function isGlobalUnicast(address: IpAddress): boolean {
  const isBroadcast = address.family === 4 && address.bytes.every((byte) => byte === 255)
  return !isBroadcast && !isUnspecified(address) && !isLoopback(address) && !isMulticast(address) && !isLinkLocalUnicast(address)
}

function covers(prefix: IpPrefix, address: IpAddress): boolean {
  if (prefix.address.family !== address.family) return false
  const [a, b] = [maskIp(prefix.address, prefix.length), maskIp(address, prefix.length)]
  return a.bytes.every((byte, index) => byte === b.bytes[index])
}

function containsIp(prefix: IpPrefix, other: CelValue): CelValue {
  const ip = typeof other === 'string' ? makeIp(other) : other
  if (isKind(ip, 'ip')) return covers(prefix, ip.address)
  return isKind(ip, 'error') ? ip : NO_OVERLOAD
}

function containsCidr(prefix: IpPrefix, other: CelValue): CelValue {
  const inner = typeof other === 'string' ? makeCidr(other) : other
  if (isKind(inner, 'cidr')) return prefix.length <= inner.prefix.length && covers(prefix, inner.prefix.address)
  return isKind(inner, 'error') ? inner : NO_OVERLOAD
}

function makeQuantity(text: CelValue): CelValue {
  if (typeof text !== 'string') return NO_OVERLOAD
  const quantity = parseQuantity(text)
  return typeof quantity === 'string' ? error(quantity) : { kind: 'quantity', quantity }
}

function onQuantity(apply: (quantity: Quantity) => CelValue): (a?: CelValue) => CelValue {
  return (a = null) => (isKind(a, 'quantity') ? apply(a.quantity) : NO_OVERLOAD)
}

function onQuantities(apply: (a: Quantity, b: Quantity) => CelValue): (a?: CelValue, b?: CelValue) => CelValue {
  return (a = null, b = null) => {
    const other = typeof b === 'bigint' ? quantityFromInteger(b) : isKind(b, 'quantity') ? b.quantity : undefined
    return isKind(a, 'quantity') && other ? apply(a.quantity, other) : NO_OVERLOAD
  }
}

function makeVersion(text: CelValue, normalize: CelValue): CelValue {
  if (typeof text !== 'string' || typeof normalize !== 'boolean') return NO_OVERLOAD
  const version = parseVersion(normalize ? normalizeVersion(text) : text)
  return typeof version === 'string' ? error(version) : { kind: 'semver', version }
}

function versionPart(part: 'major' | 'minor' | 'patch'): (a?: CelValue) => CelValue {
  return (a = null) => (isKind(a, 'semver') ? a.version[part] : NO_OVERLOAD)
}

/** Versions and quantities share the names of their comparisons. */
function comparison(holds: (order: number) => CelValue): (a?: CelValue, b?: CelValue) => CelValue {
  return (a = null, b = null) => {
    if (isKind(a, 'quantity') && isKind(b, 'quantity')) return holds(compareQuantities(a.quantity, b.quantity))
    return isKind(a, 'semver') && isKind(b, 'semver') ? holds(compareVersions(a.version, b.version)) : NO_OVERLOAD
  }
}

function prefixed(check: NameCheck): NameCheck {
  return (name) => check(name.endsWith('-') ? `${name.slice(0, -1)}a` : name)
}

function textFormat(format: string, complaint: string): NameCheck {
  return (text) => (formatCheck(format)?.(text) === false ? [complaint] : [])
}

function namedFormat(name: string, regexSize: number, check: NameCheck): Format {
  return { kind: 'format', name, regexSize, check }
}

/** Lengths of the patterns behind the formats, which Kubernetes charges for. */
const UUID_SIZE = 70
const DATE_TIME_SIZE = 71

const FORMATS: Readonly<Record<string, Format>> = {
  dns1123Label: namedFormat('DNS1123Label', 30, checkLabel1123),
  dns1123Subdomain: namedFormat('DNS1123Subdomain', 60, checkSubdomain),
  dns1035Label: namedFormat('DNS1035Label', 30, checkLabel1035),
  qualifiedName: namedFormat('QualifiedName', 60, checkLabelKey),
  dns1123LabelPrefix: namedFormat('DNS1123LabelPrefix', 30, prefixed(checkLabel1123)),
  dns1123SubdomainPrefix: namedFormat('DNS1123SubdomainPrefix', 60, prefixed(checkSubdomain)),
  dns1035LabelPrefix: namedFormat('DNS1035LabelPrefix', 30, prefixed(checkLabel1035)),
  labelValue: namedFormat('LabelValue', 40, checkLabelValue),
  uri: namedFormat('URI', 1103, (text) => (parseRequestUri(text) ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`])),
  uuid: namedFormat('uuid', UUID_SIZE, textFormat('uuid', 'does not match the UUID format')),
  byte: namedFormat('byte', 84, textFormat('byte', 'invalid base64')),
  date: namedFormat('date', DATE_TIME_SIZE, textFormat('date', 'invalid date')),
  datetime: namedFormat('datetime', DATE_TIME_SIZE, textFormat('datetime', 'invalid datetime')),
}

function validate(format: CelValue, text: CelValue): CelValue {
  if (!isKind(format, 'format') || typeof text !== 'string') return NO_OVERLOAD
  const complaints = format.check(text)
  return complaints.length === 0 ? NONE : { kind: 'optional', value: listFrom(complaints) }
}

function formatByName(name: CelValue): CelValue {
  if (typeof name !== 'string') return NO_OVERLOAD
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  return format ? { kind: 'optional', value: format } : NONE
}

const FORMAT_FUNCTIONS: FunctionTable = Object.fromEntries(Object.entries(FORMATS).map(([name, format]) => [`format.${name}`, () => format]))

export const KUBERNETES_LIBRARY: FunctionTable = {
  url: (a = null) => makeUrl(a),
  isURL: (a = null) => (typeof a === 'string' ? parseRequestUri(a) !== undefined : NO_OVERLOAD),
  getScheme: onUrl((uri) => uri.scheme),
  getHost: onUrl((uri) => uri.host),
  getHostname: onUrl(hostname),
  getPort: onUrl(port),
  getEscapedPath: onUrl((uri) => uri.escapedPath),
  getQuery: onUrl(query),
  ip: (a = null) => makeIp(a),
  isIP: (a = null) => (typeof a === 'string' ? typeof readIp(a) !== 'string' : NO_OVERLOAD),
  'ip.isCanonical': (a = null) => {
    const address = typeof a === 'string' ? readIp(a) : undefined
    return address === undefined ? NO_OVERLOAD : typeof address === 'string' ? error(address) : printIp(address) === a
  },
  family: onIp((address) => BigInt(address.family)),
  isUnspecified: onIp(isUnspecified),
  isLoopback: onIp(isLoopback),
  isLinkLocalMulticast: onIp(isLinkLocalMulticast),
  isLinkLocalUnicast: onIp(isLinkLocalUnicast),
  isGlobalUnicast: onIp(isGlobalUnicast),
  cidr: (a = null) => makeCidr(a),
  isCIDR: (a = null) => (typeof a === 'string' ? typeof readCidr(a) !== 'string' : NO_OVERLOAD),
  containsIP: onCidr(containsIp),
  containsCIDR: onCidr(containsCidr),
  prefixLength: onCidr((prefix) => BigInt(prefix.length)),
  masked: onCidr((prefix) => ({ kind: 'cidr', prefix: { address: maskIp(prefix.address, prefix.length), length: prefix.length } })),
  quantity: (a = null) => makeQuantity(a),
  isQuantity: (a = null) => (typeof a === 'string' ? typeof parseQuantity(a) !== 'string' : NO_OVERLOAD),
  sign: onQuantity((quantity) => (quantity.nanos > 0n ? 1n : quantity.nanos < 0n ? -1n : 0n)),
  asInteger: onQuantity((quantity) => quantityToInteger(quantity) ?? error('cannot convert value to integer')),
  isInteger: onQuantity((quantity) => quantityToInteger(quantity) !== undefined),
  asApproximateFloat: onQuantity(quantityToDouble),
  add: onQuantities((a, b) => ({ kind: 'quantity', quantity: addQuantities(a, b) })),
  sub: onQuantities((a, b) => ({ kind: 'quantity', quantity: subtractQuantities(a, b) })),
  isGreaterThan: comparison((order) => order > 0),
  isLessThan: comparison((order) => order < 0),
  compareTo: comparison((order) => BigInt(order)),
  semver: (a = null, b = false) => makeVersion(a, b),
  isSemver: (a = null, b = false) => {
    const version = makeVersion(a, b)
    return version === NO_OVERLOAD ? version : isKind(version, 'semver')
  },
  major: versionPart('major'),
  minor: versionPart('minor'),
  patch: versionPart('patch'),
  validate: (a = null, b = null) => validate(a, b),
  'format.named': (a = null) => formatByName(a),
  ...FORMAT_FUNCTIONS,
}
