import { judgeCrd } from '@oasgen/structural'
import type { JsonObject } from '@oasgen/json'
import type { FieldFault } from '../failure.js'
import { faultOf } from './violation.js'

/** What the API server says of a CRD that is created or changed. */
export function crdFaults(crd: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  return judgeCrd(crd, old === undefined ? {} : { old }).map(faultOf).filter((fault) => !fault.path.startsWith('metadata.'))
}
