import { clockAt, floorDiv, zoneOffset, type ClockTime } from '../../text/time.js'
import { NO_OVERLOAD, error, isKind, type CelValue } from '../values.js'
import type { CelFunction, FunctionTable } from './table.js'

/** A part of the calendar, in UTC or in a named zone. */
function calendar(read: (clock: ClockTime) => number): CelFunction {
  return (instant = null, zone = 'UTC') => {
    if (!isKind(instant, 'timestamp') || typeof zone !== 'string') return NO_OVERLOAD
    const offset = zoneOffset(zone, instant.nanos)
    return offset === undefined ? error(`unknown time zone ${zone}`) : BigInt(read(clockAt(instant.nanos, offset)))
  }
}

/** A part of the clock; of a duration, its whole length in that unit. */
function clock(unit: bigint, read: (time: ClockTime) => number): CelFunction {
  const ofInstant = calendar(read)
  return (value = null, zone = 'UTC') => (isKind(value, 'duration') ? value.nanos / unit : ofInstant(value, zone))
}

function milliseconds(value: CelValue, zone: CelValue): CelValue {
  if (isKind(value, 'duration')) return value.nanos / 1_000_000n
  if (!isKind(value, 'timestamp') || typeof zone !== 'string') return NO_OVERLOAD
  return (value.nanos - floorDiv(value.nanos, 10n ** 9n) * 10n ** 9n) / 1_000_000n
}

export const TIME_FUNCTIONS: FunctionTable = {
  getFullYear: calendar((time) => time.year),
  getMonth: calendar((time) => time.month - 1),
  getDate: calendar((time) => time.day),
  getDayOfMonth: calendar((time) => time.day - 1),
  getDayOfYear: calendar((time) => time.yearday),
  getDayOfWeek: calendar((time) => time.weekday),
  getHours: clock(3600n * 10n ** 9n, (time) => time.hour),
  getMinutes: clock(60n * 10n ** 9n, (time) => time.minute),
  getSeconds: clock(10n ** 9n, (time) => time.second),
  getMilliseconds: (a = null, b = 'UTC') => milliseconds(a, b),
}
