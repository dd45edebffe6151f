const SECOND = 10n ** 9n

export interface Instant {
  readonly nanos: bigint
  /** Seconds east of Greenwich, as written. */
  readonly offset: number
}

/** Nanoseconds since 1970 of an RFC 3339 text; undefined for anything else. */
export function parseTimestamp(text: string): bigint | undefined {
  return parseInstant(text)?.nanos
}

export function parseInstant(text: string): Instant | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match
  if (!isDay(Number(year), Number(month), Number(day)) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined
  const days = BigInt(dayNumber(Number(year), Number(month), Number(day)))
  const seconds = days * 86400n + BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second))
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHour) * 3600 + Number(offsetMinute) * 60)
  return { nanos: (seconds - BigInt(offset)) * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0')), offset }
}

function isDay(year: number, month: number, day: number): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day >= 1 && day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0)
}

/** Days since 1970-01-01 in the Gregorian calendar, years from 0. */
export function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

/** What a clock in a zone shows; weekday 0 is Sunday. */
export interface ClockTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly weekday: number
  readonly yearday: number
}

/** The calendar at `nanos`, shifted by the offset of the zone. */
export function clockAt(nanos: bigint, offsetSeconds: number): ClockTime {
  const seconds = floorDiv(nanos, SECOND) + BigInt(offsetSeconds)
  const days = Number(floorDiv(seconds, 86400n))
  const rest = Number(seconds - BigInt(days) * 86400n)
  const { year, month, day } = dateOf(days)
  return {
    year, month, day, hour: Math.floor(rest / 3600), minute: Math.floor((rest % 3600) / 60), second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7, yearday: days - dayNumber(year, 1, 1),
  }
}

function dateOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const dayOfEra = z - era * 146097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1 }
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

/** Seconds east of Greenwich at an instant, for `+02:00`, `-05:30` or a name of the zone database; undefined for others. */
export function zoneOffset(zone: string, nanos: bigint): number | undefined {
  const fixed = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone)
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 3600 + Number(fixed[3]) * 60)
  if (zone === 'UTC' || zone === '') return 0
  try {
    return namedOffset(zone, Number(nanos / 1_000_000n))
  } catch {
    return undefined
  }
}

function namedOffset(zone: string, millis: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  })
  const part = Object.fromEntries(format.formatToParts(millis).map(({ type, value }) => [type, Number(value)]))
  const shown = dayNumber(part.year ?? 0, part.month ?? 1, part.day ?? 1) * 86400 + (part.hour ?? 0) * 3600 + (part.minute ?? 0) * 60 + (part.second ?? 0)
  return shown - Math.floor(millis / 1000)
}

/** RFC 3339 with as many digits of a second as are needed, in UTC unless another offset is given. */
export function printTimestamp(nanos: bigint, offset = 0): string {
  const clock = clockAt(nanos, offset)
  const two = (value: number): string => String(value).padStart(2, '0')
  const fraction = (nanos - floorDiv(nanos, SECOND) * SECOND).toString().padStart(9, '0').replace(/0+$/, '')
  const date = `${String(clock.year).padStart(4, '0')}-${two(clock.month)}-${two(clock.day)}`
  return `${date}T${two(clock.hour)}:${two(clock.minute)}:${two(clock.second)}${fraction === '' ? '' : `.${fraction}`}${printOffset(offset)}`
}

function printOffset(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.abs(offset) / 60
  return `${offset < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(Math.floor(minutes % 60)).padStart(2, '0')}`
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1000n, 'µs': 1000n, 'μs': 1000n, ms: 10n ** 6n, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND,
}

/** Go's durations: `1h30m`, `-1.5s`, `0`. */
export function parseDuration(text: string): bigint | undefined {
  const match = /^([-+]?)(.*)$/s.exec(text)
  const body = match?.[2] ?? ''
  if (body === '0') return 0n
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined
  let total = 0n
  for (const part of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const unit = UNITS[part[3] ?? ''] ?? 0n
    const fraction = part[2] ?? ''
    total += BigInt(part[1] || '0') * unit + (fraction === '' ? 0n : (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length))
  }
  if (total >= 2n ** 63n) return undefined
  return match?.[1] === '-' ? -total : total
}

/** Seconds with as many digits as are needed, as protobuf's JSON: `5400s`, `0.5s`. */
export function printDuration(nanos: bigint): string {
  const positive = nanos < 0n ? -nanos : nanos
  const fraction = (positive % SECOND).toString().padStart(9, '0').replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${positive / SECOND}${fraction === '' ? '' : `.${fraction}`}s`
}
