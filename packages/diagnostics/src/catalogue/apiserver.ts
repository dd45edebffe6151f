import type { Catalogue } from './entry.js'

/** Findings about the embedded control plane. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const API = {
} as const satisfies Catalogue
