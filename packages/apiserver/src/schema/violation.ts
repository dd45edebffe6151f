import { violationBody, type Violation } from '@oasgen/structural'
import type { FieldFault } from '../failure.js'

/** A verdict of `structural` as a fault of ours. */
export function faultOf(violation: Violation): FieldFault {
  return { path: violation.path, type: violation.type, message: violationBody(violation) }
}
