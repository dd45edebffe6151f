import { getPath, printPath, type FieldPath } from '@oasgen/fieldpath'
import { canonicalJson, isArray, isObject, sha256, type JsonObject, type JsonValue } from '@oasgen/json'
import { placesOf } from '@oasgen/plan'
import type { PreparedComparison } from './compare-rules.js'
import type { Context } from './context.js'
import type { SentMemory } from './memory.js'
import { pathOf } from './reader.js'
import { textIn } from './resource.js'

/** Beyond this many leaves a record keeps whole top-level fields: status must stay small. */
const MAX_LEAVES = 200

/** Enough to tell whether a value changed; nobody attacks it, because the value stands in clear in the same object. */
export function shortHash(value: JsonValue): string {
  return sha256(canonicalJson(value)).slice(0, 8)
}

/** What is wanted now, as hashes by path: what the next comparison tells a user's edit from drift with. */
export function recordSent(comparison: PreparedComparison, spec: JsonObject, generation: number): SentMemory {
  const leaves = comparedLeaves(comparison, spec)
  return { generation, fields: Object.fromEntries(leaves.map(({ path, value }) => [printPath(path), shortHash(value)])), ...elementsOf(comparison, spec) }
}

/** Of lists in which others have elements too, what of them is ours. */
function elementsOf({ shared }: PreparedComparison, spec: JsonObject): Pick<SentMemory, 'elements'> {
  const lists = shared.flatMap((path) => {
    const value = getPath(spec, pathOf(path))
    return isArray(value) ? [[path, value.map(shortHash)] as const] : []
  })
  return lists.length === 0 ? {} : { elements: Object.fromEntries(lists) }
}

/** Hashes of elements of a shared list that were ours and are no longer wanted. */
export function droppedElements(sent: SentMemory | undefined, path: string, spec: JsonObject): readonly string[] {
  const wanted = getPath(spec, pathOf(path))
  const hashes = isArray(wanted) ? wanted.map(shortHash) : []
  return (sent?.elements?.[path] ?? []).filter((hash) => !hashes.includes(hash))
}

/** As after a create, which may not know every field: what it does not send is still to be sent. */
export function recordCreated(comparison: PreparedComparison, spec: JsonObject, sends: { readonly generation: number; readonly create: Sends; readonly update: Sends }): SentMemory {
  const all = comparedLeaves(comparison, spec)
  const sent = all.filter(({ path }) => sends.create(path))
  const isWhole = all.every(({ path }) => sends.create(path) || !sends.update(path))
  return { generation: isWhole ? sends.generation : 0, fields: Object.fromEntries(sent.map(({ path, value }) => [printPath(path), shortHash(value)])), ...elementsOf(comparison, spec) }
}

/** Whether a verb's request carries the field at a path below `spec`. */
export type Sends = (path: FieldPath) => boolean

/** Paths whose value is not the one that was sent: what the user edited, visible or not. */
export function editedPaths(comparison: PreparedComparison, sent: SentMemory, spec: JsonObject): readonly FieldPath[] {
  return comparedLeaves(comparison, spec).filter(({ path, value }) => sent.fields[printPath(path)] !== shortHash(value)).map(({ path }) => path)
}

function comparedLeaves(comparison: PreparedComparison, spec: JsonObject): readonly Leaf[] {
  const compared = Object.entries(spec).filter(([name]) => !comparison.ignored.has(name))
  const leaves = compared.flatMap(([name, value]) => leavesOf([{ key: name }], value))
  return leaves.length <= MAX_LEAVES ? leaves : compared.map(([name, value]) => ({ path: [{ key: name }], value }))
}

interface Leaf {
  readonly path: FieldPath
  readonly value: JsonValue
}

/** Lists are leaves: their elements have no names that last. */
function leavesOf(path: FieldPath, value: JsonValue): readonly Leaf[] {
  if (!isObject(value) || Object.keys(value).length === 0) return [{ path, value }]
  return Object.entries(value).flatMap(([name, child]) => leavesOf([...path, { key: name }], child))
}

/** Whether the value at a path is the one that was last sent; `undefined` where that is not recorded. */
export function wasSent(sent: SentMemory | undefined, path: FieldPath, spec: JsonObject): boolean | undefined {
  // The record ends at lists, and at the top level for very large specs: the nearest recorded ancestor speaks for the place.
  for (let length = path.length; length > 0; length -= 1) {
    const place = path.slice(0, length)
    const hash = sent?.fields[printPath(place)]
    const value = getPath(spec, place)
    if (hash !== undefined) return value !== undefined && shortHash(value) === hash
  }
  return undefined
}

/** Paths that were sent and are no longer in the spec; a removed object counts once, not leaf by leaf. */
export function removedPaths(sent: SentMemory | undefined, spec: JsonObject): readonly FieldPath[] {
  if (sent === undefined) return []
  const gone = Object.keys(sent.fields).flatMap((text) => removedAt(pathOf(text), spec))
  const texts = gone.map(printPath)
  return gone.filter((_, at) => texts.indexOf(texts[at] as string) === at)
}

function removedAt(path: FieldPath, spec: JsonObject): readonly FieldPath[] {
  if (getPath(spec, path) !== undefined) return []
  const length = path.findIndex((_, at) => getPath(spec, path.slice(0, at + 1)) === undefined)
  const parent = getPath(spec, path.slice(0, length))
  // The parent became a scalar or a list: that is a change of the parent.
  return isObject(parent) ? [path.slice(0, length + 1)] : []
}

/** HMACs of the secrets that fields of the spec name now, by path below `spec`; of a field inside of a list, of all its elements together. */
export function secretsOf({ prepared, subject, resource, namespace }: Context): Readonly<Record<string, string>> {
  const entries = (prepared.plan.secrets ?? []).flatMap(({ field, path, form }) => {
    const states = placesOf(resource, path).flatMap((place) => {
      const reference = getPath(resource, place)
      return isObject(reference) ? [subject.secrets[`${namespace}/${textIn(reference, 'name')}/${textIn(reference, 'key')}`]] : []
    })
    const hmacs = states.flatMap((state) => (state?.state === 'found' ? state.hmacs[form] ?? [] : []))
    const [first] = hmacs
    if (first === undefined || hmacs.length < states.length) return []
    return [[field.replace(/^spec\./, ''), path.includes('[]') ? shortHash(hmacs) : first] as const]
  })
  return Object.fromEntries(entries)
}
