export type * from './resource-model.js'
