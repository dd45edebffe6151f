import { finding, type Finding } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import type { ConfigurationModel, ResourceModel } from '@oasgen/model'
import { definitionPlace } from '@oasgen/restdefinition'
import { judgeCrd } from '@oasgen/structural'
import { countLeaves, measureSize, byteLength } from './fidelity/measure.js'
import { FidelityLog, type FidelityReport } from './fidelity/report.js'
import { type Attempt, withinBudget } from './kind/budget.js'
import { renderConfigurationSpec } from './kind/configuration.js'
import { type KindNames, renderKind } from './kind/crd.js'
import { immutabilityRules, unruledFields } from './kind/immutability.js'
import { renderSpec, rulesOf } from './kind/spec.js'
import { renderStatus } from './kind/status.js'
import { cutText, trimDescriptions } from './lower/describe.js'
import { type Known, type Lowering, newKnown } from './lower/context.js'
import type { CelRule, Structural } from './lower/structural.js'

export interface RenderedCrds {
  readonly resource: JsonObject
  readonly configuration?: JsonObject
  readonly fidelity: FidelityReport
  /** About size and about rules that had to go; never errors. */
  readonly findings: readonly Finding[]
}

/** Both kinds of a model. Total and deterministic: whatever has no form is weakened or left out and stands in the report. */
export function renderCrds(model: ResourceModel): RenderedCrds {
  const known = newKnown()
  const settledStatus: Known['settled'] = new Map()
  const rules = immutabilityRules(model)
  const made = withinBudget((limits, budget) => renderResource(model, rules, { ...known, settledStatus, limits, budget }))
  const { crd, findings } = withAffordableRules(model, made, rules)
  const configuration = model.configuration && renderConfiguration(model, model.configuration)
  const fidelity = reportOf(made, crd)
  return {
    resource: crd,
    ...(configuration && { configuration }),
    fidelity,
    findings: [...sizeFindings(model, fidelity), ...findings, ...unruled(model)],
  }
}

interface Made {
  readonly crd: JsonObject
  readonly spec: Structural
  readonly status: Structural
  readonly log: FidelityLog
}

type Given = Known & Pick<Lowering, 'limits' | 'budget'> & { readonly settledStatus: Known['settled'] }

function renderResource(model: ResourceModel, rules: readonly CelRule[], given: Given): Attempt<Made> {
  const log = new FidelityLog()
  const shared = { ...given, log, rules: rulesOf(model) }
  const spec = renderSpec(model, { ...shared, mode: model.definition.resource.schema })
  const status = renderStatus(model, { ...shared, settled: given.settledStatus, mode: 'status' })
  return {
    trim: (length) => {
      const parts = { spec: trimDescriptions(spec, length), status: trimDescriptions(status, length) }
      const crd = renderParts(model, parts.spec, parts.status, rules)
      return { value: { crd, ...parts, log }, bytes: byteLength(crd) }
    },
  }
}

function renderParts(model: ResourceModel, spec: Structural, status: Structural, rules: readonly CelRule[]): JsonObject {
  const specRequired = model.definition.resource.schema === 'strict'
  return renderKind({ names: model.names, specRequired, description: describeKind(model), spec, status, columns: COLUMNS, rules })
}

/** The document's words for the object; nothing that depends on where the document lies. */
function describeKind({ names, object, verbs }: ResourceModel): string {
  const words = [
    verbs.create?.call?.body?.object.description,
    object?.object.description,
  ].find((text) => text !== undefined && text.trim() !== '')
  const about = words === undefined ? '' : ` ${cutText(words.trim(), 500)}`
  return `${names.kind}, an object of a REST API.${about}`
}

const COLUMNS: readonly JsonObject[] = [
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'READY', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
  { name: 'SYNCED', type: 'string', jsonPath: ".status.conditions[?(@.type=='Synced')].status" },
  { name: 'EXTERNAL-ID', type: 'string', jsonPath: '.metadata.annotations.krateo\\.io/external-name' },
]

/** A rule that the API server would refuse for its cost or form would take the whole kind with it. */
function withAffordableRules(
  model: ResourceModel,
  { crd, spec, status }: Made,
  rules: readonly CelRule[],
): { readonly crd: JsonObject; readonly findings: readonly Finding[] } {
  const refused = rules.length === 0 ? new Set<number>() : refusedRules(crd)
  if (refused.size === 0) return { crd, findings: [] }
  const where = definitionPlace(model.definition, '/spec/resource/fields')
  const kept = rules.filter((_, index) => !refused.has(index))
  const findings = rules.filter((_, index) => refused.has(index)).map(({ message }) => finding('CRD0402', { rule: message }, { where }))
  return { crd: renderParts(model, spec, status, kept), findings }
}

function unruled(model: ResourceModel): readonly Finding[] {
  return unruledFields(model).map(({ path, at, problem }) =>
    finding('CRD0404', { path, problem }, { where: definitionPlace(model.definition, at) }),
  )
}

function refusedRules(crd: JsonObject): ReadonlySet<number> {
  const found = judgeCrd(crd).flatMap(({ path }) => /openAPIV3Schema\.x-kubernetes-validations\[(\d+)\]/.exec(path)?.[1] ?? [])
  return new Set(found.map(Number))
}

function renderConfiguration(model: ResourceModel, configuration: ConfigurationModel): JsonObject {
  const mode = model.definition.resource.schema
  const description = `Configuration of ${model.names.kind} resources: credentials, parameters and how requests are sent.`
  const names = configurationNames(model, configuration)
  return withinBudget((limits, budget) => {
    const log = new FidelityLog()
    const lowering: Lowering = { ...newKnown(), mode, log, limits, budget, rules: new Map() }
    const spec = renderConfigurationSpec(model, configuration, lowering)
    return {
      trim: (length) => {
        const crd = renderKind({ names, description, spec: trimDescriptions(spec, length), rules: [], columns: [] })
        return { value: crd, bytes: byteLength(crd) }
      },
    }
  })
}

function configurationNames({ names }: ResourceModel, { kind, plural }: ConfigurationModel): KindNames {
  return {
    group: names.group,
    version: names.version,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    // The reference puts the resource's own name here too; kubectl then takes `kubectl get repo x` for two kinds and refuses it.
    categories: ['restconfigs', 'rc'],
  }
}

/** How many untyped fields are named. */
const NAMED = 100

function reportOf({ spec, status, log }: Made, crd: JsonObject): FidelityReport {
  const entries = log.list()
  const count = (outcome: string): number => entries.filter((entry) => entry.outcome === outcome).length
  const [ofSpec, ofStatus] = [countLeaves(spec, 'spec'), countLeaves(ownFields(status), 'status')]
  const ends = new Set([...ofSpec.untyped, ...ofStatus.untyped])
  // Where the tree is cut, what an object holds beside its plain fields counts as one leaf without a type.
  const cuts = [...new Set(entries.filter(({ rule }) => rule === 'recursion' || rule === 'size').map(({ field }) => field))]
  const open = cuts.filter((field) => !ends.has(field))
  const untyped = [...ends, ...open]
  return {
    carried: log.total,
    strengthened: count('strengthened'),
    weakened: count('weakened'),
    dropped: count('dropped'),
    leaves: ofSpec.leaves + ofStatus.leaves + open.length,
    untyped: untyped.length,
    untypedFields: untyped.slice(0, NAMED),
    entries,
    size: measureSize(crd, spec, status),
  }
}

/** The controller's own fields say nothing about the document. */
function ownFields(status: Structural): Structural {
  const { conditions: _, observedGeneration: __, reconcile: ___, ...fields } = status.properties ?? {}
  return { ...status, properties: fields }
}

/** `kubectl apply` without --server-side keeps the whole object in an annotation of at most this size. */
const CLIENT_SIDE_BYTES = 250_000
const LARGE_BYTES = 500_000

function sizeFindings(model: ResourceModel, { size, entries }: FidelityReport): readonly Finding[] {
  const where = definitionPlace(model.definition, '/spec/resource')
  const fattest = size.fattest.map(({ field, bytes }) => `${field} (${Math.round(bytes / 1024)} KiB)`).join(', ')
  const kib = Math.round(size.bytes / 1024)
  const cut = entries.filter(({ rule }) => rule === 'size').length
  const found: Finding[] = []
  if (size.bytes > LARGE_BYTES) found.push(finding('CRD0400', { kind: model.names.kind, kib, fattest }, { where }))
  else if (size.bytes > CLIENT_SIDE_BYTES) found.push(finding('CRD0401', { kind: model.names.kind, kib, fattest }, { where }))
  if (cut > 0) found.push(finding('CRD0403', { kind: model.names.kind, cut, fattest }, { where }))
  return found
}

