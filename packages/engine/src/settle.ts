import { printPath } from '@oasgen/fieldpath'
import { isArray, isNumber, type JsonValue } from '@oasgen/json'
import type { Difference } from './differences.js'
import type { KnownDifference } from './memory.js'
import { shortHash } from './sent.js'

const MAX_KNOWN = 50

/**
 * What an answer right after a write still shows differently although it is the same value in the API's own spelling or order, or
 * after the first write in place of nothing. Remembered, so that nothing is ever sent for it again; a value that is really another
 * one is not excused here.
 */
export function learn(known: readonly KnownDifference[], differences: readonly Difference[], from: 'create' | 'update'): readonly KnownDifference[] {
  const learned = differences.flatMap((difference) => knownFrom(difference, from))
  const kept = known.filter((entry) => !learned.some(({ path }) => path === entry.path))
  return [...kept, ...learned].slice(-MAX_KNOWN)
}

function knownFrom(difference: Difference, from: 'create' | 'update'): readonly KnownDifference[] {
  const { desired, observed, kind, place, settled } = difference
  if (settled || desired === undefined || observed === undefined || kind === 'hidden' || kind === 'removed') return []
  const path = printPath(place)
  if (kind === 'order') return [{ path, class: 'orderOnly', desired: shortHash(desired), from }]
  // Asked for nothing when it was made, and filled: the API's own default. An update to nothing that shows no effect is none.
  if (from === 'create' && isBlank(desired) && !isBlank(observed)) return [{ path, class: 'serverDefault', desired: shortHash(desired), observed: shortHash(observed), from }]
  return isSpelling(desired, observed) ? [{ path, class: 'normalised', desired: shortHash(desired), observed: shortHash(observed), from }] : []
}

/** Whether one value is the other as an API may write it. */
function isSpelling(desired: JsonValue, observed: JsonValue): boolean {
  if (isArray(desired) && isArray(observed)) return desired.length === observed.length && desired.every((item, at) => isSpelling(item, observed[at] ?? null))
  if (isBlank(desired) && isBlank(observed)) return true
  if (typeof desired === 'string' && typeof observed === 'string') return plainText(desired) === plainText(observed)
  return isNumber(desired) && isNumber(observed) && Math.fround(Number(desired)) === Math.fround(Number(observed))
}

function isBlank(value: JsonValue): boolean {
  return value === null || value === '' || (isArray(value) && value.length === 0) || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** Case, white space, a closing slash or dot, and zeros behind a point do not make another value. */
function plainText(text: string): string {
  const folded = text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim().replace(/[/.]$/, '')
  return /^-?\d+(?:\.\d+)?$/.test(folded) ? String(Number(folded)) : folded
}
