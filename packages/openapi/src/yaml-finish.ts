import { isArray, isObject, putMember, type JsonObject, type JsonValue, type Members } from '@oasgen/json'
import type { Limits } from './limits.js'
import { WrittenNumber } from './yaml-numbers.js'

export type FinishProblem = 'cycle' | 'expansion' | 'depth'
export type FinishResult =
  /** `objectAsKey`: an object stands as a key somewhere, as `{{ .Values.x }}` does in a template; no document means that. */
  | { readonly ok: true; readonly value: JsonValue; readonly objectAsKey: boolean }
  | { readonly ok: false; readonly problem: FinishProblem }

/**
 * Makes plain values of what the YAML parser built: numbers for their texts, members for merge keys (`<<`), and a verdict on
 * aliases, whose copies share their nodes: `shared` says whether there are any.
 */
export function finishYaml(value: JsonValue, shared: boolean, limits: Limits): FinishResult {
  const finishing: Finishing = { limits, done: shared ? new Map() : undefined, problem: undefined, objectAsKey: false }
  const result = shared ? finish(finishing, value).value : finishAlone(finishing, value)
  const { problem, objectAsKey } = finishing
  return problem === undefined ? { ok: true, value: result, objectAsKey } : { ok: false, problem }
}

/** The same without aliases: there is nothing to count then, and most documents have none. The parser limits the nesting. */
function finishAlone(finishing: Finishing, value: JsonValue | WrittenNumber): JsonValue {
  if (value instanceof WrittenNumber) return value.value
  if (typeof value !== 'object' || value === null) return value
  if (isArray(value)) finishElements(finishing, value as JsonValue[])
  else finishMembers(finishing, value as Members)
  return Object.hasOwn(value, '<<') ? merged(value as Members) : value
}

function finishElements(finishing: Finishing, items: JsonValue[]): void {
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] ?? null
    if (typeof item === 'object' && item !== null) items[index] = finishAlone(finishing, item)
  }
}

function finishMembers(finishing: Finishing, members: Members): void {
  for (const name of Object.keys(members)) {
    const member = members[name] ?? null
    if (name === OBJECT_AS_KEY) finishing.objectAsKey = true
    if (typeof member !== 'object' || member === null) continue
    const finished = finishAlone(finishing, member)
    if (finished !== member) putMember(members, name, finished)
  }
}

interface Finishing {
  readonly limits: Limits
  /** By node as parsed, when nodes can be shared. `undefined` while a node is being finished. */
  readonly done: Map<object, Finished | undefined> | undefined
  problem: FinishProblem | undefined
  objectAsKey: boolean
}

interface Finished {
  readonly value: JsonValue
  /** Nodes and levels when every alias is written out. */
  readonly nodes: number
  readonly levels: number
}

function finish(finishing: Finishing, value: JsonValue | WrittenNumber): Finished {
  if (value instanceof WrittenNumber) return { value: value.value, nodes: 1, levels: 0 }
  if (typeof value !== 'object' || value === null || finishing.problem !== undefined) return { value, nodes: 1, levels: 0 }
  if (finishing.done?.has(value)) return finishing.done.get(value) ?? fail(finishing, 'cycle')
  finishing.done?.set(value, undefined)
  const finished = isArray(value) ? finishList(finishing, value as JsonValue[]) : finishObject(finishing, value as Members)
  if (finished.nodes > finishing.limits.aliasNodes && finishing.done !== undefined) fail(finishing, 'expansion')
  if (finished.levels > finishing.limits.depth) fail(finishing, 'depth')
  finishing.done?.set(value, finished)
  return finished
}

function fail(finishing: Finishing, problem: FinishProblem): Finished {
  finishing.problem ??= problem
  return { value: null, nodes: 1, levels: 0 }
}

/** How the parser writes it. */
const OBJECT_AS_KEY = '[object Object]'

/** In place: nobody else has seen these nodes yet. */
function finishList(finishing: Finishing, items: JsonValue[]): Finished {
  let nodes = 1
  let levels = 0
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index]
    if (isPlainScalar(item)) continue
    const finished = finish(finishing, item ?? null)
    items[index] = finished.value
    nodes += finished.nodes
    levels = Math.max(levels, finished.levels)
  }
  return { value: items, nodes: nodes + items.length, levels: levels + 1 }
}

function finishObject(finishing: Finishing, members: Members): Finished {
  let nodes = 1
  let levels = 0
  for (const name of Object.keys(members)) {
    const member = members[name]
    nodes += 1
    if (name === OBJECT_AS_KEY) finishing.objectAsKey = true
    if (isPlainScalar(member)) continue
    const finished = finish(finishing, member ?? null)
    if (finished.value !== member) putMember(members, name, finished.value)
    nodes += finished.nodes
    levels = Math.max(levels, finished.levels)
  }
  return { value: Object.hasOwn(members, '<<') ? merged(members) : members, nodes, levels: levels + 1 }
}

function isPlainScalar(value: JsonValue | undefined): boolean {
  return typeof value !== 'object' || value === null
}

/** The members that `<<` brings stand where it stands; the object's own win, earlier sources win over later ones. */
function merged(members: JsonObject): JsonObject {
  const sources = sourcesOf(members['<<'])
  if (sources === undefined) return members
  const result: Members = {}
  for (const [name, value] of Object.entries(members)) {
    if (name !== '<<') putMember(result, name, value)
    else bring(result, sources, members)
  }
  return result
}

function bring(result: Members, sources: readonly JsonObject[], own: JsonObject): void {
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      if (!Object.hasOwn(own, name) && !Object.hasOwn(result, name)) putMember(result, name, value)
    }
  }
}

/** A property that somebody called `<<` has no objects as its value. */
function sourcesOf(value: JsonValue | undefined): readonly JsonObject[] | undefined {
  if (isObject(value)) return [value]
  return isArray(value) && value.every(isObject) ? value : undefined
}
