import type { Finding } from '@oasgen/diagnostics'
import type { JsonObject, JsonValue } from '@oasgen/json'
import type { Condition, HttpRequest, Instant, Purpose } from '@oasgen/wire'

/** All that `decide` knows of one resource; plain values, read by the edge at one moment. */
export interface Subject {
  /** The custom resource as Kubernetes holds it. */
  readonly resource: JsonObject
  readonly configuration?: ConfigurationState
  /** By the path of the reference (`spec.zoneRef`). */
  readonly references: Readonly<Record<string, ReferenceState>>
  /** By `namespace/name/key`. */
  readonly secrets: Readonly<Record<string, SecretState>>
  readonly settings: Settings
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
  readonly graceSeconds: number
  readonly deleteDeadlineSeconds: number
  readonly crossNamespace: 'deny' | 'warn' | 'allow'
  readonly management?: string
  readonly deletion?: string
  readonly drift?: string
  readonly adoption?: string
}

/**
 * The next thing to do. The edge performs it, appends the exchange or the written object, and asks again.
 * `send` and `write` go on; `done`, `wait` and `stop` end the reconcile.
 */
export type Decision =
  | { readonly type: 'send'; readonly request: HttpRequest; readonly purpose: Purpose }
  | { readonly type: 'write'; readonly write: ResourceWrite }
  /** In the state that was asked for; look again after this time. */
  | { readonly type: 'done'; readonly recheckAfterSeconds: number }
  /** Something has to happen first: the reason is in the conditions already. */
  | { readonly type: 'wait'; readonly reason: string; readonly until: Instant; readonly finding?: Finding }
  /** Needs a human or a change; retried slowly all the same. */
  | { readonly type: 'stop'; readonly finding: Finding; readonly retryAfterSeconds: number }

/** One write to Kubernetes; `metadata` goes before `status` and both fail on a conflict, which ends the reconcile quietly. */
export interface ResourceWrite {
  readonly why: string
  readonly resourceVersion: string
  readonly annotations?: Readonly<Record<string, string | null>>
  readonly finalizers?: { readonly add?: string; readonly remove?: string }
  /** The whole new status. Absent = unchanged. */
  readonly status?: JsonObject
  readonly events?: readonly EventRecord[]
  /** Values to put into owned Secrets and ConfigMaps before anything else goes on. */
  readonly exports?: readonly ExportWrite[]
}

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

/** The finding on three values: absent → absent; found, pending → exists; refused → rejected; the others → unknown. */
export type Outcome =
  | { readonly type: 'found'; readonly object: JsonObject }
  | { readonly type: 'absent'; readonly proof: string }
  | { readonly type: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly type: 'pending'; readonly handle?: string; readonly retryAfterMs?: number }
  /** Success without a body to speak of. */
  | { readonly type: 'accepted'; readonly object?: JsonObject }
  | { readonly type: 'refused'; readonly finding: Finding }
  | { readonly type: 'throttled'; readonly retryAfterMs?: number; readonly finding: Finding }
  | { readonly type: 'unauthorised'; readonly finding: Finding }
  | { readonly type: 'conflict'; readonly finding: Finding }
  | { readonly type: 'broken'; readonly finding: Finding; readonly sent: 'nothing' | 'maybe' }

/** One difference between what the user wants and what the API has. Secrets are masked. */
export interface FieldDifference {
  /** `spec.price` */
  readonly path: string
  readonly desired?: JsonValue
  readonly observed?: JsonValue
  readonly class: 'userEdit' | 'drift' | 'serverDefault' | 'orderOnly' | 'normalised'
}

export type { Condition }
