const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    text += digit(group >> 18) + digit(group >> 12) + (b === undefined ? '=' : digit(group >> 6)) + (c === undefined ? '=' : digit(group))
  }
  return text
}

function digit(bits: number): string {
  return STANDARD.charAt(bits & 63)
}

/** Base64 of the standard or the URL alphabet, padded or not; undefined for what is neither. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const body = text.replace(/={1,2}$/, '').replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*$/.test(body) || body.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4))
  let [bits, width, at] = [0, 0, 0]
  for (const character of body) {
    bits = ((bits << 6) | STANDARD.indexOf(character)) & 0xffff
    width += 6
    if (width < 8) continue
    width -= 8
    bytes[at++] = (bits >> width) & 255
  }
  return bytes
}
