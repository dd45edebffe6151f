import { applyDefaults, buildValidator, prune, readSchema, type ObjectValidator, type StructuralSchema } from '@oasgen/structural'
import { isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { structuralMerge } from '../apply/structural-merge.js'
import { faultOf } from './violation.js'
import { SCALAR } from '../apply/merge-type.js'
import { METADATA } from './builtin.js'
import type { ObjectSchema } from './types.js'

/** The only place that calls the validation of custom resources. */
export function customSchema(version: JsonObject): ObjectSchema {
  const source = member(child(version, 'schema'), 'openAPIV3Schema') ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const schema = readSchema(source).value ?? {}
  let validator: ObjectValidator | undefined
  const validating = (): ObjectValidator => (validator ??= buildValidator(schema))
  return {
    admit: (object) => admit(schema, object),
    empty: (head) => head,
    present: (object) => applyDefaults(schema, prune(schema, object).value),
    validate: (object, old, { status }) =>
      validating().validate(object, { ...(old && { old }), part: status ? 'status' : 'resource' }).map(faultOf),
    merge: structuralMerge(schema, { apiVersion: SCALAR, kind: SCALAR, metadata: METADATA }),
    openapi: () => ({ schema: publish(source), components: {} }),
    strategic: false,
  }
}

function admit(schema: StructuralSchema, object: JsonObject): ReturnType<ObjectSchema['admit']> {
  const pruned = prune(schema, object)
  return { object: applyDefaults(schema, pruned.value), unknown: pruned.removed }
}

function child(object: JsonObject, name: string): JsonObject {
  const value = member(object, name)
  return isObject(value) ? value : {}
}

/** The schema as clients may read it: what OpenAPI v3 cannot say stays as extensions. */
function publish(schema: JsonValue): JsonObject {
  return isObject(schema) ? schema : { type: 'object' }
}
