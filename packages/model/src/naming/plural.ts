import { KNOWN_ABBREVIATIONS, PLURAL_OF, PLURALS, RULES } from './plural-words.js'

/**
 * The plural of a kind as the reference's CRDs have it: the English plural of its last word, lower-cased. It can be an illegal
 * name or a strange one; whoever makes a name of it checks it.
 */
export function pluralOf(kind: string): string {
  return pluralize(kind).toLowerCase()
}

function pluralize(kind: string): string {
  const word = lastWord(kind)
  if (word === '') return ''
  const whole = PLURAL_OF.get(kind)
  if (whole !== undefined) return whole
  const lower = word.toLowerCase()
  if (PLURALS.has(kind) || PLURALS.has(lower)) return kind
  const known = PLURAL_OF.get(lower)
  if (known !== undefined) return replaceEnd(kind, word, known)
  const rule = RULES.find(({ from }) => word.endsWith(from))
  if (rule !== undefined) return replaceEnd(kind, word, word.slice(0, word.length - rule.from.length) + rule.to)
  return lower.endsWith('s') ? kind : `${kind}s`
}

function replaceEnd(text: string, end: string, replacement: string): string {
  return (text.endsWith(end) ? text.slice(0, text.length - end.length) : text) + replacement
}

/** Words begin at a capital behind a small letter, and behind a known abbreviation. */
function lastWord(kind: string): string {
  if (isAbbreviation(kind)) return kind.toUpperCase()
  let word = ''
  let last = ''
  const finish = (): void => {
    const cut = word.replace(/^[-_:/ ]+|[-_:/ ]+$/g, '')
    if (cut !== '') last = isAbbreviation(cut) ? cut.toUpperCase() : cut
    word = ''
  }
  let before = ''
  for (const letter of kind) {
    const startsWord = isUpper(letter) && (!isUpper(before) || isAbbreviation(word))
    if (startsWord || /[-_:/\s]/.test(letter)) finish()
    word += letter
    before = letter
  }
  finish()
  return last
}

function isAbbreviation(word: string): boolean {
  return KNOWN_ABBREVIATIONS.has(word.toUpperCase())
}

function isUpper(letter: string): boolean {
  return /\p{Lu}/u.test(letter)
}
