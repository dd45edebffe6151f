import { trackUpdate } from '../apply/managers.js'
import { Failure, notFound } from '../failure.js'
import type { Tried } from '../request.js'
import { readObjectBody } from './body.js'
import { adviceOn, createObject, place, type Created } from './create.js'
import { decodeObject } from './decode.js'
import { withoutDuplicateOwners } from './metadata.js'
import { presentStored } from './present.js'
import { checkName, current, update, type WriteContext } from './write.js'

export interface Updated extends Created {
  readonly created: boolean
}

/** PUT. */
export function replace(context: WriteContext): Tried<Updated> {
  const { target, request } = context
  const body = readObjectBody(request, target.type.kind)
  if (body instanceof Failure) return body
  const decoded = decodeObject(target, { ...body, validation: context.options.fieldValidation, from: 'body' })
  if (decoded instanceof Failure) return decoded
  const owners = withoutDuplicateOwners(decoded.object)
  const placed = place(target, owners.object)
  if (placed instanceof Failure) return placed
  const renamed = checkName(target, placed)
  if (renamed) return renamed
  const warnings = [...decoded.warnings, ...owners.warnings]
  const stored = current(context)
  if (!stored) {
    if (!target.type.rules.createOnUpdate || target.subresource !== '') return notFound(target.type, target.name).warned(warnings)
    const made = createObject(context, placed, (object) => trackUpdate({ ...context, old: undefined, next: object }))
    return made instanceof Failure ? made.warned(warnings) : { ...made, warnings, created: true }
  }
  const old = presentStored(target, stored)
  const next = trackUpdate({ ...context, old, next: placed })
  const change = update({ context, stored, old, next })
  return change instanceof Failure ? change.warned(warnings) : { ...change, warnings: [...warnings, ...adviceOn(target, change.object, old)], created: false }
}
