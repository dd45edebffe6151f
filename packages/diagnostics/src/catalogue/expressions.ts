import type { Catalogue } from './entry.js'

/** Findings about CEL, jq and regular expressions. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const EXP = {
} as const satisfies Catalogue
