export { FEATURES } from './plan.js'
export type * from './plan.js'
