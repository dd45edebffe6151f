// What two generators of CRDs may write differently and mean the same, or differ in on purpose (docs/decisions/0071, 0085).

import { without } from './compile.mjs'

/** Both sides of a comparison of schemas. */
export function comparable(value) {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, child]) => !isIdle(key, child))
  return Object.fromEntries(kept.map(([key, child]) => [key, key === 'required' || key === 'enum' ? sorted(child) : key === 'type' ? typeOf(child) : comparable(child)]))
}

/** Empty lists say nothing; every integer of the reference has 32 bits; an object without fields takes anything in both. */
function isIdle(key, child) {
  if ((key === 'required' || key === 'enum') && Array.isArray(child)) return child.length === 0
  if (key === 'properties') return typeof child === 'object' && Object.keys(child).length === 0
  return (key === 'format' && child === 'int32') || key === 'x-kubernetes-preserve-unknown-fields' || (key === 'description' && typeof child === 'string' && child.startsWith('(format:'))
}

/** D20: `number` stays what it is here. */
function typeOf(type) {
  return type === 'number' ? 'integer' : type
}

function sorted(list) {
  return Array.isArray(list) ? list.map(String).toSorted() : list
}

/** The value without what our kinds have beside the fields of the document. */
export function withoutOwn(schema) {
  return without(schema, ['description', 'default'])
}

/**
 * What the reference logs while it generates. Sentences that a user acts on have a finding of ours; about the others there is
 * nothing to say, because here a kind always has a status, and a list types it as well as a single object.
 */
export function told(wanted, findings) {
  const ours = findings.filter(({ code }) => TOLD.some(({ codes }) => codes.includes(code)))
  const said = wanted.map((sentence) => {
    const entry = TOLD.find(({ pattern }) => pattern.test(sentence))
    const subject = entry?.pattern.exec(sentence)?.[1] ?? ''
    const at = entry === undefined ? -1 : ours.findIndex(({ code, message }) => entry.codes.includes(code) && message.includes(subject))
    if (at >= 0) ours.splice(at, 1)
    return entry === undefined || at >= 0 || entry.isMet === true ? sentence : `not told: ${sentence}`
  })
  // What was not to be excluded and is not there would be a false alarm; other findings say more than the reference can.
  return [...said, ...ours.filter(({ code }) => code === 'MDL0220').map(({ message }) => `not wanted: ${message}`)]
}

const TOLD = [
  { pattern: /field '(.+)' set in excludedSpecFields/, codes: ['MDL0220'] },
  { pattern: /field '(.+)' set in configurationFields/, codes: ['MDL0218'] },
  // Where the list of findby types the field nothing is guessed; the type itself is compared.
  { pattern: /status field '(.+)' not found/, codes: ['MDL0215', 'MDL0216'], isMet: true },
]
