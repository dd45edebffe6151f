import { isArray, isNumber, type JsonArray } from '@oasgen/json'
import { clockAt, dayNumber } from '../../text/time.js'
import { parseDate, printDate } from '../../text/strftime.js'
import { charge, describe, fail } from '../run.js'
import type { ValueFunction } from './table.js'

/** Broken down time of jq: year, month from 0, day, hours, minutes, seconds with their fraction, weekday, day of the year from 0. */
const gmtime: ValueFunction = (_, value) => {
  if (!isNumber(value)) throw fail('gmtime() requires a number')
  return brokenDown(Number(value))
}

function brokenDown(seconds: number): JsonArray {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 253402300799 * 1000) throw fail(`${describe(seconds)} is no time`)
  const whole = Math.floor(seconds)
  const clock = clockAt(BigInt(whole) * 1_000_000_000n, 0)
  return [clock.year, clock.month - 1, clock.day, clock.hour, clock.minute, clock.second + (seconds - whole), clock.weekday, clock.yearday]
}

/** Fields beyond their bounds carry over, as in C. */
const mktime: ValueFunction = (_, value) => {
  if (!isArray(value) || value.length < 6 || !value.slice(0, 6).every(isNumber)) throw fail('mktime requires array of 6 numbers')
  return secondsOf(value)
}

function secondsOf(fields: JsonArray): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map(Number)
  const months = Math.trunc(year) * 12 + Math.trunc(month)
  const days = dayNumber(Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 1) + Math.trunc(day) - 1
  return days * 86400 + Math.trunc(hour) * 3600 + Math.trunc(minute) * 60 + second
}

const strftime: ValueFunction = (run, value, [format = null]) => {
  if (typeof format !== 'string') throw fail('strftime/1 requires a string format')
  charge(run, format.length)
  const fields = isNumber(value) ? brokenDown(Number(value)) : value
  if (!isArray(fields) || fields.length < 6 || !fields.slice(0, 6).every(isNumber)) throw fail('strftime/1 requires parsed datetime inputs')
  return printDate(format, secondsOf(fields))
}

const strptime: ValueFunction = (run, value, [format = null]) => {
  if (typeof value !== 'string' || typeof format !== 'string') throw fail(`strptime/1 requires string inputs and arguments`)
  charge(run, format.length)
  const seconds = parseDate(format, value)
  if (seconds === undefined) throw fail(`date ${JSON.stringify(value)} does not match format ${JSON.stringify(format)}`)
  return brokenDown(seconds)
}

export const DATE_FUNCTIONS: Readonly<Record<string, ValueFunction>> = {
  'gmtime/0': gmtime,
  'mktime/0': mktime,
  'strftime/1': strftime,
  'strptime/1': strptime,
}
