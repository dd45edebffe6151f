import type { Catalogue } from './entry.js'

/** Findings about the OpenAPI document and its sources. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const OAS = {
} as const satisfies Catalogue
