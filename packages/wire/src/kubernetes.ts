/** Every string that we and others read on Kubernetes objects: keys of annotations, finalizers, condition types and reasons. */

/** Annotations of the reference: key and form never change. */
export const ANNOTATION = {
  connectorVerbose: 'krateo.io/connector-verbose',
  paused: 'krateo.io/paused',
  managementPolicy: 'krateo.io/management-policy',
  deletionPolicy: 'krateo.io/deletion-policy',
  externalCreatePending: 'krateo.io/external-create-pending',
  externalCreateSucceeded: 'krateo.io/external-create-succeeded',
  externalCreateFailed: 'krateo.io/external-create-failed',
  /** The reference's key with a wider meaning: bare string for one server-assigned parameter, else compact JSON by status path. */
  externalName: 'krateo.io/external-name',
  /** Ours: integer, written before the first POST of an attempt series; rises only after a rejected create. */
  externalCreateAttempt: 'krateo.io/external-create-attempt',
  /** The human exit from an unknown create: `created=<id>` or `none`. */
  externalCreateResolved: 'krateo.io/external-create-resolved',
  driftPolicy: 'krateo.io/drift-policy',
  adoptionPolicy: 'krateo.io/adoption-policy',
  interval: 'krateo.io/interval',
  reconcileRequestedAt: 'krateo.io/reconcile-requested-at',
  acceptSchemaChange: 'krateo.io/accept-schema-change',
  /** On the Lease: hash of the Plan that the holder runs. */
  planHash: 'krateo.io/plan-hash',
  /** On everything that was made for a RestDefinition, and on the Leases of controllers: `<namespace>/<name>`, too long for a label. */
  definition: 'krateo.io/restdefinition',
} as const

export const LABEL = {
  /** On everything that was made for a RestDefinition, so that one watch sees it. */
  definitionObject: 'krateo.io/restdefinition-object',
  /** On the Leases of controllers. */
  restController: 'krateo.io/rest-controller',
} as const

export const FINALIZER = {
  /** On every custom resource, before the first action. The reference's. */
  resource: 'composition.krateo.io/finalizer',
  /** On RestDefinitions. The reference's. */
  definition: 'finalizer.managedresource.krateo.io',
  /** On RestDefinitions while resources of the kind exist. The reference's. */
  resourcesStillExist: 'composition.krateo.io/restresources-still-exist-finalizer',
  /** On Configurations while a dependent may still need an external delete. */
  configurationInUse: 'krateo.io/configuration-in-use',
} as const

export const CONDITION = { ready: 'Ready', synced: 'Synced', reconciling: 'Reconciling', stalled: 'Stalled' } as const
export type ConditionType = (typeof CONDITION)[keyof typeof CONDITION]

/** Reasons of Ready and Synced are the reference's; finer ones stand on Reconciling and Stalled and come from the catalogue. */
export const REASON = {
  available: 'Available',
  creating: 'Creating',
  pending: 'Pending',
  deleting: 'Deleting',
  unavailable: 'Unavailable',
  reconcileSuccess: 'ReconcileSuccess',
  reconcileError: 'ReconcileError',
  reconcilePaused: 'ReconcilePaused',
} as const

export interface Condition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  /** Stable: no timestamps, no request ids; bounded to 1,024 characters. */
  readonly message: string
  readonly observedGeneration: number
  /** RFC 3339; set by the writer only when `status` changes. */
  readonly lastTransitionTime?: string
}
