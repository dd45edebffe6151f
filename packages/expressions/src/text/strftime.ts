import { clockAt, dayNumber, type ClockTime } from './time.js'

/** Dates by the patterns of C's strftime, in UTC and English. */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** Patterns that stand for others. */
const COMPOUND: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y', D: '%m/%d/%y', F: '%Y-%m-%d', R: '%H:%M', r: '%I:%M:%S %p', T: '%H:%M:%S', X: '%H:%M:%S', x: '%m/%d/%y', h: '%b', v: '%e-%b-%Y',
}

export function printDate(format: string, seconds: number): string {
  const whole = Math.floor(seconds)
  const clock = clockAt(BigInt(whole) * 1_000_000_000n, 0)
  return expand(format).replace(/%([\s\S])/g, (pattern, letter: string) => printField(letter, clock, whole) ?? pattern)
}

function expand(format: string): string {
  return format.replace(/%([\s\S])/g, (pattern, letter: string) => (Object.hasOwn(COMPOUND, letter) ? (COMPOUND[letter] ?? pattern) : pattern))
}

function pad(value: number, width: number, filler = '0'): string {
  return String(value).padStart(width, filler)
}

function printField(letter: string, clock: ClockTime, seconds: number): string | undefined {
  const hour12 = clock.hour % 12 === 0 ? 12 : clock.hour % 12
  switch (letter) {
    case 'Y': return pad(clock.year, 4)
    case 'C': return pad(Math.floor(clock.year / 100), 2)
    case 'y': return pad(clock.year % 100, 2)
    case 'm': return pad(clock.month, 2)
    case 'B': return MONTHS[clock.month - 1]
    case 'b': return MONTHS[clock.month - 1]?.slice(0, 3)
    case 'd': return pad(clock.day, 2)
    case 'e': return pad(clock.day, 2, ' ')
    case 'j': return pad(clock.yearday + 1, 3)
    case 'H': return pad(clock.hour, 2)
    case 'k': return pad(clock.hour, 2, ' ')
    case 'I': return pad(hour12, 2)
    case 'l': return pad(hour12, 2, ' ')
    case 'M': return pad(clock.minute, 2)
    case 'S': return pad(clock.second, 2)
    case 'p': return clock.hour < 12 ? 'AM' : 'PM'
    case 'P': return clock.hour < 12 ? 'am' : 'pm'
    case 's': return String(seconds)
    default: return printWeekField(letter, clock)
  }
}

function printWeekField(letter: string, clock: ClockTime): string | undefined {
  const monday = (clock.weekday + 6) % 7
  switch (letter) {
    case 'A': return DAYS[clock.weekday]
    case 'a': return DAYS[clock.weekday]?.slice(0, 3)
    case 'u': return String(monday + 1)
    case 'w': return String(clock.weekday)
    case 'U': return pad(Math.floor((clock.yearday + 7 - clock.weekday) / 7), 2)
    case 'W': return pad(Math.floor((clock.yearday + 7 - monday) / 7), 2)
    case 'G': return pad(isoWeek(clock).year, 4)
    case 'g': return pad(isoWeek(clock).year % 100, 2)
    case 'V': return pad(isoWeek(clock).week, 2)
    case 'Z': return 'UTC'
    case 'z': return '+0000'
    case 'n': return '\n'
    case 't': return '\t'
    case '%': return '%'
    default: return undefined
  }
}

/** The week of ISO 8601 is that of its Thursday. */
function isoWeek(clock: ClockTime): { readonly year: number; readonly week: number } {
  const thursday = dayNumber(clock.year, 1, 1) + clock.yearday - ((clock.weekday + 6) % 7) + 3
  const { year, yearday } = clockAt(BigInt(thursday) * 86_400_000_000_000n, 0)
  return { year, week: Math.floor(yearday / 7) + 1 }
}

/** What a text said, as far as it did. */
interface Parsed {
  year?: number
  month?: number
  day?: number
  yearday?: number
  hour?: number
  minute?: number
  second?: number
  afternoon?: boolean
  hour12?: number
  offset?: number
  seconds?: number
}

interface Reader {
  readonly text: string
  at: number
}

/** Seconds since 1970 of a text in the format; undefined when it does not match to its end. */
export function parseDate(format: string, text: string): number | undefined {
  const reader: Reader = { text, at: 0 }
  const parsed: Parsed = {}
  for (const [part, letter] of expand(format).matchAll(/%([\s\S])|\s+|[^%\s]+|%$/g)) {
    if (letter !== undefined ? !readField(reader, letter, parsed) : !readPlain(reader, part)) return undefined
  }
  return reader.at === text.length ? secondsOf(parsed) : undefined
}

function readPlain(reader: Reader, part: string): boolean {
  if (/^\s/.test(part)) {
    take(reader, /^\s*/)
    return true
  }
  if (!reader.text.startsWith(part, reader.at)) return false
  reader.at += part.length
  return true
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  const found = pattern.exec(reader.text.slice(reader.at))?.[0]
  if (found !== undefined) reader.at += found.length
  return found
}

/** A number of at most so many digits, within its bounds. */
function readNumber(reader: Reader, digits: number, ...[low, high]: readonly [number, number]): number | undefined {
  const found = take(reader, new RegExp(`^\\d{1,${digits}}`))
  const value = Number(found)
  return found === undefined || value < low || value > high ? undefined : value
}

/** Digits and bounds of the fields that are plain numbers. */
const NUMBERS: Readonly<Record<string, readonly [field: keyof Parsed, digits: number, low: number, high: number, shift?: number]>> = {
  Y: ['year', 4, 0, 9999], m: ['month', 2, 1, 12], d: ['day', 2, 1, 31], H: ['hour', 2, 0, 24], I: ['hour12', 2, 1, 12], M: ['minute', 2, 0, 59],
  S: ['second', 2, 0, 60], j: ['yearday', 3, 1, 366], s: ['seconds', 18, 0, Number.MAX_SAFE_INTEGER],
}

function readField(reader: Reader, letter: string, parsed: Parsed): boolean {
  const rule = Object.hasOwn(NUMBERS, letter) ? NUMBERS[letter] : undefined
  if (rule !== undefined) return assign(parsed, rule[0], readNumber(reader, rule[1], rule[2], rule[3]))
  switch (letter) {
    case 'e': case 'k': case 'l':
      take(reader, /^ */)
      return readField(reader, letter === 'e' ? 'd' : letter === 'k' ? 'H' : 'I', parsed)
    case 'y':
      return assign(parsed, 'year', century(readNumber(reader, 2, 0, 99)))
    case 'B': case 'b':
      return assign(parsed, 'month', nameIndex(reader, MONTHS, 1))
    case 'A': case 'a':
      return nameIndex(reader, DAYS, 0) !== undefined
    case 'p': case 'P':
      return readHalf(reader, parsed)
    case 'z':
      return assign(parsed, 'offset', readOffset(reader))
    case 'Z':
      return take(reader, /^[A-Za-z]+/) !== undefined
    case 'u': case 'w':
      return readNumber(reader, 1, 0, 7) !== undefined
    case 'U': case 'W': case 'V':
      return readNumber(reader, 2, 0, 53) !== undefined
    case 'n': case 't':
      return readPlain(reader, ' ')
    case '%':
      return readPlain(reader, '%')
    default:
      return false
  }
}

function assign(parsed: Parsed, field: keyof Parsed, value: number | undefined): boolean {
  if (value === undefined) return false
  Object.assign(parsed, { [field]: value })
  return true
}

function century(year: number | undefined): number | undefined {
  return year === undefined ? undefined : year + (year < 69 ? 2000 : 1900)
}

/** Full names and their first three letters, in any case. */
function nameIndex(reader: Reader, names: readonly string[], first: number): number | undefined {
  const rest = reader.text.slice(reader.at).toLowerCase()
  for (const [index, name] of names.entries()) {
    const found = [name.toLowerCase(), name.slice(0, 3).toLowerCase()].find((form) => rest.startsWith(form))
    if (found === undefined) continue
    reader.at += found.length
    return index + first
  }
  return undefined
}

function readHalf(reader: Reader, parsed: Parsed): boolean {
  const half = take(reader, /^[AaPp][Mm]/)?.toLowerCase()
  if (half === undefined) return false
  parsed.afternoon = half === 'pm'
  return true
}

function readOffset(reader: Reader): number | undefined {
  const found = take(reader, /^(?:Z|[+-]\d{2}(?::?\d{2})?)/)
  if (found === undefined || found === 'Z') return found && 0
  const digits = found.slice(1).replace(':', '').padEnd(4, '0')
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60
  return found.startsWith('-') ? -seconds : seconds
}

function secondsOf({ year = 1900, month = 1, day = 1, ...rest }: Parsed): number {
  if (rest.seconds !== undefined) return rest.seconds
  const { yearday, minute = 0, second = 0, offset = 0 } = rest
  const days = yearday === undefined ? dayNumber(year, month, day) : dayNumber(year, 1, 1) + yearday - 1
  return days * 86400 + hourOf(rest) * 3600 + minute * 60 + second - offset
}

function hourOf({ hour, hour12, afternoon }: Parsed): number {
  if (hour12 === undefined) return hour ?? 0
  return (hour12 % 12) + (afternoon === true ? 12 : 0)
}
