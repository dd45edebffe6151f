import type { Finding, Place } from './finding.js'
import { sortFindings } from './order.js'
import { placeText } from './place.js'
import { bounded, bytesOf, oneLine } from './text.js'

/** The API server counts bytes in events; conditions follow the same bound so that both read alike. */
const LIMIT = 1024

/**
 * The message of a condition: what was found, where, what to do, the code. Stable for the same finding, so that a status that
 * says the same is never written again; bounded, and the code is never what is cut.
 */
export function conditionText(finding: Finding): string {
  const place = placeOf(finding.where)
  const help = finding.help === undefined ? '' : `; ${clause(finding.help)}`
  return ending(`${clause(finding.message)}${place === '' ? '' : ` (${place})`}${help}`, `; ${finding.code}`)
}

/** The message of a condition for several findings: the first by order, and how many more there are. */
export function conditionTextOfAll(findings: readonly Finding[]): string {
  const [first, ...more] = sortFindings(findings)
  if (first === undefined) return ''
  return more.length === 0 ? conditionText(first) : ending(conditionText(first), `; and ${more.length} more`)
}

/** The message of an event: shorter, since `kubectl` prints many of them below each other. */
export function eventText(finding: Finding): string {
  const place = placeOf(finding.where)
  return ending(`${clause(finding.message)}${place === '' ? '' : ` (${place})`}`, `; ${finding.code}`)
}

/** One line that goes on behind it: a full stop at its end would stand in the middle. */
function clause(text: string): string {
  return oneLine(text).replace(/\.$/, '')
}

/** Conditions and events stand on the resource, so its own name is not repeated. Positions shift with every edit: pointers stay. */
function placeOf(place: Place | undefined): string {
  if (place === undefined) return ''
  if (place.kind === 'resource') return oneLine(place.path)
  if (place.kind === 'document') return placeText({ kind: 'document', uri: place.uri, pointer: place.pointer })
  return placeText(place)
}

function ending(text: string, tail: string): string {
  return bounded(text, LIMIT - bytesOf(tail)) + tail
}
