import { finding, type Checked, type Finding } from '@oasgen/diagnostics'
import type { Limits } from './limits.js'
import { indexLines } from './line-index.js'

// Part of every JavaScript platform, without IO; the types of this package come with no platform.
declare class TextDecoder {
  constructor(label: string, options?: { readonly fatal?: boolean })
  decode(input: Uint8Array): string
}

/** Bytes to text: UTF-8, or UTF-16 that says so; without byte order mark. */
export function decodeText(input: Uint8Array | string, uri: string, limits: Limits): Checked<string> {
  const size = input.length
  if (size > limits.bytes) return refused(finding('OAS0005', { size, limit: limits.bytes }, { where: whole(uri) }))
  if (typeof input === 'string') return { value: withoutMark(input), findings: [] }
  const binary = nameBinary(input)
  if (binary !== undefined) return refused(finding('OAS0002', binary, { where: whole(uri) }))
  return decodeBytes(input, uri)
}

function decodeBytes(bytes: Uint8Array, uri: string): Checked<string> {
  const wide = wideEncoding(bytes)
  if (wide !== undefined) return { value: withoutMark(new TextDecoder(wide).decode(bytes)), findings: [] }
  try {
    return { value: withoutMark(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), findings: [] }
  } catch {
    return decodeLeniently(bytes, uri)
  }
}

function decodeLeniently(bytes: Uint8Array, uri: string): Checked<string> {
  const text = withoutMark(new TextDecoder('utf-8').decode(bytes))
  const at = text.indexOf('\uFFFD')
  const lines = indexLines(text)
  const where = { ...whole(uri), position: lines.positionAt(at, at + 1), ...lines.excerptAt(at) }
  return { value: text, findings: [finding('OAS0006', {}, { where })] }
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0)) return 'utf-16be'
  return undefined
}

interface BinaryKind {
  readonly found: string
  readonly advice: string
}

const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly kind: BinaryKind }[] = [
  { bytes: [0x1f, 0x8b], kind: { found: 'compressed with gzip', advice: 'unpack it, or serve it with `Content-Encoding: gzip`' } },
  { bytes: [0x50, 0x4b, 3, 4], kind: { found: 'a zip archive', advice: 'unpack it and name the document inside' } },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: { found: 'compressed with zstd', advice: 'unpack it first' } },
  { bytes: [0x25, 0x50, 0x44, 0x46], kind: { found: 'a PDF', advice: 'look for the address of the OpenAPI document itself' } },
  { bytes: [0x89, 0x50, 0x4e, 0x47], kind: { found: 'an image', advice: 'look for the address of the OpenAPI document itself' } },
]

function nameBinary(bytes: Uint8Array): BinaryKind | undefined {
  const known = SIGNATURES.find((signature) => signature.bytes.every((byte, index) => bytes[index] === byte))
  if (known !== undefined) return known.kind
  if (wideEncoding(bytes) !== undefined) return undefined
  const head = bytes.subarray(0, 1024)
  return head.includes(0) ? { found: 'binary data', advice: 'check that the source names the OpenAPI document itself' } : undefined
}

function whole(uri: string): { readonly kind: 'document'; readonly uri: string; readonly pointer: '' } {
  return { kind: 'document', uri, pointer: '' }
}

function refused(problem: Finding): Checked<string> {
  return { value: undefined, findings: [problem] }
}
