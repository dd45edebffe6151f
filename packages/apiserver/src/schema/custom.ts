import { applyDefaults, fillDefaults, buildValidator, prune, readSchema, type ObjectValidator, type StructuralSchema } from '@oasgen/structural'
import { isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { structuralMerge } from '../apply/structural-merge.js'
import { invalidValue, type FieldFault } from '../failure.js'
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
  // Stored objects never change, so how one looks through this schema is worked out once.
  const shownBefore = new WeakMap<JsonObject, JsonObject>()
  const present = (object: JsonObject): JsonObject => {
    const known = shownBefore.get(object)
    if (known) return known
    const made = applyDefaults(schema, prune(schema, object).value)
    shownBefore.set(object, made)
    return made
  }
  return {
    admit: (object, nulls) => admit(schema, object, nulls),
    empty: (head) => head,
    store: (object) => object,
    present,
    validate: (object, old, { status }) => [
      ...validating().validate(object, { ...(old && { old }), part: status ? 'status' : 'resource' }).map(faultOf),
      ...scaleFaults(version, object, status ? 'status' : 'spec'),
    ],
    merge: structuralMerge(schema, { apiVersion: SCALAR, kind: SCALAR, metadata: METADATA }),
    openapi: () => ({ schema: publish(source), components: {} }),
    strategic: false,
  }
}

/** Replica counts have to be counts. */
function scaleFaults(version: JsonObject, object: JsonObject, part: 'spec' | 'status'): readonly FieldFault[] {
  const scale = member(child(version, 'subresources'), 'scale')
  const path = isObject(scale) ? member(scale, part === 'spec' ? 'specReplicasPath' : 'statusReplicasPath') : undefined
  if (typeof path !== 'string') return []
  const value = textPath(object, path)
  if (value === undefined || value === null) return []
  if (typeof value !== 'number') return [invalidValue(path, 0, `${path} accessor error: ${shown(value)} is of the type ${goType(value)}, expected int64`)]
  if (value < 0) return [invalidValue(path, value, 'should be a non-negative integer')]
  return value > 2_147_483_647 ? [invalidValue(path, value, 'should be less than or equal to 2147483647')] : []
}

function textPath(object: JsonObject, path: string): JsonValue | undefined {
  return path.replace(/^\./, '').split('.').reduce<JsonValue | undefined>((found, name) => (isObject(found) ? member(found, name) : undefined), object)
}

const shown = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value))

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return '[]interface {}'
  return isObject(value) ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : 'string'
}

function admit(schema: StructuralSchema, object: JsonObject, nulls: 'drop' | 'keep' = 'drop'): ReturnType<ObjectSchema['admit']> {
  const pruned = prune(schema, object)
  return { object: (nulls === 'keep' ? fillDefaults : applyDefaults)(schema, pruned.value), unknown: pruned.removed }
}

function child(object: JsonObject, name: string): JsonObject {
  const value = member(object, name)
  return isObject(value) ? value : {}
}

/** The schema as clients may read it: what OpenAPI v3 cannot say stays as extensions. */
function publish(schema: JsonValue): JsonObject {
  return isObject(schema) ? schema : { type: 'object' }
}
