import { Budget, type LoweringLimits } from '../lower/context.js'
import { LONGEST_DESCRIPTION } from '../lower/describe.js'

/** Bytes of a CRD as compact JSON that we stay below: the store takes about 1.5 MB with managed fields. */
export const MOST_BYTES = 700_000

/** Nodes of a spec, the most first. The reference stops with an error at 5,000. */
const NODES: readonly number[] = [6_000, 4_000, 2_500, 1_500, 800]

/** Descriptions go before fields. */
const DESCRIPTIONS: readonly number[] = [LONGEST_DESCRIPTION, 256, 80]

/** Unrolled recursion may add this much to a kind, and not more than double it; a large kind has no use for it. */
const RECURSION_NODES = 600
const REVISITS: readonly number[] = [3, 2, 1]

const PLAIN: Omit<LoweringLimits, 'nodes'> = { revisits: 0, depth: 64 }

/** Nothing but the fields at the top. */
const LAST: LoweringLimits = { revisits: 0, depth: 0, nodes: 200 }

/** A tree that is made; how it looks, and how large it is, follows from the length of its descriptions. */
export interface Attempt<T> {
  trim(descriptionLength: number): { readonly value: T; readonly bytes: number }
}

/**
 * Makes a kind within its budget. Recursion is cut at the second visit, unless unrolling it further stays small; descriptions are
 * shortened before anything else, then the largest subtrees go.
 */
export function withinBudget<T>(make: (limits: LoweringLimits, budget: Budget) => Attempt<T>): T {
  for (const nodes of NODES) {
    const budget = new Budget()
    const limits = { ...PLAIN, nodes }
    const attempt = make(limits, budget)
    const unrolls = budget.recursionCut && !budget.sizeCut && budget.nodes <= RECURSION_NODES * 2
    const fitting = (unrolls ? unrolled(make, limits, budget.nodes) : undefined) ?? fit(attempt)
    if (fitting !== undefined) return fitting.value
  }
  return make(LAST, new Budget()).trim(0).value
}

interface Fitting<T> {
  readonly value: T
}

function fit<T>(attempt: Attempt<T>): Fitting<T> | undefined {
  for (const length of DESCRIPTIONS) {
    const { value, bytes } = attempt.trim(length)
    if (bytes <= MOST_BYTES) return { value }
  }
  return undefined
}

function unrolled<T>(
  make: (limits: LoweringLimits, budget: Budget) => Attempt<T>,
  limits: LoweringLimits,
  nodes: number,
): Fitting<T> | undefined {
  const most = nodes + Math.min(RECURSION_NODES, nodes)
  for (const revisits of REVISITS) {
    const budget = new Budget('whole')
    const attempt = make({ ...limits, revisits, nodes: most }, budget)
    if (budget.nodes <= most && !budget.sizeCut) return fit(attempt)
  }
  return undefined
}
