export { main } from './program.js'
export type { CommandIo } from './io.js'
export { renderCliReference } from './reference/page.js'
