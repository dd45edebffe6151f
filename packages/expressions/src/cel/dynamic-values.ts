import { Decimal, Sealed, isArray, member, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { encodeBase64 } from '../text/base64.js'
import { printCidr, printIp } from '../text/ip.js'
import { printQuantity } from '../text/quantity.js'
import { printDuration, printTimestamp } from '../text/time.js'
import { toDouble } from './schema-values.js'
import { SEALED_READ, error, isKind, itemsOf, type CelError, type CelList, type CelMap, type CelValue } from './values.js'

/**
 * A JSON value as our own expressions see it: whole numbers are ints, other numbers doubles, texts stay texts whatever
 * their format, secrets are handed on unread. Lists and maps are wrapped, not copied.
 */
export function valueFromJson(value: JsonValue): CelValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' || value instanceof Sealed) return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (value instanceof Decimal) return toDouble(value)
  return isArray(value) ? listFromJson(value) : mapFromJson(value)
}

function listFromJson(items: JsonArray): CelList & { readonly json: JsonArray } {
  return { kind: 'list', size: items.length, at: (index) => valueFromJson(items[index] ?? null), json: items }
}

function mapFromJson(object: JsonObject): CelMap & { readonly json: JsonObject } {
  return {
    kind: 'map',
    get size() {
      return Object.keys(object).length
    },
    find: (key) => {
      const field = typeof key === 'string' ? member(object, key) : undefined
      return field === undefined ? undefined : valueFromJson(field)
    },
    keys: () => Object.keys(object),
    json: object,
  }
}

/** The JSON of a result. An empty optional has none: the value is absent, not null. */
export type Converted = { readonly value: JsonValue | undefined } | CelError

export function valueToJson(value: CelValue): Converted {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || value instanceof Sealed) return { value }
  if (typeof value === 'number') return Number.isFinite(value) ? { value } : error(`${value} is no JSON number`)
  if (typeof value === 'bigint') return { value: fromBigint(value) }
  if (value instanceof Uint8Array) return { value: encodeBase64(value) }
  return objectToJson(value)
}

function fromBigint(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

type Compound = Exclude<CelValue, null | boolean | string | bigint | number | Uint8Array | Sealed>

function objectToJson(value: Compound): Converted {
  switch (value.kind) {
    case 'error':
      return value
    case 'list':
      return 'json' in value ? { value: value.json as JsonArray } : listToJson(value)
    case 'map':
      return 'json' in value ? { value: value.json as JsonObject } : mapToJson(value)
    case 'optional':
      return value.value === undefined ? { value: undefined } : valueToJson(value.value)
    case 'uint':
      return { value: fromBigint(value.value) }
    default: {
      const text = printedForm(value)
      return text === undefined ? error(`a value of type ${value.kind} has no form in JSON`) : { value: text }
    }
  }
}

function printedForm(value: Compound): string | undefined {
  switch (value.kind) {
    case 'timestamp':
      return printTimestamp(value.nanos, value.offset)
    case 'duration':
      return printDuration(value.nanos)
    case 'url':
      return value.text
    case 'ip':
      return printIp(value.address)
    case 'cidr':
      return printCidr(value.prefix)
    case 'quantity':
      return printQuantity(value.quantity)
    case 'semver': {
      const { major, minor, patch, pre } = value.version
      return `${major}.${minor}.${patch}${pre.length === 0 ? '' : `-${pre.join('.')}`}`
    }
    default:
      return undefined
  }
}

function listToJson(list: CelList): Converted {
  const items: JsonValue[] = []
  for (const item of itemsOf(list)) {
    const converted = valueToJson(item)
    if ('kind' in converted) return converted
    if (converted.value !== undefined) items.push(converted.value)
  }
  return { value: items }
}

function mapToJson(map: CelMap): Converted {
  const entries: [string, JsonValue][] = []
  for (const key of map.keys()) {
    const name = keyToJson(key)
    if (name === undefined) return key instanceof Sealed ? SEALED_READ : error('a key of a JSON object must be a text, a number or a boolean')
    const converted = valueToJson(map.find(key) ?? null)
    if ('kind' in converted) return converted
    if (converted.value !== undefined) entries.push([name, converted.value])
  }
  return { value: Object.fromEntries(entries) }
}

function keyToJson(key: CelValue): string | undefined {
  if (typeof key === 'string' || typeof key === 'bigint' || typeof key === 'boolean') return String(key)
  return key !== null && isKind(key, 'uint') ? key.value.toString() : undefined
}
