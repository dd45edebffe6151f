import { crc32 } from 'node:zlib'
import { readJson, type JsonValue } from '@oasgen/json'

/** A line that proves itself: eight hex digits of its CRC-32, a space, JSON without line breaks. */
export function frame(text: string): Buffer {
  const body = Buffer.from(text, 'utf8')
  return Buffer.concat([Buffer.from(`${checksum(body)} `), body, Buffer.of(0x0a)])
}

/** undefined = torn or damaged. */
export function unframe(line: string): JsonValue | undefined {
  const body = line.slice(9)
  if (line.charAt(8) !== ' ' || line.slice(0, 8) !== checksum(Buffer.from(body, 'utf8'))) return undefined
  const read = readJson(body)
  return read.ok ? read.value : undefined
}

const checksum = (body: Buffer): string => crc32(body).toString(16).padStart(8, '0')
