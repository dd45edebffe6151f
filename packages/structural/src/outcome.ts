import { printViolation, type Violation } from './violation.js'

/**
 * What checking one value against one schema gave. `matches` counts the checks that held: the server names the
 * alternative of an anyOf or oneOf that came closest by it, so the count is part of which messages a user sees.
 */
export interface Outcome {
  violations: Violation[]
  matches: number
}

export function newOutcome(): Outcome {
  return { violations: [], matches: 0 }
}

export function failed(violation: Violation): Outcome {
  return { violations: [violation], matches: 0 }
}

/** Adds what is not there yet: the server drops messages that it has already given. */
export function merge(into: Outcome, from: Outcome): void {
  into.matches += from.matches
  if (from.violations.length === 0) return
  if (into.violations.length === 0) {
    into.violations = from.violations
    return
  }
  const known = new Set(into.violations.map(printViolation))
  into.violations = [...into.violations, ...from.violations.filter((violation) => !known.has(printViolation(violation)))]
}

export function add(into: Outcome, violation: Violation): void {
  merge(into, failed(violation))
}
