/** The names that somebody may have meant, nearest first; at most `count`. */
export function nearest(name: string, candidates: Iterable<string>, count = 1): readonly string[] {
  const limit = Math.max(2, Math.floor(name.length / 3))
  const scored: { readonly candidate: string; readonly distance: number }[] = []
  for (const candidate of candidates) {
    const distance = distanceWithin(fold(name), fold(candidate), limit)
    if (distance !== undefined) scored.push({ candidate, distance })
  }
  scored.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
  return scored.slice(0, count).map(({ candidate }) => candidate)
}

/** Case and separators are the usual slips, so they cost nothing. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ .]/g, '')
}

/** Levenshtein, given up as soon as it must exceed `limit`. */
function distanceWithin(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    row = nextRow(row, a.charCodeAt(i - 1), b, i)
    if (Math.min(...row) > limit) return undefined
  }
  const distance = row[b.length] ?? limit + 1
  return distance <= limit ? distance : undefined
}

function nextRow(row: readonly number[], code: number, b: string, first: number): number[] {
  const next = [first]
  for (let j = 1; j <= b.length; j += 1) {
    const replace = (row[j - 1] ?? 0) + (b.charCodeAt(j - 1) === code ? 0 : 1)
    next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
  }
  return next
}
