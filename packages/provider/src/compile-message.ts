import { readJson, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { CompileJob, Compiled } from './compile.js'

/**
 * What crosses the border of the worker. Exact numbers are objects with a class, which structured cloning strips;
 * JSON text keeps them, bytes go beside it as they are.
 */
export interface JobMessage extends Omit<CompileJob, 'definition'> {
  readonly definition: string
}

export function packJob(job: CompileJob): JobMessage {
  return { ...job, definition: writeJson(job.definition) }
}

export function unpackJob(message: JobMessage): CompileJob {
  return { ...message, definition: unpack(message.definition) as JsonObject }
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
