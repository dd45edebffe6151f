import { finding, type Finding } from '@oasgen/diagnostics'
import { equalJson, isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { annotationsOf, nameOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { FIELD_MANAGER } from './objects/apply.js'

/** Whether a CRD may be written: the live one decides, by who made it and what it holds. */
export type CrdVerdict =
  | { readonly type: 'write' }
  | { readonly type: 'refuse'; readonly finding: Finding }

export interface CrdQuestion {
  readonly wanted: JsonObject
  readonly live: KubeObject | undefined
  readonly definition: { readonly namespace: string; readonly name: string }
  /** `status.resource` of the RestDefinition names this kind: an installation of the reference, or our own earlier one. */
  readonly isNamedInStatus: boolean
}

export function judgeOwnership({ wanted, live, definition, isNamedInStatus }: CrdQuestion): CrdVerdict {
  if (live === undefined) return { type: 'write' }
  const owner = annotationsOf(live)[ANNOTATION.definition]
  const us = `${definition.namespace}/${definition.name}`
  if (owner === us || (owner === undefined && isNamedInStatus)) return { type: 'write' }
  if (owner === undefined && isSameSchema(wanted, live)) return { type: 'write' }
  if (owner !== undefined) return { type: 'refuse', finding: finding('PRV0102', { kind: kindOf(wanted), group: groupOf(wanted), other: owner }) }
  return { type: 'refuse', finding: finding('PRV0101', { crd: nameOf(live) }) }
}

/** Equal in all that a schema says; metadata and what the server adds do not count. */
export function isSameSchema(wanted: JsonObject, live: JsonObject): boolean {
  return equalJson(comparable(wanted), comparable(live))
}

function comparable(crd: JsonObject): JsonValue {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const { conversion: _, preserveUnknownFields: __, ...rest } = spec
  return rest
}

/** Another field manager than ours that owns something of the spec. */
export function otherManager(live: JsonObject): string | undefined {
  const fields = isObject(live.metadata) && isArray(live.metadata.managedFields) ? live.metadata.managedFields : []
  const others = fields.filter(isObject).filter((entry) => entry.manager !== FIELD_MANAGER && isObject(entry.fieldsV1) && 'f:spec' in entry.fieldsV1)
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

const RESERVED = /(^|\.)(k8s\.io|kubernetes\.io)$/

export function judgeGroup(group: string, allowed: readonly string[]): Finding | undefined {
  if (RESERVED.test(group)) return finding('PRV0103', { group, why: 'it belongs to Kubernetes' })
  if (allowed.length > 0 && !allowed.some((pattern) => matches(pattern, group))) return finding('PRV0103', { group, why: `the administrator allows ${allowed.join(', ')} only` })
  return undefined
}

function matches(pattern: string, group: string): boolean {
  return pattern === group || (pattern.startsWith('*.') && group.endsWith(pattern.slice(1)))
}
