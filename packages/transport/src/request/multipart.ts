import { randomBytes } from 'node:crypto'

export interface FilledPart {
  readonly name: string
  readonly filename?: string
  readonly contentType?: string
  readonly bytes: Uint8Array
}

/** multipart/form-data as RFC 7578 and the HTML standard write it. The boundary is random, so that no content can hold it by intent. */
export function writeMultipart(contentType: string, parts: readonly FilledPart[], boundary = `oasgen-${randomBytes(16).toString('hex')}`): {
  readonly contentType: string
  readonly bytes: Uint8Array
} {
  const pieces: Uint8Array[] = []
  for (const part of parts) pieces.push(Buffer.from(`--${boundary}\r\n${partHead(part)}\r\n`), part.bytes, Buffer.from('\r\n'))
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  const type = contentType.split(';')[0]?.trim() || 'multipart/form-data'
  return { contentType: `${type}; boundary=${boundary}`, bytes: Buffer.concat(pieces) }
}

function partHead(part: FilledPart): string {
  const filename = part.filename === undefined ? '' : `; filename="${quoted(part.filename)}"`
  const type = part.contentType ?? (part.filename === undefined ? undefined : 'application/octet-stream')
  const disposition = `Content-Disposition: form-data; name="${quoted(part.name)}"${filename}\r\n`
  return type === undefined ? disposition : `${disposition}Content-Type: ${type.replace(/[\r\n]+/g, ' ')}\r\n`
}

/** Percent-encoding of what would end the parameter, as browsers do it. */
function quoted(text: string): string {
  return text.replace(/["\r\n]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}
