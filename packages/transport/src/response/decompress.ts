import * as zlib from 'node:zlib'
import { promisify } from 'node:util'

export type Decompressed =
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'tooLarge' }
  | { readonly type: 'broken'; readonly detail: string }

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }, done: (error: Error | null, result: Buffer) => void) => void
interface Method {
  readonly inflate: (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>
  readonly inflateSync: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer
}

const METHODS: Readonly<Record<string, Method>> = {
  gzip: methodOf(zlib.gunzip as Inflate, zlib.gunzipSync),
  'x-gzip': methodOf(zlib.gunzip as Inflate, zlib.gunzipSync),
  // Servers send either form under the name deflate.
  deflate: { inflate: async (bytes, options) => rawOrZlib(bytes, options), inflateSync: rawOrZlib },
  br: methodOf(zlib.brotliDecompress as Inflate, zlib.brotliDecompressSync),
  ...zstd(),
}

/** What requests offer: zstd only where this Node has it. */
export const ACCEPT_ENCODING = ['gzip', 'deflate', 'br', ...('zstd' in METHODS ? ['zstd'] : [])].join(', ')

/** Below this the work is done at once: a turn through the thread pool costs more. */
const SYNC_BELOW = 16_384

/** Undoes the content codings, last one first, never past `maxBytes`. */
export async function decompress(bytes: Buffer, encoding: string, maxBytes: number): Promise<Decompressed> {
  const codings = encoding.split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== '' && name !== 'identity')
  if (codings.length > 3) return { type: 'broken', detail: 'more than three codings' }
  let current = bytes
  for (const name of codings.reverse()) {
    const method = METHODS[name]
    if (method === undefined) return { type: 'broken', detail: `unknown content coding ${name.slice(0, 40)}` }
    if (current.length === 0) continue
    const step = await undo(method, current, maxBytes)
    if (step.type !== 'bytes') return step
    current = step.bytes
  }
  return current.length > maxBytes ? { type: 'tooLarge' } : { type: 'bytes', bytes: current }
}

async function undo(method: Method, bytes: Buffer, maxBytes: number): Promise<Decompressed> {
  const options = { maxOutputLength: maxBytes }
  try {
    return { type: 'bytes', bytes: bytes.length < SYNC_BELOW ? method.inflateSync(bytes, options) : await method.inflate(bytes, options) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ERR_BUFFER_TOO_LARGE' ? { type: 'tooLarge' } : { type: 'broken', detail: message }
  }
}

function methodOf(inflate: Inflate, inflateSync: Method['inflateSync']): Method {
  return { inflate: promisify(inflate) as Method['inflate'], inflateSync }
}

function rawOrZlib(bytes: Uint8Array, options: { maxOutputLength: number }): Buffer {
  const zlibForm = ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0
  return zlibForm ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options)
}

function zstd(): Record<string, Method> {
  const library = zlib as unknown as Partial<Record<'zstdDecompress' | 'zstdDecompressSync', unknown>>
  if (typeof library.zstdDecompress !== 'function' || typeof library.zstdDecompressSync !== 'function') return {}
  return { zstd: methodOf(library.zstdDecompress as Inflate, library.zstdDecompressSync as Method['inflateSync']) }
}
