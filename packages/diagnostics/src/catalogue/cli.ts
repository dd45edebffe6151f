import type { Catalogue } from './entry.js'

/** Findings about the command. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CLI = {
} as const satisfies Catalogue
