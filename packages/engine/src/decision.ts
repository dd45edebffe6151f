import type { Finding } from '@oasgen/diagnostics'
import type { JsonObject, JsonValue } from '@oasgen/json'
import type { Condition, HttpRequest, Instant, Purpose } from '@oasgen/wire'

/** All that `decide` knows of one resource; plain values, read by the edge at one moment. */
export interface Subject {
  /** The custom resource as Kubernetes holds it; after a write, as that write left it. */
  readonly resource: JsonObject
  readonly configuration?: ConfigurationState
  /** By the path of the reference (`spec.zoneRef`). */
  readonly references: Readonly<Record<string, ReferenceState>>
  /** By `namespace/name/key`. */
  readonly secrets: Readonly<Record<string, SecretState>>
  readonly settings: Settings
  /**
   * What this reconcile has written so far, oldest first. It tells a record that we have just written ahead from one
   * that a crash left behind: clocks of two machines cannot, so times are never compared for that.
   */
  readonly written: readonly WriteRecord[]
  /** Reconciles in a row that ended in trouble, as the queue counts them: what the back-off grows with. */
  readonly failures: number
}

/** One performed write: its `why`, and how many exchanges there were when it was decided. */
export interface WriteRecord {
  readonly why: WriteReason
  readonly exchanges: number
}

export type ConfigurationState =
  | { readonly state: 'found'; readonly object: JsonObject }
  | { readonly state: 'missing'; readonly namespace: string; readonly name: string }
  /** The Kubernetes API could not say: nothing external is done. */
  | { readonly state: 'unknown'; readonly message: string }
  | { readonly state: 'forbidden'; readonly message: string }

export type ReferenceState =
  | { readonly state: 'resolved'; readonly value: JsonValue }
  /** The other resource is not there yet, or has no identity yet. */
  | { readonly state: 'waiting'; readonly message: string }
  /** The parent is gone on the other side, proven; so is the child. */
  | { readonly state: 'absent' }

export type SecretState =
  /** `hmacs`: by Sealed form (`text`, `json`), under the controller's key. The value itself never comes here. */
  | { readonly state: 'found'; readonly version: string; readonly hmacs: Readonly<Record<string, string>> }
  | { readonly state: 'missing' }
  | { readonly state: 'unknown'; readonly message: string }

/** Defaults from flags of the controller; the lowest level of policy. */
export interface Settings {
  readonly resyncSeconds: number
  readonly minRetrySeconds: number
  readonly maxRetrySeconds: number
  /** How long an absence right after a create is not believed. */
  readonly graceSeconds: number
  /** How long an accepted delete is waited for before it is sent again. */
  readonly deleteDeadlineSeconds: number
  readonly crossNamespace: 'deny' | 'warn' | 'allow'
  readonly management?: string
  readonly deletion?: string
  readonly drift?: string
  readonly adoption?: string
}

/**
 * The next thing to do. The edge performs it, appends the exchange, or the write to `written` with the new resource, and asks
 * again. `send` and `write` go on; `done`, `wait` and `stop` end the reconcile.
 */
export type Decision =
  | { readonly type: 'send'; readonly request: HttpRequest; readonly purpose: Purpose }
  | { readonly type: 'write'; readonly write: ResourceWrite }
  /** In the state that was asked for; look again after this time. `findings`: notices that change nothing. */
  | { readonly type: 'done'; readonly recheckAfterSeconds: number; readonly findings?: readonly Finding[] }
  /** Something has to happen first: the reason is in the conditions already. With a finding it counts as a failure of the queue. */
  | { readonly type: 'wait'; readonly reason: string; readonly until: Instant; readonly finding?: Finding }
  /** Needs a human or a change; retried slowly all the same. */
  | { readonly type: 'stop'; readonly finding: Finding; readonly retryAfterSeconds: number }

/**
 * One write to Kubernetes, in this order: exports, metadata (annotations and finalizers), status, events. The reconcile goes on
 * only when all but the events are persisted.
 */
export interface ResourceWrite {
  readonly why: WriteReason
  /**
   * Present: a conflict means that we decided on something stale, and ends the reconcile quietly. Absent: what is written is a
   * fact that must not be lost (an id); the edge patches without precondition and repeats until it is persisted.
   */
  readonly resourceVersion?: string
  readonly annotations?: Readonly<Record<string, string | null>>
  readonly finalizers?: { readonly add?: string; readonly remove?: string }
  /** The whole new status. Absent = unchanged. */
  readonly status?: JsonObject
  readonly events?: readonly EventRecord[]
  /** Values to put into owned Secrets and ConfigMaps before anything else goes on. */
  readonly exports?: readonly ExportWrite[]
}

export type WriteReason =
  /** Finalizer and attempt, before the first request of a series that creates. */
  | 'attempt'
  /** The same attempt once more, after a request of it whose outcome is unknown: whatever the next answer says, that stays unknown. */
  | 'again'
  /** The request that creates certainly did nothing. */
  | 'notCreated'
  /** What a create gave: identity, handle of the operation, values shown only once. */
  | 'created'
  /** An object that was found takes the place of one to create. */
  | 'adopted'
  /** The identity changed: by an update, or by the human exit from an unknown create. */
  | 'identity'
  /** A step of a verb is done, or about to be sent where that must be known after a crash. */
  | 'step'
  /** An operation that goes on at the other side. */
  | 'operation'
  /** The object is gone or let go: the finalizer falls. */
  | 'released'
  /** Conditions and fields at the end of a reconcile. */
  | 'outcome'

export interface EventRecord {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface ExportWrite {
  readonly to: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly key: string
  readonly value: JsonValue
}

/** The object that an answer shows, in three views: as it is, and with the definition's mappings in the resource's shape. */
export interface Observed {
  readonly body: JsonObject
  /** What `spec` is compared with. */
  readonly spec: JsonObject
  /** What fields of `status` are taken from. */
  readonly status: JsonObject
}

/** The finding on three values: absent → absent; found, pending, accepted → exists; refused → rejected; the others → unknown. */
export type Outcome =
  | { readonly type: 'found'; readonly observed: Observed }
  /** `weak`: a 401 or 403 that is declared to mean absent; it counts only together with a list that lacks the object. */
  | { readonly type: 'absent'; readonly proof: string; readonly weak?: true }
  | { readonly type: 'ambiguous'; readonly candidates: readonly string[]; readonly finding: Finding }
  | { readonly type: 'pending'; readonly handle?: string; readonly retryAfterMs?: number; readonly observed?: Observed }
  /** Success without a body to speak of. */
  | { readonly type: 'accepted'; readonly observed?: Observed }
  | { readonly type: 'refused'; readonly finding: Finding; readonly exists?: true }
  | { readonly type: 'throttled'; readonly retryAfterMs?: number; readonly finding: Finding }
  | { readonly type: 'unauthorised'; readonly finding: Finding }
  | { readonly type: 'conflict'; readonly finding: Finding }
  | { readonly type: 'broken'; readonly finding: Finding; readonly sent: 'nothing' | 'maybe'; readonly retryAfterMs?: number }

/** One difference between what the user wants and what the API has. Secrets are masked. */
export interface FieldDifference {
  /** `spec.price` */
  readonly path: string
  /** Absent: the user removed the field. */
  readonly desired?: JsonValue
  readonly observed?: JsonValue
  readonly class: DifferenceClass
}
export type DifferenceClass =
  /** The user wants something else than what was last sent. */
  | 'userEdit'
  /** Somebody else changed it since it was last sent. */
  | 'drift'
  /** The API answers another value than the one that it was sent, and always has. */
  | 'serverDefault'
  /** The same elements in another order. */
  | 'orderOnly'
  /** The same value as the API writes it: case, white space, another spelling of a date or number. */
  | 'normalised'

export type { Condition }
