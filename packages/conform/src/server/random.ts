/** Dice that fall the same way for the same seed. */
export interface Random {
  /** 0 ≤ n < 1 */
  next(): number
  below(limit: number): number
  chance(share: number): boolean
}

export function random(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { next, below: (limit) => Math.floor(next() * limit), chance: (share) => next() < share }
}
