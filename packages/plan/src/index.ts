export { FEATURES } from './plan.js'
export type * from './plan.js'
export { MAX_PLAN_BYTES, planHash, planSchema, printPlan, readPlan } from './read-plan.js'
export { placesOf } from './places.js'
