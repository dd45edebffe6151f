import type { Catalogue } from './entry.js'

/** Findings about conformance runs. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CNF = {
} as const satisfies Catalogue
