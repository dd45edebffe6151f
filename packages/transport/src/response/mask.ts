import { Decimal, MASK, isArray, isNumber, isObject, numberText, objectFrom, type JsonValue } from '@oasgen/json'

/**
 * Takes secrets out of what came back. Texts of eight characters and more are masked wherever they stand. Shorter ones
 * (`admin`, `test`) would damage names and ids, by which objects are found again, so that they are masked only where a
 * whole value is equal and its name speaks of a secret.
 */
export interface Mask {
  text(text: string): string
  header(name: string, value: string): string
  /** `raw` is the text that the value was read from: where no secret can be in it, the value is not walked. */
  json(value: JsonValue, raw: string): JsonValue
}

const LONG = 8
const SECRET_NAME = /pass|secret|token|key|cred|auth|pwd|pin\b/i

const NO_MASK: Mask = { text: (text) => text, header: (_name, value) => value, json: (value) => value }

export function createMask(secrets: ReadonlySet<string>): Mask {
  if (secrets.size === 0) return NO_MASK
  const long: string[] = []
  const short = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < LONG) short.add(secret)
    else long.push(...formsOf(secret))
  }
  // A secret that is a part of another one must not leave the rest of the longer one standing.
  long.sort((a, b) => b.length - a.length)
  const text = (given: string): string => long.reduce((masked, form) => (masked.includes(form) ? masked.replaceAll(form, MASK) : masked), given)
  const leaf = (name: string, given: string): string => (short.has(given) && SECRET_NAME.test(name) ? MASK : text(given))
  const walk = (value: JsonValue, name: string): JsonValue => walkValue(value, name, { leaf, text, walk, isSecretNumber: (digits) => secrets.has(digits) && digits.length >= LONG })
  return {
    text,
    header: leaf,
    json: (value, raw) => (mayHold(raw, long, short) ? walk(value, '') : value),
  }
}

/** As it is, and as it would stand in a URL. */
function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret)
  return encoded === secret ? [secret] : [secret, encoded]
}

interface Walk {
  readonly leaf: (name: string, text: string) => string
  readonly text: (text: string) => string
  readonly walk: (value: JsonValue, name: string) => JsonValue
  readonly isSecretNumber: (digits: string) => boolean
}

function walkValue(value: JsonValue, name: string, { leaf, text, walk, isSecretNumber }: Walk): JsonValue {
  if (typeof value === 'string') return leaf(name, value)
  if (isNumber(value) || value instanceof Decimal) return isSecretNumber(numberText(value)) ? MASK : value
  if (isArray(value)) return mapSame(value, (item) => walk(item, name))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  const masked = entries.map(([member, item]) => [text(member), walk(item, member)] as const)
  return masked.every(([member, item], index) => member === entries[index]?.[0] && item === entries[index]?.[1]) ? value : objectFrom(masked)
}

function mapSame(items: readonly JsonValue[], change: (item: JsonValue) => JsonValue): JsonValue {
  const changed = items.map(change)
  return changed.every((item, index) => item === items[index]) ? items : changed
}

/** JSON can write any character in another way; where it does, or where a form of a secret is seen, the value is walked. */
function mayHold(raw: string, long: readonly string[], short: ReadonlySet<string>): boolean {
  if (long.some((form) => raw.includes(form))) return true
  for (const secret of short) if (raw.includes(secret)) return true
  if (!raw.includes('\\')) return false
  return raw.includes('\\u') || long.some(needsEscape) || [...short].some(needsEscape)
}

function needsEscape(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what JSON escapes
  return /["\\/\u0000-\u001f]/.test(text)
}
