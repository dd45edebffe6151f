import type { Catalogue } from './entry.js'

/** Findings about what the controller decides. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const ENG = {
} as const satisfies Catalogue
