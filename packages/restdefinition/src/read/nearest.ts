/** The known name that a misspelt one most likely means; undefined when none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3))
  const scored = known.map((candidate) => ({ candidate, distance: distance(plain(name), plain(candidate)) }))
  const best = scored.reduce<{ candidate: string; distance: number } | undefined>(
    (found, next) => (found === undefined || next.distance < found.distance ? next : found),
    undefined,
  )
  return best !== undefined && best.distance <= limit ? best.candidate : undefined
}

/** Case and separators are no difference worth a point: `oas_path` means `oasPath`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '')
}

/** Edits between two short texts; a swap of neighbours counts as one. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) next.push(cost({ a, b, i, j, row, next, before }))
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

interface Cell {
  readonly a: string
  readonly b: string
  readonly i: number
  readonly j: number
  readonly row: readonly number[]
  readonly next: readonly number[]
  readonly before: readonly number[]
}

function cost({ a, b, i, j, row, next, before }: Cell): number {
  const same = a[i - 1] === b[j - 1]
  const plainCost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
  return swapped ? Math.min(plainCost, (before[j - 2] ?? 0) + 1) : plainCost
}
