import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { reconcileOf } from './resource.js'

/** What `status.reconcile` holds: all that the engine remembers of a resource beside its annotations. Absent = nothing to say. */
export interface Memory {
  /** Parts of the identity that the user chose, as they were last sent: a rename is addressed by them. */
  readonly identity?: JsonObject
  /** Where the object lives; another address later would be another object. */
  readonly server?: string
  readonly sent?: SentMemory
  readonly known?: readonly KnownDifference[]
  readonly updates?: UpdateMemory
  /** Hashes of what was exported, by `kind/name/key`. */
  readonly exported?: Readonly<Record<string, string>>
  readonly operation?: OperationMemory
  readonly steps?: StepMemory
  /** When the delete was accepted. */
  readonly deleteAcceptedAt?: string
  /** The object is to be made anew because a field changed that cannot be changed in place. */
  readonly replacing?: string
  readonly completed?: true
  /** The last `reconcile-requested-at` that was served. */
  readonly requested?: string
}

/** The desired state that was last sent, or found in effect: short hashes by path below `spec`. */
export interface SentMemory {
  /** 0: not all of it could be sent by the request that was sent. */
  readonly generation: number
  readonly fields: Readonly<Record<string, string>>
  /** HMACs of secrets and what the witness of a write-only field said, by path below `spec`. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly witnesses?: Readonly<Record<string, string>>
}

/** A difference that is the API's own way of holding what was sent. Void as soon as either side changes. */
export interface KnownDifference {
  readonly path: string
  readonly class: 'serverDefault' | 'orderOnly' | 'normalised'
  readonly desired: string
  /** Absent: any order of the same elements. */
  readonly observed?: string
  readonly from: 'create' | 'update'
}

/** Updates in a row after which the same fields still differed. */
export interface UpdateMemory {
  readonly count: number
  readonly fields: readonly string[]
  /** Hash of what was wanted and seen: when either changes, the count starts anew. */
  readonly state: string
}

export interface OperationMemory {
  readonly action: 'create' | 'update' | 'delete'
  /** Absent: the object itself tells. */
  readonly handle?: string
  readonly startedAt: string
}

export interface StepMemory {
  readonly action: 'create' | 'update' | 'delete'
  /** Attempt of a create, generation of an update: steps of another run do not count. */
  readonly run: number
  readonly done: Readonly<Record<string, JsonValue>>
}

/** Reads leniently: what has the wrong form counts as forgotten, which is always safe. */
export function readMemory(resource: JsonObject): Memory {
  const stored = reconcileOf(resource)
  return {
    ...objectMember(stored, 'identity'),
    ...objectMember(stored, 'exported'),
    ...textMember(stored, 'server'),
    ...textMember(stored, 'deleteAcceptedAt'),
    ...textMember(stored, 'replacing'),
    ...textMember(stored, 'requested'),
    ...(stored['completed'] === true && { completed: true }),
    ...readSent(stored['sent']),
    ...readKnown(stored['known']),
    ...readUpdates(stored['updates']),
    ...readOperation(stored['operation']),
    ...readSteps(stored['steps']),
  } as Memory
}

function objectMember(stored: JsonObject, name: string): JsonObject {
  const value = stored[name]
  return isObject(value) ? { [name]: value } : {}
}

function textMember(stored: JsonObject, name: string): JsonObject {
  const value = stored[name]
  return typeof value === 'string' ? { [name]: value } : {}
}

function readSent(value: JsonValue | undefined): { readonly sent?: SentMemory } {
  if (!isObject(value) || typeof value['generation'] !== 'number' || !isObject(value['fields'])) return {}
  const texts = (name: string): JsonObject => (isObject(value[name]) ? { [name]: value[name] } : {})
  return { sent: { generation: value['generation'], fields: value['fields'], ...texts('secrets'), ...texts('witnesses') } as unknown as SentMemory }
}

function readKnown(value: JsonValue | undefined): { readonly known?: readonly KnownDifference[] } {
  if (!isArray(value)) return {}
  const known = value.filter((entry) => isObject(entry) && typeof entry['path'] === 'string' && typeof entry['desired'] === 'string')
  return { known: known as unknown as readonly KnownDifference[] }
}

function readUpdates(value: JsonValue | undefined): { readonly updates?: UpdateMemory } {
  if (!isObject(value) || typeof value['count'] !== 'number' || !isArray(value['fields'])) return {}
  return { updates: value as unknown as UpdateMemory }
}

function readOperation(value: JsonValue | undefined): { readonly operation?: OperationMemory } {
  if (!isObject(value) || typeof value['action'] !== 'string' || typeof value['startedAt'] !== 'string') return {}
  return { operation: value as unknown as OperationMemory }
}

function readSteps(value: JsonValue | undefined): { readonly steps?: StepMemory } {
  if (!isObject(value) || typeof value['action'] !== 'string' || typeof value['run'] !== 'number' || !isObject(value['done'])) return {}
  return { steps: value as unknown as StepMemory }
}

/** The form in status; `undefined` when there is nothing to remember. */
export function printMemory(memory: Memory): JsonObject | undefined {
  const entries = Object.entries(memory).filter(([, value]) => value !== undefined && !isEmptyList(value))
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as JsonObject)
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
