import { readJson } from '@oasgen/json'
import type { ResponseBody } from '@oasgen/wire'
import { bounded } from '../failure.js'
import type { Mask } from './mask.js'

/** Bytes and a content type become a body that the engine can look at. A page in HTML is a text; so is what merely claims to be JSON but is a page. */
export function readBody(bytes: Uint8Array, contentType: string, mask: Mask): ResponseBody {
  if (bytes.length === 0) return { type: 'empty' }
  const { essence, charset } = readContentType(contentType)
  if (isJsonType(essence)) return readJsonBody(decodeText(bytes, charset), { bytes, contentType, mask })
  if (isTextType(essence)) return textBody(decodeText(bytes, charset), contentType, mask)
  if (essence !== '' && essence !== 'application/octet-stream') return unreadable(bytes, contentType, 'neither JSON nor text')
  return sniffBody(bytes, contentType, mask)
}

/** Servers that say nothing, or `octet-stream`, mostly mean JSON or text. */
function sniffBody(bytes: Uint8Array, contentType: string, mask: Mask): ResponseBody {
  const text = decodeText(bytes, 'utf-8')
  const first = text.trimStart()[0]
  if (first === '{' || first === '[') {
    const read = readJson(text)
    if (read.ok) return { type: 'json', value: mask.json(read.value, text) }
  }
  if (looksBinary(text)) return unreadable(bytes, contentType, 'neither JSON nor text')
  return textBody(text, contentType, mask)
}

interface JsonSource {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly mask: Mask
}

function readJsonBody(text: string, { bytes, contentType, mask }: JsonSource): ResponseBody {
  const read = readJson(text)
  if (read.ok) return { type: 'json', value: mask.json(read.value, text) }
  if (text.trim() === '') return { type: 'empty' }
  if (/^\s*<(!doctype|html|\?xml|head|body)/i.test(text)) return textBody(text, contentType, mask)
  return unreadable(bytes, contentType, mask.text(bounded(`${read.message} (at character ${read.offset + 1})`, 300)))
}

function textBody(text: string, contentType: string, mask: Mask): ResponseBody {
  return { type: 'text', contentType, text: mask.text(text) }
}

function unreadable(bytes: Uint8Array, contentType: string, problem: string): ResponseBody {
  return { type: 'unreadable', contentType, bytes: bytes.length, problem }
}

export interface ContentType {
  /** Lower-case type and subtype. */
  readonly essence: string
  readonly charset: string
}

export function readContentType(contentType: string): ContentType {
  const semicolon = contentType.indexOf(';')
  if (semicolon < 0) return { essence: contentType.trim().toLowerCase(), charset: 'utf-8' }
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  return { essence: contentType.slice(0, semicolon).trim().toLowerCase(), charset: charset.toLowerCase() }
}

function isJsonType(essence: string): boolean {
  return essence === 'application/json' || essence.endsWith('+json') || essence === 'text/json' || essence === 'application/x-json'
    || essence === 'text/x-json' || essence === 'application/javascript+json'
}

function isTextType(essence: string): boolean {
  return essence.startsWith('text/') || essence.endsWith('+xml') || essence.endsWith('+yaml') || TEXT_TYPES.has(essence)
}

const TEXT_TYPES = new Set([
  'application/xml', 'application/yaml', 'application/x-yaml', 'application/x-www-form-urlencoded', 'application/javascript',
  'application/x-ndjson', 'application/jsonl', 'application/graphql', 'application/toml', 'application/x-sh', 'application/sql', 'application/pem-certificate-chain',
])

/** The bytes as text; an unknown charset is read as UTF-8. A byte order mark is no part of the text. */
export function decodeText(bytes: Uint8Array, charset: string): string {
  if (charset === 'utf-8' || charset === 'utf8') return decodeUtf8(bytes)
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return decodeUtf8(bytes)
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function looksBinary(text: string): boolean {
  const start = text.slice(0, 1024)
  let odd = 0
  for (const char of start) {
    const code = char.codePointAt(0) ?? 0
    if (code === 0) return true
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 13)) odd += 1
  }
  return odd > start.length / 20
}
