import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { reconcileOf, statusOf } from './resource.js'

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
  /** An update by a PUT that would make the object anew was not answered then. */
  readonly unsureUpdateAt?: string
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
  /** Hashes of the elements of lists that others add to, by path: which of those that are there were ours. */
  readonly elements?: Readonly<Record<string, readonly string[]>>
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
  /** Begun by this step, in this call of it: those after it wait. */
  readonly step?: string
  readonly unit?: string
  readonly startedAt: string
}

export interface StepMemory {
  readonly action: 'create' | 'update' | 'delete'
  /** Attempt of a create, generation of an update: steps of another run do not count. */
  readonly run: number
  readonly done: Readonly<Record<string, JsonValue>>
  /** All of them are done; forgotten when a later reconcile writes status anyway. */
  readonly complete?: true
}

const NOTHING: Memory = {}

/** Reads leniently: what has the wrong form counts as forgotten, which is always safe. */
export function readMemory(resource: JsonObject): Memory {
  const stored = reconcileOf(resource)
  let memory: { -readonly [N in keyof Memory]: Memory[N] } | undefined
  for (const name in stored) {
    const value = MEMBERS[name]?.(stored[name] as JsonValue)
    if (value !== undefined) (memory ??= {})[name as keyof Memory] = value as never
  }
  return memory ?? NOTHING
}

const object = (value: JsonValue): JsonObject | undefined => (isObject(value) ? value : undefined)
const text = (value: JsonValue): string | undefined => (typeof value === 'string' ? value : undefined)

const MEMBERS: Readonly<Record<string, (value: JsonValue) => unknown>> = {
  identity: object, exported: object,
  server: text, deleteAcceptedAt: text, unsureUpdateAt: text, replacing: text, requested: text,
  completed: (value) => (value === true ? true : undefined),
  sent: readSent, known: readKnown, updates: readUpdates, operation: readOperation, steps: readSteps,
}

function readSent(value: JsonValue): SentMemory | undefined {
  return isObject(value) && typeof value['generation'] === 'number' && isObject(value['fields']) ? (value as unknown as SentMemory) : undefined
}

function readKnown(value: JsonValue): readonly KnownDifference[] | undefined {
  if (!isArray(value)) return undefined
  return value.filter((entry) => isObject(entry) && typeof entry['path'] === 'string' && typeof entry['desired'] === 'string') as unknown as readonly KnownDifference[]
}

function readUpdates(value: JsonValue): UpdateMemory | undefined {
  return isObject(value) && typeof value['count'] === 'number' && isArray(value['fields']) ? (value as unknown as UpdateMemory) : undefined
}

function readOperation(value: JsonValue): OperationMemory | undefined {
  return isObject(value) && typeof value['action'] === 'string' && typeof value['startedAt'] === 'string' ? (value as unknown as OperationMemory) : undefined
}

function readSteps(value: JsonValue): StepMemory | undefined {
  return isObject(value) && typeof value['action'] === 'string' && typeof value['run'] === 'number' && isObject(value['done']) ? (value as unknown as StepMemory) : undefined
}

/** The form in status; `undefined` when there is nothing to remember. */
export function printMemory(memory: Memory): JsonObject | undefined {
  let printed: Record<string, JsonValue> | undefined
  for (const name in memory) {
    const value = memory[name as keyof Memory]
    if (value !== undefined && !isEmptyList(value)) (printed ??= {})[name] = value as JsonValue
  }
  return printed
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

/** The status as it is, with other memories. */
export function withMemory(resource: JsonObject, memory: Memory): JsonObject {
  const { reconcile: _, ...status } = statusOf(resource)
  const entries = Object.entries(memory).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? status : { ...status, reconcile: Object.fromEntries(entries) as JsonObject }
}

/** What stays of a memory when a reconcile ends. */
export function withoutDoneSteps(memory: Memory): Memory {
  if (memory.steps?.complete !== true) return memory
  const { steps: _, ...rest } = memory
  return rest
}
