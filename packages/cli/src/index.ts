export { main } from './program.js'
export type { CommandIo } from './io.js'
