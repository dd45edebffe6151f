/** A 32-bit hash that spreads short, similar texts evenly (FNV-1a with the finaliser of murmur3). Not for secrets. */
export function spreadHash(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** In [0, 1). */
export function spreadFraction(text: string): number {
  return spreadHash(text) / 2 ** 32
}
