import type { Finding } from '@oasgen/diagnostics'
import { type Document, findOperation, type Operation } from '@oasgen/openapi'
import { type CallDescription, definitionPlace, type RestDefinition, type StepDescription, type VerbAction, type VerbDescription } from '@oasgen/restdefinition'
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
  readonly document: Document
  readonly definition: RestDefinition
  readonly findings: Finding[]
}

/** Verbs whose operations exist; what the document lacks is said and left out. */
export function buildVerbs(document: Document, definition: RestDefinition, findings: Finding[]): VerbModels {
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
  if (
    body?.form !== 'object' ||
    call === undefined ||
    call.description.method === 'GET' ||
    call.description.method === 'DELETE' ||
    !saysNothing(call.body)
  ) return {}
  const own = call.body
  const merged: BodyModel = {
    ...body,
    ...(own && { contentType: own.contentType, encoding: own.encoding, media: own.media, place: own.place }),
    borrowed: true,
  }
  return { update: { ...(update as VerbModel), call: { ...call, body: merged } } }
}

function saysNothing(body: BodyModel | undefined): boolean {
  return body === undefined || (
    body.form === 'object' &&
    propertiesOf(body.object).size === 0 &&
    body.object.additionalProperties === undefined
  )
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
  const main = verb.path === undefined ? undefined : locate(context, verb.path, verb.method ?? 'GET', `${verb.at}/path`)
  const steps = verb.steps.map((step) => ({ step, operation: locate(context, step.path ?? '', step.method ?? 'GET', `${step.at}/path`) }))
  if ((verb.path !== undefined && main === undefined) || steps.some(({ operation }) => operation === undefined)) return undefined
  const known = steps.flatMap(({ step, operation }) => (operation === undefined ? [] : [{ step, operation }]))
  return { ...(main && { main }), steps: known }
}

function locate({ document, definition, findings }: Context, path: string, method: string, pointer: string): Operation | undefined {
  const { value, findings: more } = findOperation(document, path, method, { where: definitionPlace(definition, pointer), pointer })
  findings.push(...more)
  return value
}

function sentFields(verb: VerbDescription, operations: Operations | undefined): readonly string[] {
  if (operations === undefined || (verb.action !== 'create' && verb.action !== 'update')) return []
  const calls = [
    ...(operations.main ? [{ operation: operations.main, call: verb as CallDescription }] : []),
    ...operations.steps.map(({ step, operation }) => ({ operation, call: step as CallDescription })),
  ]
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

function buildCall(
  context: Context,
  operation: Operation,
  call: CallDescription & { readonly action?: VerbAction },
  hints: ObjectHints,
): CallModel {
  const body = buildBody(operation, call)
  const response = buildResponse(operation, call, hints)
  const poll = call.async?.poll && findSide(context, call.async.poll.path, call.async.poll.at, call)
  return {
    description: call,
    operation,
    parameters: buildParameters(context.document, operation, call),
    ...(body && { body }),
    ...(response && { response }),
    ...(poll && { poll }),
  }
}

/** A GET operation beside the call itself: poll, proof of absence. */
function findSide(context: Context, path: string, pointer: string, call: CallDescription): VerbModel['proof'] {
  const operation = locate(context, path, 'GET', `${pointer}/path`)
  return operation && { operation, parameters: buildParameters(context.document, operation, { ...call, headers: [], queries: [] }) }
}
