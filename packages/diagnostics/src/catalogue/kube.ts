import type { Catalogue } from './entry.js'

/** Findings about the Kubernetes API. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const KUB = {
} as const satisfies Catalogue
