import type { Decision } from './decision.js'

/** After a verb that changes something: the next thing to do, or everything of it is persisted and the rest goes on. */
export type Mutated = Decision | { readonly type: 'settled'; readonly used: number }
