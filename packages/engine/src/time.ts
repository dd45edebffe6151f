import type { Instant } from '@oasgen/wire'

/** `2026-11-21T15:49:00.123Z`: what the reference's runtime reads too. */
export function printInstant(instant: Instant): string {
  return new Date(instant).toISOString()
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?$/

/** The instant of an RFC 3339 text, to the millisecond; a text without zone is UTC. `undefined` for anything else. */
export function readInstant(text: string): Instant | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, day, time = '', fraction = '', zone = 'Z'] = match
  const clock = time.length === 5 ? `${time}:00` : time
  const offset = zone.length === 5 && zone !== 'Z' ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  const instant = Date.parse(`${day}T${clock}${fraction.slice(0, 4)}${offset}`)
  return Number.isNaN(instant) ? undefined : instant
}
