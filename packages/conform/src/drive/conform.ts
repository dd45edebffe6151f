import { renderCrds } from '@oasgen/crd'
import { hasErrors, type Finding } from '@oasgen/diagnostics'
import { prepare } from '@oasgen/engine'
import type { JsonObject } from '@oasgen/json'
import { removePath } from '@oasgen/fieldpath'
import { buildModel, linkOptions } from '@oasgen/model'
import { applyOverlays, linkDocument, readDocument, readOverlay } from '@oasgen/openapi'
import type { Plan } from '@oasgen/plan'
import { compilePlan } from '@oasgen/planner'
import { readRestDefinition, type RestDefinition } from '@oasgen/restdefinition'
import { at, pathOf } from '../server/body.js'
import { readSwitches, SWITCHES, SWITCH_NAMES, type SwitchName, type Verb } from '../server/switches.js'
import { live, PHASES, type Life, type Phase } from './life.js'
import { kindOf, sampleSpec } from './sample.js'

/** What a definition gives, as the compiler makes it. */
export interface Subject {
  readonly plan: Plan
  readonly resourceCrd: JsonObject
  readonly configurationCrd?: JsonObject
}

export interface ConformOptions {
  /** Each is one life: `eventual`, or several at once: `eventual+hangAfter`. Default: none, then each that applies. */
  readonly switches?: readonly string[]
  readonly verbs?: readonly Verb[]
  readonly seed?: number
  /** A spec to begin with; default: one is made of the CRD. */
  readonly spec?: JsonObject
  /** Ends after the life that goes on. */
  readonly signal?: AbortSignal
}

export interface Score {
  readonly definition: string
  readonly kind: string
  readonly seed: number
  readonly lives: readonly ScoredLife[]
  /** Why there are no lives. */
  readonly problem?: string
}

export interface ScoredLife extends Life {
  readonly switch: string
  /** Everything converged, or the definition has no such thing. */
  readonly result: 'converged' | 'told' | 'wrong'
}

/** A document in bytes, and the name under which findings cite it. */
export interface DocumentText {
  readonly uri: string
  readonly bytes: Uint8Array
}

/** Compiles the definition and lives through it. Errors of the compiler are the answer then. */
export async function conformDefinition(document: DocumentText, definition: JsonObject, options: ConformOptions = {}): Promise<Score | { readonly findings: readonly Finding[] }> {
  const compiled = compileSubject(document, definition)
  return 'findings' in compiled ? compiled : conformPlan(compiled, options)
}

/** Document and definition as the provider compiles them. */
export function compileSubject({ uri, bytes }: DocumentText, object: JsonObject): Subject | { readonly findings: readonly Finding[] } {
  const definition = readRestDefinition(object)
  const source = overlaid(readDocument(bytes, { uri }), definition.value)
  if (definition.value === undefined || source.value === undefined) return { findings: errorsOf([...definition.findings, ...source.findings]) }
  const model = buildModel(linkDocument(source.value, new Map(), linkOptions(definition.value)), definition.value)
  const [crds, plan] = [renderCrds(model.value), compilePlan(model.value)]
  const findings = errorsOf([...definition.findings, ...model.findings, ...crds.findings, ...plan.findings])
  if (plan.value === undefined || hasErrors(findings)) return { findings }
  return { plan: plan.value, resourceCrd: crds.resource, ...(crds.configuration && { configurationCrd: crds.configuration }) }
}

/** With the overlays that stand in the definition itself; those that it names by address are for `oasgen` to read. */
function overlaid(source: ReturnType<typeof readDocument>, definition: RestDefinition | undefined): ReturnType<typeof readDocument> {
  const inline = (definition?.document.overlays ?? []).flatMap((overlay) => (overlay.type === 'inline' ? [readOverlay(overlay.overlay, { uri: `restdefinition:${overlay.at}` })] : []))
  if (source.value === undefined || inline.length === 0) return source
  const applied = applyOverlays(source.value, inline.flatMap(({ value }) => (value === undefined ? [] : [value])))
  return { value: applied.value, findings: [...source.findings, ...inline.flatMap(({ findings }) => findings), ...applied.findings] }
}

function errorsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === 'error')
}

export async function conformPlan({ plan: published, resourceCrd, configurationCrd }: Subject, options: ConformOptions = {}): Promise<Score> {
  const { seed = 1 } = options
  // The Configuration's address replaces the first server only: here all of them are this one.
  const plan = { ...published, actions: withOneServer(published.actions) }
  const kind = kindOf(resourceCrd)
  const head = { definition: `${plan.definition.namespace}/${plan.definition.name}`, kind: kind.kind, seed }
  const sampled = options.spec === undefined ? sampleSpec(kind) : { spec: options.spec }
  if ('problem' in sampled) return { ...head, lives: [], problem: `no resource can be made up for this CRD: ${sampled.problem}` }
  const prepared = prepare(plan).value
  if (prepared === undefined) return { ...head, lives: [], problem: 'the engine does not take the Plan' }
  const spec = options.spec ?? withoutDoubles(plan, sampled.spec)
  const lives: ScoredLife[] = []
  for (const name of options.switches ?? applicable(plan)) {
    if (options.signal?.aborted === true) break
    const switches = readSwitches(name) ?? []
    const life = await live({ plan, prepared, kind, ...(configurationCrd && { configurationCrd }), spec, switches, seed, ...(options.verbs && { verbs: options.verbs }) })
    lives.push({ ...life, switch: name === '' ? 'none' : name, result: resultOf(life) })
  }
  return { ...head, lives }
}

/** A field and the reference that would fill it: the field alone says it. */
function withoutDoubles({ references = [] }: Plan, spec: JsonObject): JsonObject {
  return references.reduce<JsonObject>((lean, { path, field }) => (at({ spec: lean }, field) === undefined ? lean : (removePath({ spec: lean }, pathOf(path)) as { readonly spec: JsonObject }).spec), spec)
}

function withOneServer<T>(actions: T): T {
  return JSON.parse(JSON.stringify(actions).replaceAll(/"server":\d+/g, '"server":0')) as T
}

/** Switches that can show something for this definition. */
export function applicable(plan: Plan): readonly string[] {
  return ['none', ...SWITCH_NAMES.filter((name) => applies(name, plan))]
}

function applies(name: SwitchName, plan: Plan): boolean {
  const { findby, create, update, delete: remove } = plan.actions
  const hasOperations = [create, update, remove].some((action) => action?.async !== undefined || action?.steps?.some((step) => step.async !== undefined) === true)
  switch (name) {
    case 'paged': return findby?.pagination !== undefined
    case 'async': case 'asyncFails': return hasOperations
    case 'errorInSuccess': return plan.actions.get?.call?.response.errorWhen !== undefined
    case 'softDelete': return remove !== undefined
    case 'writeOnly': return plan.compare.rules.some(({ writeOnly }) => writeOnly === true)
    case 'sortedArrays': return plan.compare.rules.some(({ compare }) => compare === 'set')
    case 'reorder': case 'duplicateIds': return findby !== undefined
    default: return SWITCHES[name].acts === 'fault' || plan.actions.get !== undefined || findby !== undefined
  }
}

function resultOf(life: Life): ScoredLife['result'] {
  const phases = PHASES.map((phase: Phase) => life.phases[phase].type)
  const isUnsafe = life.ledger.duplicates > 0 || life.orphans > 0 || life.needlessWrites > 0 || life.dishonest.length > 0
  if (isUnsafe || phases.includes('wrong')) return 'wrong'
  return phases.includes('told') ? 'told' : 'converged'
}
