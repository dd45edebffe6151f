export { compilePlan } from './compile-plan.js'
