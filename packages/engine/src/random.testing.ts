/** Seeded numbers (mulberry32): the same seed is the same schedule everywhere. */
export interface Random {
  /** From 0 to below 1. */
  next(): number
  /** From 0 to below n. */
  below(n: number): number
  chance(p: number): boolean
  pick<T>(items: readonly T[]): T
}

export function random(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return { next, below, chance: (p) => next() < p, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}
