import { isKind, itemsOf, type CelValue } from './values.js'
import { characterCount, entriesOf } from './functions/operators.js'

/** What one call costs, by its arguments and its result. */
export type CallPrice = (args: readonly CelValue[], result: CelValue) => number

/**
 * The price of a function, by cel-go's and Kubernetes' tables; a number when it is always the same. Costs are counted,
 * not measured, so they never depend on the machine.
 */
export function priceOf(name: string, overload: string): CallPrice | number {
  const byName = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined
  const byOverload = Object.hasOwn(BY_OVERLOAD, overload) ? BY_OVERLOAD[overload] : undefined
  if (byName === undefined && byOverload === undefined) return 1
  if (byName === one) return 1
  return (args, result) => byName?.(args, result, overload) ?? byOverload?.(args, result, overload) ?? 1
}

type Price = (args: readonly CelValue[], result: CelValue, overload: string) => number

const TEXT = 0.1
const REGEX = 0.25

export function sizeOf(value: CelValue | undefined): number {
  if (typeof value === 'string') return characterCount(value)
  if (value === null || value === undefined || typeof value !== 'object') return 1
  if (value instanceof Uint8Array) return value.length
  if (isKind(value, 'list') || isKind(value, 'map')) return value.size
  if (isKind(value, 'optional')) return value.value === undefined ? 1 : sizeOf(value.value)
  if (isKind(value, 'ip')) return value.address.bytes.length
  if (isKind(value, 'cidr')) return Math.ceil(value.prefix.length / 8)
  return 1
}

const one: Price = () => 1
const walk = (factor: number): Price => ([first]) => Math.ceil(sizeOf(first) * factor)
const regex: Price = ([text, pattern]) => Math.ceil((1 + sizeOf(text)) * TEXT) * Math.ceil(sizeOf(pattern) * REGEX)
const smaller: Price = ([a, b]) => Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * TEXT)

/** The cost of looking at a value as a tree. */
function traversal(value: CelValue): number {
  if (typeof value === 'string') return Math.floor(utf8Size(value) * TEXT)
  if (value instanceof Uint8Array) return Math.floor(value.length * TEXT)
  if (isKind(value, 'list')) return itemsOf(value).reduce((total: number, item) => total + traversal(item), 0)
  if (isKind(value, 'map')) return entriesOf(value).reduce((total: number, [key, item]) => total + traversal(key) + traversal(item), 0)
  return 1
}

function utf8Size(text: string): number {
  let size = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    size += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return size
}

const containsIp: Price = ([prefix, other], _, overload) =>
  Math.ceil(2 * sizeOf(prefix) * TEXT) + (overload === 'cidr_contains_ip_string' ? Math.ceil(sizeOf(other) * TEXT) : 0)
const containsCidr: Price = ([prefix, other], _, overload) =>
  Math.ceil(2 * sizeOf(prefix) * TEXT) + Math.ceil(sizeOf(prefix) * TEXT) + 1 + (overload === 'cidr_contains_cidr_string' ? Math.ceil(sizeOf(other) * TEXT) : 0)

const opaqueKinds = new Set(['quantity', 'ip', 'cidr', 'format', 'url', 'semver'])

const BY_NAME: Readonly<Record<string, (...args: Parameters<Price>) => number | undefined>> = {
  '_==_': ([left]) => (typeof left === 'object' && left !== null && 'kind' in left && opaqueKinds.has(left.kind) ? 1 : undefined),
  ...priced(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'], ([list]) => traversal(list ?? null)),
  ...priced(['url', 'lowerAscii', 'upperAscii', 'substring', 'trim', 'cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'], walk(TEXT)),
  ...priced(['replace', 'split', 'ip.isCanonical'], walk(2 * TEXT)),
  ...priced(['find', 'findAll'], regex),
  ...priced([
    'masked', 'prefixLength', 'family', 'isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast', 'isGlobalUnicast', 'format.named', 'sign',
    'asInteger', 'isInteger', 'asApproximateFloat', 'isGreaterThan', 'isLessThan', 'compareTo', 'add', 'sub', 'major', 'minor', 'patch', 'getScheme',
    'getHostname', 'getHost', 'getPort', 'getEscapedPath', 'getQuery',
  ], one),
  dyn: () => 0,
  'sets.contains': ([a, b]) => 1 + sizeOf(a) * sizeOf(b),
  'sets.intersects': ([a, b]) => 1 + sizeOf(a) * sizeOf(b),
  'sets.equivalent': ([a, b]) => 1 + 2 * sizeOf(a) * sizeOf(b),
  join: (_, result) => Math.ceil(sizeOf(result) * 2 * TEXT),
  ip: (args, result, overload) => (overload === 'cidr_ip' ? 1 : walk(TEXT)(args, result, overload)),
  containsIP: containsIp,
  containsCIDR: containsCidr,
  validate: ([format, text]) =>
    format !== undefined && isKind(format, 'format') ? Math.ceil((1 + sizeOf(text)) * TEXT) * Math.ceil(format.regexSize * REGEX) : undefined,
  slice: (_, result) => 11 + sizeOf(result),
  'lists.range': (_, result) => 11 + sizeOf(result),
  reverse: (_, result) => 11 + sizeOf(result),
  flatten: ([list, depth]) => 11 + sizeOf(list) * (typeof depth === 'bigint' ? Number(depth) : 1),
  distinct: ([list]) => selfComparison(list),
  sort: ([list]) => selfComparison(list),
  '@sortByAssociatedKeys': ([, keys]) => selfComparison(keys),
}

function priced(names: readonly string[], price: Price): Readonly<Record<string, Price>> {
  return Object.fromEntries(names.map((name) => [name, price]))
}

function selfComparison(list: CelValue | undefined): number {
  const first = list !== undefined && isKind(list, 'list') && list.size > 0 ? list.at(0) : undefined
  const factor = typeof first === 'string' || first instanceof Uint8Array ? 2 + TEXT : 2
  return 11 + Math.floor(sizeOf(list) ** 2 * factor)
}

const BY_OVERLOAD: Readonly<Record<string, Price>> = {
  ...priced(['starts_with_string', 'ends_with_string', 'string_to_bytes', 'bytes_to_string', 'strings_quote', 'string_format'], walk(TEXT)),
  ...priced([
    'less_string', 'greater_string', 'less_equals_string', 'greater_equals_string', 'less_bytes', 'greater_bytes', 'less_equals_bytes', 'greater_equals_bytes',
    'equals', 'not_equals',
  ], smaller),
  in_list: ([, list]) => sizeOf(list),
  add_string: ([a, b]) => Math.ceil((sizeOf(a) + sizeOf(b)) * TEXT),
  add_bytes: ([a, b]) => Math.ceil((sizeOf(a) + sizeOf(b)) * TEXT),
  matches_string: regex,
  contains_string: ([text, part]) => Math.ceil(sizeOf(text) * TEXT) * Math.ceil(sizeOf(part) * TEXT),
}
