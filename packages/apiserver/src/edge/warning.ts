/** RFC 7234 warn-text is a quoted string of printable characters. */
export function warningHeader(text: string): string {
  const safe = text.replace(/[^\x20-\x7e]/g, (character) => encodeURIComponent(character)).replace(/["\\]/g, '\\$&')
  return `299 - "${safe}"`
}
