import { renderCrds, type FidelityReport } from '@oasgen/crd'
import { finding, hasErrors, type Finding, type Position } from '@oasgen/diagnostics'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { buildModel, linkOptions } from '@oasgen/model'
import { applyOverlays, linkDocument, readDocument, readOverlay, type SourceDocument } from '@oasgen/openapi'
import { planHash, printPlan, type Plan } from '@oasgen/plan'
import { compilePlan } from '@oasgen/planner'
import { readRestDefinition, wantedPrograms, withPrograms, type FetchedPrograms, type RestDefinition } from '@oasgen/restdefinition'
import { judgeCrd, printViolation } from '@oasgen/structural'
import { findDeprecations } from './deprecations.js'

/** Bytes with the name under which findings cite them. */
export interface SourceText {
  readonly uri: string
  readonly bytes: Uint8Array
}

export interface CompileJob {
  /** The RestDefinition object. */
  readonly definition: JsonObject
  /** Where the definition stands in a file; only in this thread, as functions do not cross to a worker. */
  readonly definitionSource?: { readonly uri: string; readonly positionOf: (pointer: string) => Position | undefined }
  readonly document: SourceText
  /** Overlays that the definition names by path, by that path. */
  readonly overlays: Readonly<Record<string, SourceText>>
  /** Documents that references lead to and programs that mappings name, by URI. */
  readonly others: Readonly<Record<string, SourceText>>
}

/** What a document and a definition give. Members are absent where findings say why. */
export interface Compiled {
  readonly documentDigest?: string
  readonly hasSecuritySchemes?: boolean
  readonly resourceCrd?: JsonObject
  readonly configurationCrd?: JsonObject
  readonly plan?: Plan
  readonly planText?: string
  readonly planHash?: string
  readonly fidelity?: FidelityReport
  readonly findings: readonly Finding[]
  /** Documents that are needed first; nothing else is present then. */
  readonly wanted?: readonly string[]
}

/** Documents by URI and the very bytes that were read, so that one parse serves all definitions that name it. */
export type ParsedDocuments = Map<string, { readonly bytes: Uint8Array; readonly source: SourceDocument }>

/** The whole compiler as one function of values: the provider's worker, `oasgen render` and the tests call this. */
export function compileDefinition(job: CompileJob, parsed: ParsedDocuments = new Map()): Compiled {
  const read = readRestDefinition(job.definition, job.definitionSource)
  if (read.value === undefined) return { findings: read.findings }
  const programs = wantedPrograms(read.value)
  const missing = programs.filter((uri) => job.others[uri] === undefined)
  if (missing.length > 0) return { findings: read.findings, wanted: missing }
  const definition = withPrograms(read.value, textsOf(job, programs))
  const source = readSource(job, definition.value ?? read.value, parsed)
  const findings = [...read.findings, ...definition.findings, ...source.findings]
  if (source.value === undefined || definition.value === undefined) return { findings }
  const others = readOthers(job, programs)
  const document = linkDocument(source.value, others.documents, linkOptions(definition.value))
  const model = buildModel(document, definition.value)
  // What is missing is known only after the model has asked for all that it needs.
  const wanted = document.missing.filter((uri) => job.others[uri] === undefined)
  if (wanted.length > 0) return { findings, wanted }
  findings.push(...others.findings, ...model.findings)
  const facts = { documentDigest: source.value.digest, hasSecuritySchemes: document.securitySchemes.size > 0 }
  if (model.value === undefined) return { ...facts, findings }
  const crds = renderCrds(model.value)
  const plan = compilePlan(model.value)
  findings.push(...crds.findings, ...plan.findings, ...findDeprecations(model.value))
  const refused = [crds.resource, crds.configuration].flatMap((crd) => (crd === undefined ? [] : judge(crd)))
  if (refused.length > 0) return { ...facts, findings: [...findings, ...refused] }
  return { ...facts, findings, resourceCrd: crds.resource, fidelity: crds.fidelity, ...(crds.configuration && { configurationCrd: crds.configuration }), ...printedPlan(plan.value, findings) }
}

/** What the API server would say, said before it is asked. */
function judge(crd: JsonObject): readonly Finding[] {
  const name = textOf(isObject(crd.metadata) ? crd.metadata.name : undefined)
  return judgeCrd(crd).map((violation) => finding('CRD0001', { name, violation: printViolation(violation) }))
}

function printedPlan(plan: Plan | undefined, findings: Finding[]): Partial<Compiled> {
  if (plan === undefined) return {}
  const text = printPlan(plan)
  findings.push(...text.findings)
  return hasErrors(text.findings) ? {} : { plan, planText: text.text, planHash: planHash(plan) }
}

interface ReadSource {
  readonly value: SourceDocument | undefined
  readonly findings: readonly Finding[]
}

function readSource(job: CompileJob, definition: RestDefinition, parsed: ParsedDocuments): ReadSource {
  const source = readOnce(job.document, parsed)
  if (source.value === undefined || definition.document.overlays.length === 0) return source
  const overlays = definition.document.overlays.map((overlay) =>
    overlay.type === 'inline' ? readOverlay(overlay.overlay, { uri: `restdefinition:${definition.metadata.namespace}/${definition.metadata.name}${overlay.at}` }) : readNamedOverlay(job, overlay.path))
  const findings = [...source.findings, ...overlays.flatMap((overlay) => overlay.findings)]
  if (hasErrors(findings)) return { value: undefined, findings }
  const applied = applyOverlays(source.value, overlays.flatMap((overlay) => (overlay.value === undefined ? [] : [overlay.value])))
  return { value: applied.value, findings: [...findings, ...applied.findings] }
}

function readNamedOverlay(job: CompileJob, path: string): ReturnType<typeof readOverlay> {
  const text = job.overlays[path]
  return text === undefined ? { value: undefined, findings: [] } : readOverlay(text.bytes, { uri: text.uri })
}

function readOnce(text: SourceText, parsed: ParsedDocuments): ReadSource {
  const known = parsed.get(text.uri)
  if (known !== undefined && known.bytes === text.bytes) return { value: known.source, findings: [] }
  const read = readDocument(text.bytes, { uri: text.uri })
  if (read.value !== undefined && read.findings.length === 0) parsed.set(text.uri, { bytes: text.bytes, source: read.value })
  return read
}

function textsOf(job: CompileJob, uris: readonly string[]): FetchedPrograms {
  return Object.fromEntries(uris.map((uri) => [uri, { text: new TextDecoder().decode(job.others[uri]?.bytes) }]))
}

function readOthers(job: CompileJob, programs: readonly string[]): { readonly documents: ReadonlyMap<string, SourceDocument>; readonly findings: readonly Finding[] } {
  const read = Object.entries(job.others).filter(([uri]) => !programs.includes(uri)).map(([, text]) => ({ uri: text.uri, ...readDocument(text.bytes, { uri: text.uri, role: 'fragment' }) }))
  return {
    documents: new Map(read.flatMap(({ uri, value }) => (value === undefined ? [] : [[uri, value] as const]))),
    findings: read.flatMap(({ findings }) => findings),
  }
}
