import type { JsonObject } from '@oasgen/json'

/** Why a request is refused, as a value: the content of a Kubernetes Status. */
export class Failure {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly details: FailureDetails | undefined
  readonly metadata: JsonObject
  /** What was to be said had the request succeeded, and is to be said all the same. */
  readonly warnings: readonly string[]
  constructor(code: number, reason: string, message: string, details?: FailureDetails, metadata: JsonObject = {}, warnings: readonly string[] = []) {
    this.code = code
    this.reason = reason
    this.message = message
    this.details = details
    this.metadata = metadata
    this.warnings = warnings
  }

  warned(warnings: readonly string[]): Failure {
    return warnings.length === 0 ? this : new Failure(this.code, this.reason, this.message, this.details, this.metadata, [...warnings, ...this.warnings])
  }
}

export interface FailureDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly Cause[]
  readonly retryAfterSeconds?: number
}

export interface Cause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** What messages call a kind: `deployments.apps` in most, `Deployment.apps` in verdicts of validation. */
export interface Named {
  readonly group: string
  readonly resource: string
  readonly kind: string
}

/** One fault of a field, as `field.Error` of Kubernetes: `message` is its text without the field's name. */
export interface FieldFault {
  readonly path: string
  readonly type: FaultType
  readonly message: string
}
export type FaultType =
  | 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueNotSupported' | 'FieldValueDuplicate'
  | 'FieldValueTooLong' | 'FieldValueTooMany' | 'FieldValueTypeInvalid' | 'FieldValueNotFound' | 'InternalError'

export function statusOf(failure: Failure): JsonObject {
  return {
    kind: 'Status', apiVersion: 'v1', metadata: failure.metadata, status: 'Failure', message: failure.message,
    ...(failure.reason && { reason: failure.reason }),
    ...(failure.details && { details: failure.details as unknown as JsonObject }),
    code: failure.code,
  }
}

export function groupResource(group: string, resource: string): string {
  return group === '' ? resource : `${resource}.${group}`
}

function detailsOf(type: Named, name: string): FailureDetails {
  return { ...(name && { name }), ...(type.group && { group: type.group }), kind: type.resource }
}

const qualified = (type: Named): string => groupResource(type.group, type.resource)

export const notFound = (type: Named, name: string): Failure =>
  new Failure(404, 'NotFound', `${qualified(type)} "${name}" not found`, detailsOf(type, name))

export const alreadyExists = (type: Named, name: string): Failure =>
  new Failure(409, 'AlreadyExists', `${qualified(type)} "${name}" already exists`, detailsOf(type, name))

export const conflict = (type: Named, name: string, why: string): Failure =>
  new Failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`, detailsOf(type, name))

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again'

export const forbidden = (type: Named, name: string, why: string, causes?: readonly Cause[]): Failure =>
  new Failure(403, 'Forbidden', `${qualified(type)}${name && ` "${name}"`} is forbidden: ${why}`, { ...detailsOf(type, name), ...(causes && { causes }) })

export const badRequest = (message: string): Failure => new Failure(400, 'BadRequest', message)

export const internalError = (message: string): Failure =>
  new Failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

export const methodNotSupported = (type: Named, verb: string): Failure =>
  new Failure(405, 'MethodNotAllowed', `${verb} is not supported on resources of kind "${qualified(type)}"`, detailsOf(type, ''))

export const methodNotAllowed = (): Failure =>
  new Failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export const unknownResource = (): Failure =>
  new Failure(404, 'NotFound', 'the server could not find the requested resource', {})

export const unsupportedMediaType = (accepted: readonly string[]): Failure =>
  new Failure(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`)

export const notAcceptable = (accepted: readonly string[]): Failure =>
  new Failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)

export const tooLarge = (limit: number): Failure =>
  new Failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)

export const expired = (message: string): Failure => new Failure(410, 'Expired', message)

/** What the router of built-in kinds says before any handler is asked. */
export const unroutedMediaType = (): Failure => new Failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
export const unroutedAccept = (accepted: readonly string[]): Failure =>
  new Failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${accepted.join(', ')}`, {})

export const unauthorized = (): Failure => new Failure(401, 'Unauthorized', 'Unauthorized')

export const tooManyRequests = (message: string, retryAfterSeconds: number): Failure =>
  new Failure(429, 'TooManyRequests', message, { retryAfterSeconds })

export function revisionTooLarge(asked: number, current: number): Failure {
  return new Failure(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1,
  })
}

/** 422 with every fault as a cause; equal messages are told once, as the API server does. */
export function invalid(type: Named, name: string, faults: readonly FieldFault[]): Failure {
  const causes = faults.map((fault) => ({ reason: fault.type, message: fault.message, field: fault.path }))
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  return new Failure(422, 'Invalid', `${kind} "${name}" is invalid: ${aggregate(faults)}`, {
    ...(name && { name }), ...(type.group && { group: type.group }), ...(type.kind && { kind: type.kind }), causes,
  })
}

export function aggregate(faults: readonly FieldFault[]): string {
  const texts = [...new Set(faults.map(faultText))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

export const faultText = (fault: FieldFault): string => `${fault.path}: ${fault.message}`

export const required = (path: string, detail = ''): FieldFault =>
  ({ path, type: 'FieldValueRequired', message: `Required value${detail && `: ${detail}`}` })
export const invalidValue = (path: string, value: unknown, detail: string): FieldFault =>
  ({ path, type: 'FieldValueInvalid', message: `Invalid value: ${printed(value)}${detail && `: ${detail}`}` })
export const forbiddenField = (path: string, detail: string): FieldFault =>
  ({ path, type: 'FieldValueForbidden', message: `Forbidden: ${detail}` })
export const duplicate = (path: string, value: unknown): FieldFault =>
  ({ path, type: 'FieldValueDuplicate', message: `Duplicate value: ${printed(value)}` })
export const notSupported = (path: string, value: unknown, supported: readonly string[]): FieldFault => ({
  path, type: 'FieldValueNotSupported',
  message: `Unsupported value: ${printed(value)}: supported values: ${supported.map((text) => JSON.stringify(text)).join(', ')}`,
})
export const notFoundField = (path: string, value: unknown): FieldFault =>
  ({ path, type: 'FieldValueNotFound', message: `Not found: ${printed(value)}` })
export const tooLong = (path: string, limit: number): FieldFault =>
  ({ path, type: 'FieldValueTooLong', message: `Too long: may not be more than ${limit} bytes` })

function printed(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value)
}
