/** DER, as far as certificates need it: values are bytes that are complete with tag and length. */

const TAG = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, objectIdentifier: 0x06, utf8String: 0x0c,
  utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31,
} as const

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(TAG.sequence, Buffer.concat(parts))
}

export function set(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(TAG.set, Buffer.concat(parts))
}

/** An unsigned integer, most significant byte first. */
export function integer(bytes: Uint8Array): Uint8Array {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const body = bytes.subarray(start)
  const negative = ((body[0] ?? 0) & 0x80) !== 0
  return tagged(TAG.integer, negative ? Buffer.concat([Buffer.of(0), body]) : body)
}

export function boolean(value: boolean): Uint8Array {
  return tagged(TAG.boolean, Buffer.of(value ? 0xff : 0))
}

export function utf8(text: string): Uint8Array {
  return tagged(TAG.utf8String, Buffer.from(text, 'utf8'))
}

export function octets(bytes: Uint8Array): Uint8Array {
  return tagged(TAG.octetString, bytes)
}

/** `unused` = number of bits at the end that do not count. */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return tagged(TAG.bitString, Buffer.concat([Buffer.of(unused), bytes]))
}

export function objectIdentifier(dotted: string): Uint8Array {
  const numbers = dotted.split('.').map(Number)
  const body = [(numbers[0] ?? 0) * 40 + (numbers[1] ?? 0)]
  for (const number of numbers.slice(2)) body.push(...base128(number))
  return tagged(TAG.objectIdentifier, Buffer.from(body))
}

/** RFC 5280: UTCTime up to 2049, GeneralizedTime from then on. */
export function time(instant: number): Uint8Array {
  const text = new Date(instant).toISOString().replace(/[-:T]/g, '').replace(/\.\d+Z$/, 'Z')
  return new Date(instant).getUTCFullYear() < 2050
    ? tagged(TAG.utcTime, Buffer.from(text.slice(2), 'ascii'))
    : tagged(TAG.generalizedTime, Buffer.from(text, 'ascii'))
}

/** Context-specific tag; `explicit` wraps a complete value, `implicit` replaces the tag of a primitive one. */
export function explicit(number: number, content: Uint8Array): Uint8Array {
  return tagged(0xa0 | number, content)
}
export function implicit(number: number, content: Uint8Array): Uint8Array {
  return tagged(0x80 | number, content)
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Buffer.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

function base128(number: number): number[] {
  const bytes = [number & 0x7f]
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}
