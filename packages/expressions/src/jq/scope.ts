import type { Filter } from './filter.js'

/** What a name means at a place of the program, innermost first. `depth` = slots of the environment at that place. */
export type Scope = Binding | undefined

export type Binding = {
  readonly next: Scope
  readonly depth: number
} & (
  | { readonly kind: 'variable' | 'label'; readonly name: string }
  | { readonly kind: 'closure'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string; readonly compiled: CompiledFunction }
)

/** Known before its body is, so that it may call itself. */
export interface CompiledFunction {
  readonly parameters: readonly string[]
  /** Slots around the definition; those of the arguments come on top. */
  readonly depth: number
  body: Filter | undefined
}

export function depthOf(scope: Scope): number {
  return scope?.depth ?? 0
}

export function withSlot(scope: Scope, kind: 'variable' | 'label' | 'closure', name: string): Scope {
  return { kind, name, next: scope, depth: depthOf(scope) + 1 }
}

export function withFunction(scope: Scope, name: string, compiled: CompiledFunction): Scope {
  return { kind: 'function', name, compiled, next: scope, depth: depthOf(scope) }
}

/** How many slots out the variable or label stands; undefined when there is none of that name. */
export function distanceTo(scope: Scope, kind: 'variable' | 'label', name: string): number | undefined {
  for (let at = scope; at !== undefined; at = at.next) {
    if (at.kind === kind && at.name === name) return depthOf(scope) - at.depth
  }
  return undefined
}

export type Callable =
  | { readonly kind: 'closure'; readonly distance: number }
  | { readonly kind: 'function'; readonly compiled: CompiledFunction; readonly distance: number }

export function findCallable(scope: Scope, name: string, arity: number): Callable | undefined {
  for (let at = scope; at !== undefined; at = at.next) {
    if (at.name !== name) continue
    if (at.kind === 'closure' && arity === 0) return { kind: 'closure', distance: depthOf(scope) - at.depth }
    if (at.kind === 'function' && at.compiled.parameters.length === arity) {
      return { kind: 'function', compiled: at.compiled, distance: depthOf(scope) - at.compiled.depth }
    }
  }
  return undefined
}
