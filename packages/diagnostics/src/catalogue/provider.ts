import type { Catalogue } from './entry.js'

/** Findings about oasgen-provider. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const PRV = {
} as const satisfies Catalogue
