import type { Catalogue } from './entry.js'

/** Findings about generated kinds and structural schemas. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CRD = {
} as const satisfies Catalogue
