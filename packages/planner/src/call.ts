import type { CallModel, VerbModel } from '@oasgen/model'
import type { Operation } from '@oasgen/openapi'
import type { CallPlan, ConstantPlan } from '@oasgen/plan'
import type { CallDescription, FieldMapping, VerbAction } from '@oasgen/restdefinition'
import type { HttpMethod } from '@oasgen/wire'
import { requirementOf } from './auth.js'
import { compileBody } from './body.js'
import { compileParameters, type ParameterInput } from './parameters.js'
import { compileTemplate } from './path-template.js'
import type { Planning } from './planning.js'
import { acceptOf, compileResponse, successCodes } from './response.js'

/** One call of a verb, with everything that fills it and everything that its answer means. */
export function compileCall(planning: Planning, call: CallModel, action: VerbAction, ownHeader?: string): CallPlan {
  const { description, operation } = call
  const body = compileBody(planning, call, action)
  const input = { action, mappings: description.fieldMapping, ...(ownHeader !== undefined && { ownHeader }) }
  return {
    ...callPlan(planning, operation, { parameters: call.parameters, input, description }),
    ...(body !== undefined && { body }),
    response: compileResponse(planning, call, action),
  }
}

type Side = NonNullable<VerbModel['proof']>

/** A GET beside the verb itself: the poll of an operation, the proof of an absence. */
export function compileSide(planning: Planning, side: Side, input: ParameterInput & { readonly description: CallDescription }): CallPlan {
  const { operation, parameters } = side
  const response = { successCodes: successCodes(operation) }
  return { ...callPlan(planning, operation, { parameters, input, description: input.description }), response }
}

interface Inputs {
  readonly parameters: CallModel['parameters']
  readonly input: ParameterInput
  readonly description: CallDescription
}

type Request = Omit<CallPlan, 'body' | 'response'>

function callPlan(planning: Planning, operation: Operation, { parameters, input, description }: Inputs): Request {
  const { pieces, queries } = compileTemplate(operation.path)
  const constants = [...queries.filter(({ name }) => !description.queries.some((query) => query.name === name)), ...description.queries]
  const accept = acceptOf(operation)
  const auth = requirementOf(planning.model, operation)
  return {
    method: operation.method.toUpperCase() as HttpMethod,
    server: planning.servers.indexOf(operation),
    path: pieces,
    parameters: compileParameters(planning, parameters, input),
    ...constantsMember('headers', description.headers),
    ...constantsMember('queries', constants),
    ...(accept !== undefined && { accept }),
    ...(auth !== undefined && { auth }),
  }
}

function constantsMember(name: 'headers' | 'queries', constants: readonly ConstantPlan[]): Partial<CallPlan> {
  return constants.length === 0 ? {} : { [name]: constants.map(({ name: key, value }) => ({ name: key, value })) }
}

/** Mappings that speak of parameters, for calls beside the verb's own. */
export function parameterMappings(mappings: readonly FieldMapping[]): readonly FieldMapping[] {
  return mappings.filter((mapping) => mapping.direction === 'request' && mapping.to.in !== 'body')
}
