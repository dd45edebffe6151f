import { readJson, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { CompileJob, Compiled } from './compile.js'

/**
 * What crosses the border of the worker. Exact numbers are objects with a class, which structured cloning strips;
 * JSON text keeps them. The bytes of the document go beside it, and only once for each content.
 */
export interface JobMessage extends Omit<CompileJob, 'definition' | 'document'> {
  readonly definition: string
  readonly document: { readonly uri: string; readonly bytes?: Uint8Array }
}

export function packJob(job: CompileJob, content: 'new' | 'known'): JobMessage {
  const { uri, bytes } = job.document
  return { ...job, definition: writeJson(job.definition), document: { uri, ...(content === 'new' && { bytes }) } }
}

export function unpackJob(message: JobMessage, bytes: Uint8Array): CompileJob {
  return { ...message, definition: unpack(message.definition) as JsonObject, document: { uri: message.document.uri, bytes } }
}

export function packCompiled(compiled: Compiled): string {
  return writeJson(compiled as unknown as JsonValue)
}

export function unpackCompiled(text: string): Compiled {
  return unpack(text) as unknown as Compiled
}

function unpack(text: string): JsonValue {
  const read = readJson(text)
  if (!read.ok) throw new Error(`a message between our own threads is no JSON: ${read.message}`)
  return read.value
}
