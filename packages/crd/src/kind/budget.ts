import { Budget, type LoweringLimits } from '../lower/context.js'

/** Bytes of a CRD as compact JSON that we stay below: the store takes about 1.5 MB with managed fields and two copies of the names. */
export const MOST_BYTES = 700_000

/** Nodes of one kind without recursion. */
const MOST_NODES = 12_000
/** Unrolled recursion may add this much to a kind, and not more than double it. */
const RECURSION_NODES = 600

const PLAIN: LoweringLimits = { revisits: 0, depth: 40, nodes: MOST_NODES, descriptionLength: 1024 }

/** Descriptions go first, then the deepest levels. */
const LADDER: readonly LoweringLimits[] = [
  PLAIN,
  { ...PLAIN, descriptionLength: 256 },
  { ...PLAIN, descriptionLength: 80 },
  ...[12, 10, 8, 7, 6, 5, 4, 3, 2].map((depth) => ({ ...PLAIN, depth, descriptionLength: 80 })),
  { ...PLAIN, depth: 1, descriptionLength: 0, nodes: Number.MAX_SAFE_INTEGER },
]

const REVISITS: readonly number[] = [3, 2, 1]

export interface Attempt<T> {
  readonly value: T
  readonly bytes: number
}

/**
 * Makes a kind within its budget: the first limits of the ladder that fit. Recursion is cut at the second visit, unless unrolling it
 * further stays small.
 */
export function withinBudget<T>(make: (limits: LoweringLimits, budget: Budget) => Attempt<T>): T {
  for (const limits of LADDER) {
    const budget = new Budget()
    const attempt = make(limits, budget)
    if (budget.overflow || attempt.bytes > MOST_BYTES) continue
    return budget.recursionCut ? unrolled(make, limits, budget.nodes) ?? attempt.value : attempt.value
  }
  return make({ ...PLAIN, depth: 1, descriptionLength: 0, nodes: Number.MAX_SAFE_INTEGER }, new Budget()).value
}

function unrolled<T>(make: (limits: LoweringLimits, budget: Budget) => Attempt<T>, limits: LoweringLimits, nodes: number): T | undefined {
  const room = nodes + Math.min(RECURSION_NODES, nodes)
  for (const revisits of REVISITS) {
    const budget = new Budget()
    const attempt = make({ ...limits, revisits, nodes: room }, budget)
    if (!budget.overflow && attempt.bytes <= MOST_BYTES) return attempt.value
  }
  return undefined
}
