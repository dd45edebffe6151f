import type { Catalogue } from './entry.js'

/** Findings about HTTP to the outside. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const NET = {
} as const satisfies Catalogue
