import type { Catalogue } from './entry.js'

/** Findings about queue, leader, shards and the resource controller. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const CTL = {
} as const satisfies Catalogue
