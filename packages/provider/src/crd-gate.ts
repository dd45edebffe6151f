import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject } from '@oasgen/json'
import { annotationsOf, generationOf, nameOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { FIELD_MANAGER } from './objects/apply.js'
import { isSameSchema } from './schema/compare.js'

/** Whether a CRD may be written: the live one decides, by who made it and what it holds. */
export type CrdVerdict =
  /** Ours, or nobody's yet. */
  | { readonly type: 'own' }
  /** The very same, put there by somebody else: both own it from now on. */
  | { readonly type: 'adopt' }
  /** A running installation of the reference, or one that is still kept as wide as its resources need. */
  | { readonly type: 'takeOver' }
  | { readonly type: 'refuse'; readonly finding: Finding }

export interface CrdQuestion {
  readonly wanted: JsonObject
  readonly live: KubeObject | undefined
  readonly definition: { readonly namespace: string; readonly name: string }
  /** `status.resource` of the RestDefinition names this kind: an installation of the reference, or our own earlier one. */
  readonly isNamedInStatus: boolean
  /** Whether a RestDefinition of this name still exists. */
  readonly exists: (owner: string) => boolean
}

/** On a CRD that is wider than its definition says, as resources need it. */
export const KEPT_WIDE = 'krateo.io/schema-kept-wide'

export function judgeOwnership({ wanted, live, definition, isNamedInStatus, exists }: CrdQuestion): CrdVerdict {
  if (live === undefined) return { type: 'own' }
  const owner = annotationsOf(live)[ANNOTATION.definition]
  if (owner === `${definition.namespace}/${definition.name}`) return { type: annotationsOf(live)[KEPT_WIDE] === 'true' ? 'takeOver' : 'own' }
  if (owner !== undefined && exists(owner)) return { type: 'refuse', finding: finding('PRV0102', { kind: kindOf(wanted), group: groupOf(wanted), other: owner }) }
  if (isSameSchema(wanted, live)) return { type: 'adopt' }
  // Whoever made it is gone and left it behind, or the status of this definition says that it is its own.
  if (owner !== undefined || isNamedInStatus) return { type: 'takeOver' }
  return { type: 'refuse', finding: finding('PRV0101', { crd: nameOf(live) }) }
}

/** Another field manager than ours that owns the schema. */
export function otherManager(live: JsonObject): string | undefined {
  const fields = isObject(live.metadata) && isArray(live.metadata.managedFields) ? live.metadata.managedFields : []
  const others = fields.filter(isObject).filter((entry) => entry.manager !== FIELD_MANAGER && isObject(entry.fieldsV1) && isObject(entry.fieldsV1['f:spec']) && 'f:versions' in entry.fieldsV1['f:spec'])
  const manager = others[0]?.manager
  return typeof manager === 'string' ? manager : undefined
}

export function isEstablished(crd: JsonObject): boolean {
  const conditions = isObject(crd.status) && isArray(crd.status.conditions) ? crd.status.conditions.filter(isObject) : []
  const isTrue = (type: string): boolean => conditions.some((condition) => condition.type === type && condition.status === 'True')
  return isTrue('Established') && isTrue('NamesAccepted')
}

/** Why the server does not serve it, in its own words. */
export function namesProblem(crd: JsonObject): string | undefined {
  const conditions = isObject(crd.status) && isArray(crd.status.conditions) ? crd.status.conditions.filter(isObject) : []
  const refused = conditions.find((condition) => (condition.type === 'NamesAccepted' && condition.status === 'False') || (condition.type === 'NonStructuralSchema' && condition.status === 'True'))
  return typeof refused?.message === 'string' ? refused.message : undefined
}

/** CRDs that a generator of RestDefinitions made, ours or the reference, carry one of these categories. */
export function isGenerated(crd: JsonObject): boolean {
  const categories = isObject(crd.spec) && isObject(crd.spec.names) && isArray(crd.spec.names.categories) ? crd.spec.names.categories : []
  return categories.some((category) => category === 'restresources' || category === 'restconfigs')
}

export function groupOf(crd: JsonObject): string {
  return isObject(crd.spec) && typeof crd.spec.group === 'string' ? crd.spec.group : ''
}

export function kindOf(crd: JsonObject): string {
  const names = isObject(crd.spec) && isObject(crd.spec.names) ? crd.spec.names : {}
  return typeof names.kind === 'string' ? names.kind : ''
}

export function pluralOf(crd: JsonObject): string {
  const names = isObject(crd.spec) && isObject(crd.spec.names) ? crd.spec.names : {}
  return typeof names.plural === 'string' ? names.plural : ''
}

/** The annotation confirms this change: by its id, by the generation that brought it, or whatever comes. */
export function isAccepted(definition: KubeObject, changeId: string): boolean {
  const value = annotationsOf(definition)[ANNOTATION.acceptSchemaChange]?.trim()
  return value !== undefined && (value === changeId || value === 'true' || value === `${generationOf(definition)}`)
}
