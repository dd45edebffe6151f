import type { Definition, Query } from './ast.js'
import type { Filter } from './filter.js'
import type { CompiledFunction, Scope } from './scope.js'

/** What the parts of the compiler share: the way back into it, and the standard definitions that were needed so far. */
export interface Linker {
  readonly compile: (query: Query, scope: Scope, linker: Linker) => Filter
  readonly define: (definition: Definition, scope: Scope, linker: Linker) => CompiledFunction
  readonly standard: Map<string, CompiledFunction>
}
