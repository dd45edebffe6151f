import { Decimal, MASK, Sealed, type JsonValue } from '@oasgen/json'
import { isSecretName } from '@oasgen/wire'

const MAX_DEPTH = 8
const MAX_TEXT = 8_192
const MAX_ITEMS = 100

/**
 * Any value as JSON for a log: bounded, without secrets, never throwing. Sealed leaves and values under the name of a secret
 * are the mask; errors keep message, code and cause; what is no JSON becomes its text.
 */
export function logValue(value: unknown): JsonValue {
  return render(value, 0)
}

/** A member of a log line: like `logValue`, but the name may tell that the value is a secret. */
export function logMember(name: string, value: unknown): JsonValue {
  return isSecretName(name) && (typeof value === 'string' || typeof value === 'number') && value !== '' ? MASK : render(value, 0)
}

function render(value: unknown, depth: number): JsonValue {
  switch (typeof value) {
    case 'string': return value.length <= MAX_TEXT ? value : `${value.slice(0, MAX_TEXT)}…`
    case 'boolean': case 'bigint': return value
    case 'number': return Number.isFinite(value) ? value : String(value)
    case 'object': return value === null ? null : renderObject(value, depth)
    case 'undefined': case 'function': case 'symbol': return String(value)
  }
}

function renderObject(value: object, depth: number): JsonValue {
  if (value instanceof Sealed) return MASK
  if (value instanceof Decimal) return value
  if (depth >= MAX_DEPTH) return '…'
  if (value instanceof Error) return renderError(value, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (value instanceof Map) return renderObject(Object.fromEntries(value), depth)
  if (Array.isArray(value) || value instanceof Set) return [...value].slice(0, MAX_ITEMS).map((item) => render(item, depth + 1))
  return renderMembers(value, depth)
}

function renderMembers(value: object, depth: number): JsonValue {
  const members: Record<string, JsonValue> = {}
  for (const [name, item] of Object.entries(value).slice(0, MAX_ITEMS)) {
    if (item === undefined || typeof item === 'function') continue
    const isSecret = isSecretName(name) && (typeof item === 'string' || typeof item === 'number') && item !== ''
    Object.defineProperty(members, name, { value: isSecret ? MASK : render(item, depth + 1), enumerable: true })
  }
  return members
}

function renderError(error: Error, depth: number): JsonValue {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown }
  return {
    name: error.name,
    message: error.message.slice(0, MAX_TEXT),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause !== undefined && { cause: render(cause, depth + 1) }),
    ...(depth === 0 && error.stack !== undefined && { stack: error.stack.split('\n').slice(1, 8).map((line) => line.trim()) }),
  }
}
