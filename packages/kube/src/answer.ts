import { readJson, type JsonValue } from '@oasgen/json'
import { errorOfAnswer, errorOfProtocol, failed, type Attempt, type KubeResult } from './error.js'

/** An answer as it came: any status, body as text. */
export interface KubeResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Reads an answer of any status: JSON of a success, or the error. */
export function readAnswer(attempt: Attempt, response: KubeResponse): KubeResult<JsonValue> {
  if (response.status < 200 || response.status >= 300) return failed(readFailure(attempt, response))
  const read = readJson(response.text)
  if (!read.ok) return failed(errorOfProtocol(attempt, `no JSON at offset ${read.offset}: ${read.message}`, response.status))
  const warnings = readWarnings(response.headers.warning)
  return { ok: true, value: read.value, ...(warnings.length > 0 && { warnings }) }
}

function readFailure(attempt: Attempt, response: KubeResponse): ReturnType<typeof errorOfAnswer> {
  const read = isJsonLike(response.text) ? readJson(response.text) : undefined
  return errorOfAnswer(attempt, {
    code: response.status,
    retryAfter: response.headers['retry-after'],
    body: read?.ok === true ? read.value : undefined,
    text: response.text.slice(0, 300).trim(),
  })
}

function isJsonLike(text: string): boolean {
  return /^\s*\{/.test(text)
}

/** `299 - "text"`, several joined with commas (RFC 9111 as Kubernetes uses it). */
export function readWarnings(header: string | undefined): readonly string[] {
  if (header === undefined) return []
  return [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'))
}
