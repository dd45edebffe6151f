/** Text for people: what untrusted documents put into a finding must neither move the cursor nor break a line. */

/** Control characters as visible pictures; line breaks and tabs stay. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, pictureOf)
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
}

/** One line: line breaks and runs of white space become one blank. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim())
}

/** Columns that a text takes on a terminal; two for wide letters and emoji, none for what joins the letter before. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += columnsOfCharacter(character)
  return columns
}

const JOINED = /^(?:\p{Mn}|\p{Me}|[\u200b-\u200d])$/u
const WIDE = /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation})$/u

function columnsOfCharacter(character: string): number {
  if (character < '\u0300') return 1
  if (JOINED.test(character)) return 0
  return WIDE.test(character) || character > '\u{20000}' ? 2 : 1
}

/** Breaks at blanks so that no line is wider than `width`, where words allow it. Lines that start with a blank stay as they are. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => (/^\s/.test(line) || columnsOf(line) <= width ? [line] : wrapLine(line, width)))
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`
    if (current !== '' && columnsOf(longer) > width) {
      lines.push(current)
      current = word
    } else current = longer
  }
  return [...lines, current]
}

/** At most `limit` bytes of UTF-8, cut between characters, with an ellipsis where something is missing. */
export function bounded(text: string, limit: number): string {
  if (bytesOf(text) <= limit) return text
  let bytes = bytesOf('…')
  let kept = ''
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > limit) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

export function bytesOf(text: string): number {
  let bytes = 0
  for (const character of text) {
    bytes += character < '\u0080' ? 1 : character < '\u0800' ? 2 : character.length === 2 ? 4 : 3
  }
  return bytes
}
