import { Budget, type LoweringLimits } from '../lower/context.js'

/** Bytes of a CRD as compact JSON that we stay below: the store takes about 1.5 MB with managed fields. */
export const MOST_BYTES = 700_000

/** Nodes of a spec. The reference stops with an error at 5,000. */
const MOST_NODES = 6_000
/** Unrolled recursion may add this much to a kind, and not more than double it. */
const RECURSION_NODES = 600

const PLAIN: LoweringLimits = { revisits: 0, depth: 64, nodes: MOST_NODES, descriptionLength: 1024 }

/** Descriptions go first, then the largest subtrees. */
const LADDER: readonly LoweringLimits[] = [
  PLAIN,
  { ...PLAIN, descriptionLength: 256 },
  { ...PLAIN, descriptionLength: 80 },
  ...[4_000, 2_500, 1_500, 800].map((nodes) => ({ ...PLAIN, nodes, descriptionLength: 80 })),
]

/** Nothing but the fields at the top. */
const LAST: LoweringLimits = { ...PLAIN, depth: 0, nodes: 200, descriptionLength: 0 }

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
    if (attempt.bytes > MOST_BYTES) continue
    return budget.recursionCut && !budget.sizeCut ? unrolled(make, limits, budget.nodes) ?? attempt.value : attempt.value
  }
  return make(LAST, new Budget()).value
}

function unrolled<T>(make: (limits: LoweringLimits, budget: Budget) => Attempt<T>, limits: LoweringLimits, nodes: number): T | undefined {
  const most = nodes + Math.min(RECURSION_NODES, nodes)
  for (const revisits of REVISITS) {
    const budget = new Budget()
    const attempt = make({ ...limits, revisits, nodes: most }, budget)
    if (budget.nodes <= most && !budget.sizeCut && attempt.bytes <= MOST_BYTES) return attempt.value
  }
  return undefined
}
