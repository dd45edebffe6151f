import { statusOf, type Failure } from '../failure.js'
import type { ObjectReply } from '../request.js'

/** A refusal as an answer. */
export function failureReply(failure: Failure, before: readonly string[] = []): ObjectReply {
  const warnings = [...before, ...failure.warnings]
  const retry = failure.details?.retryAfterSeconds
  return {
    type: 'object', status: failure.code, body: statusOf(failure), contentType: 'application/json',
    ...(retry !== undefined && { headers: { 'retry-after': String(retry) } }), ...(warnings.length > 0 && { warnings }),
  }
}
