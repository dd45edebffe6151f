import type { DocumentPlace } from '@oasgen/diagnostics'
import { fromPointer, getPath } from '@oasgen/fieldpath'
import { isObject } from '@oasgen/json'
import type { Document, Operation, Parameter, Schema } from '@oasgen/openapi'
import type { CallDescription } from '@oasgen/restdefinition'
import { plainSchema } from '../schema/derived.js'

export interface ParameterModel {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required: boolean
  /** Whether the document itself says so: a path parameter is needed for every request, but not everywhere declared as required. */
  readonly declaredRequired: boolean
  readonly style: 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject'
  readonly explode: boolean
  readonly allowReserved: boolean
  readonly content?: string
  readonly schema: Schema
  readonly description?: string
  readonly deprecated: boolean
  /** Where its value lives in the resource by default: `spec.owner`; absent = not in the spec. */
  readonly field?: string
  /** What fills it instead, where that is decided by the definition. */
  readonly filledBy: 'resource' | 'mapping' | 'configuration' | 'constant' | 'pagination' | 'nothing'
  readonly place: DocumentPlace
}

/** Parameters of path item and operation, less those that `transport` fills. */
export function buildParameters(document: Document, operation: Operation, call: CallDescription): readonly ParameterModel[] {
  return operation.parameters.filter((parameter) => !isAuthorization(parameter)).map((parameter) =>
    ({ ...buildParameter(parameter, call), declaredRequired: isDeclaredRequired(document, parameter) }),
  )
}

/** Headers about authorization belong to the credentials; the reference leaves out whatever has the word in its name. */
export function isAuthorization(parameter: { readonly in: string; readonly name: string }): boolean {
  return parameter.in === 'header' && parameter.name.toLowerCase().includes('authorization')
}

function isDeclaredRequired({ source }: Document, parameter: Parameter): boolean {
  if (parameter.in !== 'path' || parameter.place.uri !== source.uri) return parameter.required
  const written = getPath(source.root, fromPointer(parameter.pointer, source.root) ?? [])
  return isObject(written) && written['required'] === true
}

function buildParameter(parameter: Parameter, call: CallDescription): Omit<ParameterModel, 'declaredRequired'> {
  return {
    name: parameter.name,
    in: parameter.in,
    required: parameter.required,
    style: parameter.style,
    explode: parameter.explode,
    allowReserved: parameter.allowReserved,
    ...(parameter.content && { content: parameter.content.mediaType }),
    schema: parameter.schema ?? parameter.content?.schema ?? plainSchema(parameter.place, 'string'),
    ...(parameter.description !== undefined && { description: parameter.description }),
    deprecated: parameter.deprecated,
    filledBy: filledBy(parameter, call),
    place: parameter.place,
  }
}

function filledBy({ name, in: place }: Parameter, call: CallDescription): ParameterModel['filledBy'] {
  if (isConstant(call, place, name)) return 'constant'
  const mapped = call.fieldMapping.some((mapping) =>
    mapping.direction === 'request' && mapping.to.in === place && sameName(place, mapping.to.path, name),
  )
  if (mapped) return 'mapping'
  return isPaging(call, place, name) ? 'pagination' : 'resource'
}

function isConstant(call: CallDescription, place: string, name: string): boolean {
  if (place === 'header') return call.headers.some((header) => sameName(place, header.name, name))
  return place === 'query' && call.queries.some((query) => query.name === name)
}

function sameName(place: string, a: string, b: string): boolean {
  return place === 'header' ? a.toLowerCase() === b.toLowerCase() : a === b
}

function isPaging({ pagination }: CallDescription, place: string, name: string): boolean {
  if (pagination === undefined) return false
  const size = pagination.pageSize
  if (size !== undefined && size.in === place && size.name === name) return true
  const request = 'request' in pagination ? pagination.request : undefined
  return request !== undefined && request.tokenIn === place && sameName(place, request.tokenPath, name)
}
