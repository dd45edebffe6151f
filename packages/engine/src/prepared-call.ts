import type { FieldPath } from '@oasgen/fieldpath'
import type { BodyFieldPlan, BodyPlan, CallPlan, ParameterPlan, ResponseMappingPlan, ResponsePlan } from '@oasgen/plan'
import type { Compiler, Program } from './programs.js'
import { pathOf, readerOf, type Reader } from './reader.js'
import { prepareSources, type SourceReader } from './source.js'

/** A call of the Plan with its paths parsed and its programs compiled. */
export interface PreparedCall {
  readonly plan: CallPlan
  readonly parameters: readonly PreparedParameter[]
  readonly body: PreparedBody | undefined
  readonly response: PreparedResponse
}

export interface PreparedParameter {
  readonly plan: ParameterPlan
  readonly read: SourceReader
}

export interface PreparedBody {
  readonly plan: BodyPlan
  /** Shallower places first, so that deeper ones are written into them and keep their siblings. */
  readonly fields: readonly PreparedField[]
  readonly value: SourceReader | undefined
  readonly transform: Program | undefined
  readonly place: FieldPath | undefined
}

export interface PreparedField {
  readonly plan: BodyFieldPlan
  readonly path: FieldPath
  /** Where the observed object has the same field. */
  readonly observed: Reader
  readonly read: SourceReader
}

export interface PreparedResponse {
  readonly plan: ResponsePlan
  readonly transform: Program | undefined
  readonly item: Reader | undefined
  readonly items: Reader | undefined
  readonly mappings: readonly PreparedMapping[]
  readonly notFoundBody: Program | undefined
  readonly absentWhen: Program | undefined
  readonly errorWhen: Program | undefined
}

export interface PreparedMapping {
  readonly plan: ResponseMappingPlan
  readonly read: Reader
  readonly to: 'spec' | 'status'
  readonly path: FieldPath
  readonly jq: Program | undefined
}

export function prepareCall(plan: CallPlan, programs: Compiler): PreparedCall {
  return {
    plan,
    parameters: plan.parameters.map((parameter) => ({ plan: parameter, read: prepareSources(parameter.sources, programs) })),
    body: plan.body && prepareBody(plan.body, programs),
    response: prepareResponse(plan.response, programs),
  }
}

function prepareBody(plan: BodyPlan, programs: Compiler): PreparedBody {
  const fields = plan.fields.map((field) => prepareField(field, programs))
  return {
    plan,
    fields: fields.toSorted((a, b) => a.path.length - b.path.length),
    value: plan.value && prepareSources(plan.value, programs),
    transform: plan.transform === undefined ? undefined : programs.jq(plan.transform),
    place: plan.path === undefined ? undefined : pathOf(plan.path),
  }
}

function prepareField(plan: BodyFieldPlan, programs: Compiler): PreparedField {
  return { plan, path: pathOf(plan.path), observed: readerOf(plan.path), read: prepareSources(plan.sources, programs) }
}

export function prepareResponse(plan: ResponsePlan, programs: Compiler): PreparedResponse {
  const jq = (source: string | undefined): Program | undefined => (source === undefined ? undefined : programs.jq(source))
  const cel = (source: string | undefined): Program | undefined => (source === undefined ? undefined : programs.cel(source))
  return {
    plan,
    transform: jq(plan.transform),
    item: plan.itemPath === undefined ? undefined : readerOf(plan.itemPath),
    items: plan.itemsPath === undefined ? undefined : readerOf(plan.itemsPath),
    mappings: (plan.mappings ?? []).map((mapping) => prepareMapping(mapping, jq)),
    notFoundBody: jq(plan.notFoundBody),
    absentWhen: cel(plan.absentWhen),
    errorWhen: cel(plan.errorWhen),
  }
}

function prepareMapping(plan: ResponseMappingPlan, jq: (source: string | undefined) => Program | undefined): PreparedMapping {
  const [root, ...path] = pathOf(plan.to)
  const to = root !== undefined && 'key' in root && root.key === 'status' ? 'status' : 'spec'
  const read = plan.from.in === 'body' ? readerOf(plan.from.path) : () => undefined
  return { plan, read, to, path, jq: jq(plan.jq) }
}
