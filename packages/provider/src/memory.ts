import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { packCompiled, unpackCompiled } from './compile-message.js'
import type { Compiled } from './compile.js'
import type { Settled } from './steady.js'

/** What is remembered between passes of one RestDefinition; losing it costs work, never correctness. */
export interface DefinitionMemory {
  /** Of definition and documents, and what they gave. */
  compiled?: { readonly inputs: string; readonly packed: Uint8Array }
  settled?: Settled
  /** Since when the controller is waited for, in milliseconds since the epoch. */
  waitingSince?: number
  /** CRDs of this content were seen in the server's OpenAPI. */
  visible?: string
  /** Looks at the server's OpenAPI that were in vain. */
  looks?: number
}

// CRDs and Plans compress to a tenth: two hundred definitions are held in a few megabytes.
export function packMemory(inputs: string, compiled: Compiled): NonNullable<DefinitionMemory['compiled']> {
  return { inputs, packed: deflateRawSync(packCompiled(compiled), { level: 3 }) }
}

export function compiledIn({ packed }: NonNullable<DefinitionMemory['compiled']>): Compiled {
  return unpackCompiled(inflateRawSync(packed).toString())
}
