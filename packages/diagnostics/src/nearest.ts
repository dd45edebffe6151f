/**
 * The candidate that was most likely meant, for "did you mean". `undefined` when none is close: a wrong guess costs more than
 * none. Case and the separators `-` `_` `.` do not count; two swapped letters count once.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  return nearestNames(name, candidates, 1)[0]
}

/** As `nearest`, up to `count` of them, nearest first. */
export function nearestNames(name: string, candidates: Iterable<string>, count: number): readonly string[] {
  const wanted = folded(name)
  const close: { readonly candidate: string; readonly distance: number }[] = []
  for (const candidate of new Set(candidates)) {
    const distance = candidate === name ? -1 : editDistance(wanted, folded(candidate), allowance(wanted))
    if (distance !== undefined) close.push({ candidate, distance })
  }
  close.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
  return close.slice(0, count).map(({ candidate }) => candidate)
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, '').slice(0, 100)
}

function allowance(name: string): number {
  return name.length <= 2 ? 0 : name.length <= 5 ? 1 : Math.floor(name.length / 3)
}

/** Optimal string alignment distance, or `undefined` beyond `limit`. */
function editDistance(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row += 1) {
    const next = nextRow({ a, b, row, last, before })
    if (Math.min(...next) > limit) return undefined
    before = last
    last = next
  }
  const distance = last[b.length] ?? Infinity
  return distance > limit ? undefined : distance
}

interface Row {
  readonly a: string
  readonly b: string
  readonly row: number
  readonly last: readonly number[]
  readonly before: readonly number[]
}

function nextRow({ a, b, row, last, before }: Row): readonly number[] {
  const next = [row]
  for (let column = 1; column <= b.length; column += 1) {
    const same = a[row - 1] === b[column - 1] ? 0 : 1
    const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? at(before, column - 2) + 1 : Infinity
    next.push(Math.min(at(last, column) + 1, at(next, column - 1) + 1, at(last, column - 1) + same, swapped))
  }
  return next
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
