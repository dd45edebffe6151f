import type { Catalogue } from './entry.js'

/** Findings about the RestDefinition. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const RDF = {
} as const satisfies Catalogue
