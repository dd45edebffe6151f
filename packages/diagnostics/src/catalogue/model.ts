import type { Catalogue } from './entry.js'

/** Findings about document and RestDefinition together. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const MDL = {
} as const satisfies Catalogue
