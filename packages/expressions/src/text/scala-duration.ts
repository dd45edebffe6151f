import { ownRegex } from '../regex.js'
import { parseDuration } from './time.js'

const PART = ownRegex('(\\d+)\\s*([A-Za-zµ]+)')

/** The last word of each row also stands for longer ones: `nano`, `nanos`, `nanoseconds`. */
const UNITS: readonly (readonly [bigint, readonly string[]])[] = [
  [1n, ['ns', 'nano']], [1000n, ['us', 'µs', 'micro']], [10n ** 6n, ['ms', 'milli']], [10n ** 9n, ['s', 'sec']], [60n * 10n ** 9n, ['m', 'min']],
  [3600n * 10n ** 9n, ['h', 'hr', 'hour']], [86_400n * 10n ** 9n, ['d', 'day']], [604_800n * 10n ** 9n, ['w', 'wk', 'week']],
]

/** Nanoseconds of Go's `1h30m` or Scala's `22 ns`, `3 days`: what CRDs call a duration. ISO 8601 is none. */
export function parseScalaDuration(text: string): bigint | undefined {
  const plain = parseDuration(text)
  if (plain !== undefined) return plain
  let [total, found, from] = [0n, false, 0]
  for (let match = PART.find(text); match; match = PART.find(text, from)) {
    from = match.end
    const [amount = '', unit = ''] = match.groups.slice(1).map((span) => (span ? text.slice(span.start, span.end) : ''))
    if (amount.length > 18) return undefined
    for (const size of unitsOf(unit.toLowerCase())) {
      found = true
      total += BigInt(amount) * size
    }
  }
  return found ? total : undefined
}

function unitsOf(unit: string): readonly bigint[] {
  return UNITS.flatMap(([size, names]) => (names.includes(unit) || unit.startsWith(names.at(-1) ?? '?') ? [size] : []))
}
