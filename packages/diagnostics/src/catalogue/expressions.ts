import type { Catalogue } from './entry.js'

/** Findings about CEL, jq and regular expressions. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const EXP = {
  EXP0001: {
    severity: 'error',
    reason: 'InvalidPattern',
    message: 'the regular expression {pattern} does not compile: {problem}',
    help: 'Write it in RE2 syntax: no look-around, no back-references, no \\uXXXX escapes, repetition counts up to 1000.',
    explain: `Kubernetes matches every pattern with RE2, and so do we: matching is linear in the length of the text, so a
hostile value cannot stall a process.

RE2 has no look-ahead, look-behind or back-references, knows \`\\x{41}\` where ECMAScript writes \`\\u0041\`, and limits
repetition counts to 1000. A pattern that needs one of these cannot be kept as it is: write the rule in CEL, or loosen the pattern.`,
  },
} as const satisfies Catalogue
