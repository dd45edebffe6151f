/** SHA-256 and HMAC (FIPS 180-4, RFC 2104) without IO or platform types; `docs/decisions/0011-pure-sha-256.md` says why. */

const ROUND_CONSTANTS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])

const BLOCK = 64

/** SHA-256 in hex; a string counts as its UTF-8 bytes. */
export function sha256(input: string | Uint8Array): string {
  return hex(digest(bytesOf(input)))
}

/** HMAC-SHA-256 in hex, for what must not be guessable from its hash. */
export function hmacSha256(key: string | Uint8Array, text: string | Uint8Array): string {
  const raw = bytesOf(key)
  const block = new Uint8Array(BLOCK)
  block.set(raw.length > BLOCK ? digest(raw) : raw)
  const inner = digest(joined(block.map((byte) => byte ^ 0x36), bytesOf(text)))
  return hex(digest(joined(block.map((byte) => byte ^ 0x5c), inner)))
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

function bytesOf(input: string | Uint8Array): Uint8Array {
  return typeof input === 'string' ? utf8(input) : input
}

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as in the platform's encoders. */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3)
  let end = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x80) {
      bytes[end++] = code
      continue
    }
    const point = pointAt(text, at)
    if (point > 0xffff) at += 1
    end = putPoint(bytes, end, point)
  }
  return bytes.subarray(0, end)
}

function pointAt(text: string, at: number): number {
  const point = text.codePointAt(at) ?? 0xfffd
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
}

function putPoint(bytes: Uint8Array, start: number, point: number): number {
  let end = start
  if (point < 0x800) bytes[end++] = 0xc0 | (point >> 6)
  else {
    if (point < 0x10000) bytes[end++] = 0xe0 | (point >> 12)
    else {
      bytes[end++] = 0xf0 | (point >> 18)
      bytes[end++] = 0x80 | ((point >> 12) & 0x3f)
    }
    bytes[end++] = 0x80 | ((point >> 6) & 0x3f)
  }
  bytes[end++] = 0x80 | (point & 0x3f)
  return end
}

function digest(message: Uint8Array): Uint8Array {
  const state = new Int32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ])
  const schedule = new Int32Array(64)
  const whole = message.length - (message.length % BLOCK)
  for (let at = 0; at < whole; at += BLOCK) compress(state, schedule, message, at)
  const tail = padded(message.subarray(whole), message.length)
  for (let at = 0; at < tail.length; at += BLOCK) compress(state, schedule, tail, at)
  return bigEndian(state)
}

function padded(rest: Uint8Array, length: number): Uint8Array {
  const tail = new Uint8Array(rest.length + 9 > BLOCK ? 2 * BLOCK : BLOCK)
  tail.set(rest)
  tail[rest.length] = 0x80
  const bits = length * 8
  for (let byte = 0; byte < 8; byte += 1) tail[tail.length - 1 - byte] = Math.floor(bits / 2 ** (8 * byte)) & 0xff
  return tail
}

function bigEndian(state: Int32Array): Uint8Array {
  const out = new Uint8Array(32)
  for (const [word, value] of state.entries()) {
    for (let byte = 0; byte < 4; byte += 1) out[4 * word + byte] = (value >>> (24 - 8 * byte)) & 0xff
  }
  return out
}

// The names are those of FIPS 180-4, section 6.2.2; every index is inside of the fixed sizes, so nothing is ever undefined. No
// destructuring and no iterators: this runs for each 64 bytes, and they would cost more than the rounds.
function compress(state: Int32Array, w: Int32Array, bytes: Uint8Array, start: number): void {
  expand(w, bytes, start)
  let a = wordAt(state, 0), b = wordAt(state, 1), c = wordAt(state, 2), d = wordAt(state, 3)
  let e = wordAt(state, 4), f = wordAt(state, 5), g = wordAt(state, 6), h = wordAt(state, 7)
  for (let t = 0; t < 64; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + wordAt(ROUND_CONSTANTS, t) + wordAt(w, t)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  add(state, 0, a)
  add(state, 1, b)
  add(state, 2, c)
  add(state, 3, d)
  add(state, 4, e)
  add(state, 5, f)
  add(state, 6, g)
  add(state, 7, h)
}

function wordAt(words: Int32Array, at: number): number {
  return words[at] as number
}

function add(state: Int32Array, at: number, value: number): void {
  state[at] = wordAt(state, at) + value
}

function expand(w: Int32Array, bytes: Uint8Array, start: number): void {
  for (let t = 0; t < 16; t += 1) {
    const at = start + 4 * t
    w[t] = (byteAt(bytes, at) << 24) | (byteAt(bytes, at + 1) << 16) | (byteAt(bytes, at + 2) << 8) | byteAt(bytes, at + 3)
  }
  for (let t = 16; t < 64; t += 1) {
    const early = wordAt(w, t - 15)
    const late = wordAt(w, t - 2)
    const s0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)
    const s1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10)
    w[t] = (wordAt(w, t - 16) + s0 + wordAt(w, t - 7) + s1) | 0
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}
