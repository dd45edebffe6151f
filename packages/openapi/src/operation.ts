import type { Checked, Finding } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import { readContent } from './content.js'
import { extensionsOf, readKeywords } from './keywords.js'
import { memberOf, placeOf, type LinkContext, type Located, type Report } from './link-context.js'
import type { Operation, RequestBody } from './normal-form.js'
import { declaredParameters, fitToPath, readParameters } from './parameter.js'
import { objectMember } from './referred-object.js'
import { readResponses } from './response.js'
import { readSecurity } from './security.js'
import { readServers } from './server.js'
import { readSwaggerBody, type SwaggerOperation } from './swagger-body.js'

/** An operation object in its place, before it is read. */
export interface LocatedOperation {
  readonly path: string
  readonly method: string
  readonly pathItem: Located<JsonObject>
  readonly located: Located<JsonObject>
}

/** Reads everything of an operation but its schemas, which are read when they are touched. */
export function readOperation(context: LinkContext, { path, method, pathItem, located }: LocatedOperation): Checked<Operation> {
  const findings: Finding[] = []
  const report: Report = (problem) => findings.push(problem)
  const lists = { pathItem: memberOf(pathItem, 'parameters'), operation: memberOf(located, 'parameters') }
  const declared = declaredParameters(context, lists, report)
  const requestBody = readBody(context, { located, declared }, report)
  const value: Operation = {
    method,
    path,
    ...textsOf(located, report),
    pointer: located.pointer,
    parameters: fitToPath(context, readParameters(context, declared, report), { ...pathItem, template: path }, report),
    ...(requestBody !== undefined && { requestBody }),
    responses: readResponses(context, located, report),
    servers: readServers(context, [located, pathItem, { source: context.root, pointer: '', value: context.root.root }], report),
    security: readSecurity(context, located, report),
    extensions: extensionsOf(located.value),
    place: placeOf(located),
  }
  return { value, findings }
}

type OperationTexts = Pick<Operation, 'operationId' | 'summary' | 'description' | 'tags' | 'deprecated'>

function textsOf(located: Located<JsonObject>, report: Report): OperationTexts {
  const reader = readKeywords(located, report)
  const operationId = reader.text('operationId')
  const summary = reader.text('summary')
  const description = reader.text('description')
  return {
    ...(operationId !== undefined && { operationId }),
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    tags: reader.texts('tags') ?? [],
    deprecated: reader.flag('deprecated'),
  }
}

function readBody(context: LinkContext, operation: SwaggerOperation, report: Report): RequestBody | undefined {
  if (context.version === '2.0') return readSwaggerBody(context, operation, report)
  const body = objectMember(context, operation.located, 'requestBody', report)
  if (body === undefined) return undefined
  const reader = readKeywords(body, report)
  const description = reader.text('description')
  return {
    required: reader.flag('required'),
    ...(description !== undefined && { description }),
    content: readContent(context, body, report),
    extensions: extensionsOf(body.value),
    pointer: body.pointer,
    place: placeOf(body),
  }
}
