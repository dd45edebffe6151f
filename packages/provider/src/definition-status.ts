import { conditionText, entryOf, sortFindings, type Finding } from '@oasgen/diagnostics'
import { equalJson, hashJson, isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import { CONDITION, REASON, readConditions, setConditions, type Instant, type WantedCondition } from '@oasgen/wire'
import type { Compiled } from './compile.js'
import { groupOf, kindOf } from './crd-gate.js'
import { specText } from './edge.js'

/** How far a RestDefinition is; every state is one row of what people and tools read. */
export type DefinitionState =
  | { readonly type: 'ready' }
  /** A step is under way: it will be looked at again by itself. */
  | { readonly type: 'progressing'; readonly message: string }
  /** The last good Plan serves, but something is wrong with the newest input: it may pass by itself, or a person must act. */
  | { readonly type: 'degraded'; readonly finding: Finding; readonly duration: 'passing' | 'lasting' }
  /** Nothing is made until somebody names the kind; that is what was asked for, so tools may call it done. */
  | { readonly type: 'dormant'; readonly finding: Finding }
  /** Nothing serves and a person must act. */
  | { readonly type: 'stalled'; readonly finding: Finding }
  | { readonly type: 'failing'; readonly message: string; readonly reason: string }
  | { readonly type: 'deleting'; readonly message: string }
  | { readonly type: 'paused' }

/** Facts about what was made; absent = unknown in this pass, the old value stays. */
export interface DefinitionFacts {
  readonly oasPath?: string
  readonly resource?: { readonly apiVersion: string; readonly kind: string }
  readonly configuration?: { readonly apiVersion: string; readonly kind: string }
  readonly digest?: string
  readonly oasHash?: string
  readonly hasSecuritySchemes?: boolean
  readonly planHash?: string
  readonly runningPlanHash?: string
  readonly crdHash?: string
  readonly authSecretDigest?: string
  readonly authSecretRBACNamespaces?: readonly string[]
  readonly fidelity?: Readonly<Record<'carried' | 'strengthened' | 'weakened' | 'dropped' | 'leaves' | 'untyped', number>>
  readonly findings?: readonly Finding[]
}

const MOST_FINDINGS = 32

/** The status to write, or undefined when it would be the same. */
export function nextStatus(object: JsonObject, input: { state: DefinitionState; facts: DefinitionFacts; generation: number; now: Instant }): JsonObject | undefined {
  const old = isObject(object.status) ? object.status : {}
  const { findings, ...facts } = input.facts
  const conditions = setConditions(readConditions(old.conditions), wantedConditions(input.state, input.generation), input.now)
  const next: JsonObject = {
    ...old,
    oasPath: '',
    ...(isObject(old) && typeof old.oasPath === 'string' && { oasPath: old.oasPath }),
    ...(facts as JsonObject),
    ...(findings !== undefined && { findings: printedFindings(findings), findingsTotal: findings.length }),
    conditions: conditions as unknown as JsonValue,
    observedGeneration: input.generation,
  }
  return equalJson(next, old) ? undefined : next
}

/** Ready and Synced with the reference's reasons; Reconciling and Stalled as kstatus reads them, present only while True. */
export function wantedConditions(state: DefinitionState, observedGeneration: number): readonly WantedCondition[] {
  return rowFor(state).map(([type, status, reason, message]) => ({ type, status, reason, message, observedGeneration }))
}

type ConditionRow = readonly [WantedCondition['type'], WantedCondition['status'], string, string]

function rowFor(state: DefinitionState): readonly ConditionRow[] {
  switch (state.type) {
    case 'ready':
      return [[CONDITION.ready, 'True', REASON.available, ''], synced()]
    case 'progressing':
      return [[CONDITION.ready, 'False', REASON.unavailable, state.message], synced(), [CONDITION.reconciling, 'True', 'Progressing', state.message]]
    case 'degraded':
      return [[CONDITION.ready, 'True', REASON.available, 'the last good Plan serves'], failed(conditionText(state.finding)), state.duration === 'lasting' ? stalled(state.finding) : retrying(state.finding)]
    case 'dormant':
      return [[CONDITION.ready, 'True', reasonOf(state.finding), conditionText(state.finding)], synced()]
    case 'stalled':
      return [[CONDITION.ready, 'False', REASON.unavailable, conditionText(state.finding)], failed(conditionText(state.finding)), stalled(state.finding)]
    case 'failing':
      return [[CONDITION.ready, 'False', REASON.unavailable, state.message], failed(state.message), [CONDITION.reconciling, 'True', state.reason, state.message]]
    case 'deleting':
      return [[CONDITION.ready, 'False', REASON.deleting, state.message], failed(state.message), [CONDITION.reconciling, 'True', 'Deleting', state.message]]
    case 'paused':
      return [[CONDITION.ready, 'Unknown', REASON.unavailable, 'paused'], [CONDITION.synced, 'False', REASON.reconcilePaused, 'Reconciliation is paused via the pause annotation']]
  }
}

function synced(): ConditionRow {
  return [CONDITION.synced, 'True', REASON.reconcileSuccess, '']
}

function failed(message: string): ConditionRow {
  return [CONDITION.synced, 'False', REASON.reconcileError, message]
}

function stalled(finding: Finding): ConditionRow {
  return [CONDITION.stalled, 'True', reasonOf(finding), conditionText(finding)]
}

function retrying(finding: Finding): ConditionRow {
  return [CONDITION.reconciling, 'True', reasonOf(finding), conditionText(finding)]
}

function reasonOf(finding: Finding): string {
  return entryOf(finding.code)?.reason ?? 'Invalid'
}

function printedFindings(findings: readonly Finding[]): JsonValue {
  return sortFindings(findings).slice(0, MOST_FINDINGS).map((finding) => ({
    code: finding.code,
    severity: finding.severity,
    message: finding.message.slice(0, 4096),
    ...(finding.where && { where: printedPlace(finding).slice(0, 2048) }),
    ...(finding.help !== undefined && { help: finding.help.slice(0, 4096) }),
  }))
}

function printedPlace({ where }: Finding): string {
  switch (where?.kind) {
    case 'document': return `${where.uri}${where.position === undefined ? '' : `:${where.position.line}:${where.position.column}`}#${where.pointer}`
    case 'resource': return `${where.resource} ${where.path}`.trim()
    case 'exchange': return `${where.method} ${where.url}${where.status === undefined ? '' : ` → ${where.status}`}`
    case undefined: return ''
  }
}

/** What is known of the kinds once they are compiled. */
export function factsOf(definition: KubeObject, compiled: Compiled): DefinitionFacts {
  const named = (crd: JsonObject | undefined): { apiVersion: string; kind: string } | undefined =>
    crd === undefined ? undefined : { apiVersion: `${groupOf(crd)}/v1alpha1`, kind: kindOf(crd) }
  const resource = named(compiled.resourceCrd)
  const configuration = named(compiled.configurationCrd)
  const { fidelity } = compiled
  return {
    oasPath: specText(definition, 'oasPath'),
    findings: compiled.findings,
    ...(resource && { resource }),
    ...(configuration && { configuration }),
    ...(compiled.documentDigest !== undefined && { oasHash: compiled.documentDigest }),
    ...(compiled.hasSecuritySchemes !== undefined && { hasSecuritySchemes: compiled.hasSecuritySchemes }),
    ...(compiled.resourceCrd && { crdHash: hashJson([compiled.resourceCrd, compiled.configurationCrd ?? null]) }),
    ...(fidelity && { fidelity: { carried: fidelity.carried, strengthened: fidelity.strengthened, weakened: fidelity.weakened, dropped: fidelity.dropped, leaves: fidelity.leaves, untyped: fidelity.untyped } }),
  }
}

export function hasConditions(object: JsonObject): boolean {
  return isObject(object.status) && isArray(object.status.conditions) && object.status.conditions.length > 0
}
