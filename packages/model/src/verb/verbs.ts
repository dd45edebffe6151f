import { finding, type Finding } from '@oasgen/diagnostics'
import type { Operation } from '@oasgen/openapi'
import { type CallDescription, definitionPlace, nearestName, type RestDefinition, type StepDescription, type VerbAction, type VerbDescription } from '@oasgen/restdefinition'
import type { ModelDocument } from '../document.js'
import { pathNames } from '../schema/path-names.js'
import { propertiesOf } from '../schema/look.js'
import { type BodyModel, buildBody } from './body.js'
import type { ObjectHints } from './envelope.js'
import { buildParameters, type ParameterModel } from './parameters.js'
import { buildResponse, type ResponseModel } from './response.js'

/** One call as the document describes it. */
export interface CallModel {
  readonly description: CallDescription
  readonly operation: Operation
  readonly parameters: readonly ParameterModel[]
  readonly body?: BodyModel
  readonly response?: ResponseModel
  /** Operation that `async.poll` names. */
  readonly poll?: { readonly operation: Operation; readonly parameters: readonly ParameterModel[] }
}

export interface StepModel extends CallModel {
  readonly name: string
  readonly description: StepDescription
}

export interface VerbModel {
  readonly action: VerbAction
  readonly description: VerbDescription
  /** Absent where the verb consists of steps. */
  readonly call?: CallModel
  readonly steps: readonly StepModel[]
  /** Operation of `absenceProof`. */
  readonly proof?: { readonly operation: Operation; readonly parameters: readonly ParameterModel[] }
}

export type VerbModels = Readonly<Partial<Record<VerbAction, VerbModel>>>

interface Context {
  readonly document: ModelDocument
  readonly definition: RestDefinition
  readonly findings: Finding[]
}

/** Verbs whose operations exist; what the document lacks is said and left out. */
export function buildVerbs(document: ModelDocument, definition: RestDefinition, findings: Finding[]): VerbModels {
  const context: Context = { document, definition, findings }
  const verbs: Partial<Record<VerbAction, VerbModel>> = {}
  const found = firstOfEach(definition.resource.verbsDescription).map((verb) => ({ verb, operations: operationsOf(context, verb) }))
  const hints = buildHints(definition, found.flatMap(({ verb, operations }) => sentFields(verb, operations)))
  for (const { verb, operations } of found) {
    const model = operations && buildVerb(context, verb, operations, hints)
    if (model !== undefined) verbs[verb.action] = model
  }
  return { ...verbs, ...borrowedUpdate(verbs) }
}

/** An update that the document leaves without a schema takes the create's fields. */
function borrowedUpdate({ create, update }: VerbModels): VerbModels {
  const body = create?.call?.body
  const call = update?.call
  if (body?.form !== 'object' || call === undefined || call.description.method === 'GET' || call.description.method === 'DELETE' || !saysNothing(call.body)) return {}
  const own = call.body
  const merged: BodyModel = { ...body, ...(own && { contentType: own.contentType, encoding: own.encoding, media: own.media, place: own.place }), borrowed: true }
  return { update: { ...(update as VerbModel), call: { ...call, body: merged } } }
}

function saysNothing(body: BodyModel | undefined): boolean {
  return body === undefined || (body.form === 'object' && propertiesOf(body.object).size === 0 && body.object.additionalProperties === undefined)
}

function firstOfEach(verbs: readonly VerbDescription[]): readonly VerbDescription[] {
  return verbs.filter((verb, index) => verbs.findIndex(({ action }) => action === verb.action) === index)
}

interface Operations {
  readonly main?: Operation
  readonly steps: readonly { readonly step: StepDescription; readonly operation: Operation }[]
}

/** Undefined when the verb cannot be carried out: its operation, or one of its steps, is not in the document. */
function operationsOf(context: Context, verb: VerbDescription): Operations | undefined {
  const main = verb.path === undefined ? undefined : findOperation(context, verb, verb.action)
  const steps = verb.steps.map((step) => ({ step, operation: findOperation(context, step, verb.action) }))
  if ((verb.path !== undefined && main === undefined) || steps.some(({ operation }) => operation === undefined)) return undefined
  const known = steps.flatMap(({ step, operation }) => (operation === undefined ? [] : [{ step, operation }]))
  return { ...(main && { main }), steps: known }
}

function findOperation({ document, definition, findings }: Context, call: CallDescription, action: string): Operation | undefined {
  const [path = '', method = 'GET'] = [call.path, call.method]
  const place = definitionPlace(definition, `${call.at}/path`)
  if (!document.paths.has(path)) {
    const near = nearestPath(path, [...document.paths.keys()])
    findings.push(finding('MDL0201', { action, path }, { where: place, ...(near !== undefined && nearFix(near, call)) }))
    return undefined
  }
  if (!document.paths.get(path)?.includes(method.toLowerCase())) {
    const methods = document.paths.get(path)?.map((each) => each.toUpperCase()).join(', ') ?? ''
    findings.push(finding('MDL0202', { action, path, method, methods }, { where: definitionPlace(definition, `${call.at}/method`) }))
    return undefined
  }
  const { value, findings: more } = document.operation(path, method)
  findings.push(...more)
  return value
}

function nearFix(near: string, { at }: CallDescription): { readonly help: string; readonly fix: NonNullable<Finding['fix']> } {
  return {
    help: `did you mean ${near}?`,
    fix: { kind: 'definition', title: `use the path ${near}`, patch: [{ op: 'replace', path: `${at}/path`, value: near }] },
  }
}

/** A path that differs by the names of its parameters, a slash at the end or a few letters. */
export function nearestPath(path: string, paths: readonly string[]): string | undefined {
  const shape = shapeOf(path)
  return paths.find((candidate) => shapeOf(candidate) === shape) ?? nearestName(path, paths)
}

function shapeOf(path: string): string {
  return path.replace(/\{[^}]*\}/g, '{}').replace(/\/+$/, '').toLowerCase()
}

function sentFields(verb: VerbDescription, operations: Operations | undefined): readonly string[] {
  if (operations === undefined || (verb.action !== 'create' && verb.action !== 'update')) return []
  const calls = [...(operations.main ? [{ operation: operations.main, call: verb as CallDescription }] : []), ...operations.steps.map(({ step, operation }) => ({ operation, call: step as CallDescription }))]
  return calls.flatMap(({ operation, call }) => {
    const body = buildBody(operation, call)
    return body === undefined || body.form !== 'object' ? [] : [...propertiesOf(body.object).keys()]
  })
}

function buildHints({ resource }: RestDefinition, sent: readonly string[]): ObjectHints {
  const wanted = [...resource.identifiers, ...resource.additionalStatusFields].map(namesIn).filter((names) => names.length > 0)
  const kind = resource.kind.toLowerCase()
  return { sent: new Set(sent), wanted, names: [kind, `${kind}s`, `${kind}list`] }
}

function namesIn(path: string): readonly string[] {
  return pathNames(path) ?? []
}

function buildVerb(context: Context, verb: VerbDescription, { main, steps }: Operations, hints: ObjectHints): VerbModel {
  const proof = verb.absenceProof && findSide(context, verb.absenceProof.path, verb.absenceProof.at, verb)
  return {
    action: verb.action,
    description: verb,
    ...(main && { call: buildCall(context, main, verb, hints) }),
    steps: steps.map(({ step, operation }) => ({ ...buildCall(context, operation, step, hints), name: step.name, description: step })),
    ...(proof && { proof }),
  }
}

function buildCall(context: Context, operation: Operation, call: CallDescription & { readonly action?: VerbAction }, hints: ObjectHints): CallModel {
  const body = buildBody(operation, call)
  const response = buildResponse(operation, call, hints)
  const poll = call.async?.poll && findSide(context, call.async.poll.path, call.async.poll.at, call)
  return { description: call, operation, parameters: buildParameters(operation, call), ...(body && { body }), ...(response && { response }), ...(poll && { poll }) }
}

/** A GET operation beside the call itself: poll, proof of absence. */
function findSide(context: Context, path: string, at: string, call: CallDescription): VerbModel['proof'] {
  const { document, definition, findings } = context
  if (document.paths.get(path)?.includes('get') !== true) {
    const near = nearestPath(path, [...document.paths.keys()])
    findings.push(finding('MDL0203', { path }, { where: definitionPlace(definition, `${at}/path`), ...(near !== undefined && { help: `did you mean ${near}?` }) }))
    return undefined
  }
  const { value, findings: more } = document.operation(path, 'GET')
  findings.push(...more)
  return value && { operation: value, parameters: buildParameters(value, { ...call, headers: [], queries: [] }) }
}
