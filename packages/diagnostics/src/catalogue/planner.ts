import type { Catalogue } from './entry.js'

/** Findings about the Plan. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const PLN = {
} as const satisfies Catalogue
