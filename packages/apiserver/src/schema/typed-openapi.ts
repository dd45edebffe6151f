import type { JsonObject } from '@oasgen/json'
import { META_REF, ref } from '../discovery/meta-components.js'
import type { Field, FieldType, Scalar, StructType, TypeTable } from './type-table.js'

const OPEN: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

const SCALAR_SCHEMAS: Readonly<Record<Scalar, JsonObject>> = {
  string: { type: 'string' }, bool: { type: 'boolean' }, int32: { type: 'integer', format: 'int32' }, int64: { type: 'integer', format: 'int64' },
  float: { type: 'number', format: 'double' }, bytes: { type: 'string', format: 'byte' }, time: { $ref: ref(META_REF.time) },
  microtime: { type: 'string', format: 'date-time' }, duration: { type: 'string' },
  intstr: { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] }, any: OPEN, schema: OPEN,
}

/** The schemas of a type and of all that it is made of. */
export function componentsOf(table: TypeTable, type: StructType): Record<string, JsonObject> {
  const made: Record<string, JsonObject> = {}
  const visit = (one: StructType): void => {
    const name = componentName(one.name)
    if (made[name] !== undefined) return
    made[name] = structSchema(one)
    for (const field of one.fields) for (const used of structsIn(field.type)) visit(table.get(used))
  }
  for (const field of type.fields) for (const used of structsIn(field.type)) if (used !== 'meta.v1.ObjectMeta') visit(table.get(used))
  return made
}

export function structSchema(type: StructType): JsonObject {
  const required = type.fields.filter((field) => field.required).map((field) => field.name)
  return {
    type: 'object', properties: Object.fromEntries(type.fields.map((field) => [field.name, fieldSchema(field)])),
    ...(required.length > 0 && { required }), ...(type.atomic && { 'x-kubernetes-map-type': 'atomic' }),
  }
}

function structsIn(type: FieldType): readonly string[] {
  switch (type.kind) {
    case 'scalar': return []
    case 'struct': return [type.name]
    case 'list': return structsIn(type.element)
    case 'map': return structsIn(type.value)
  }
}

/** `core.v1.Pod` is published as `io.k8s.api.core.v1.Pod`. */
function componentName(name: string): string {
  return name.startsWith('meta.') ? `io.k8s.apimachinery.pkg.apis.${name}`
    : name.startsWith('apiextensions.') ? `io.k8s.apiextensions-apiserver.pkg.apis.${name}`
      : name.startsWith('apiregistration.') ? `io.k8s.kube-aggregator.pkg.apis.${name}` : `io.k8s.api.${name}`
}

function fieldSchema(field: Field): JsonObject {
  const schema = typeSchema(field.type)
  const strategy = [field.strategy?.merge ? 'merge' : '', field.strategy?.retainKeys ? 'retainKeys' : ''].filter(Boolean).join(',')
  return {
    ...schema,
    ...(field.list && { 'x-kubernetes-list-type': field.list }), ...(field.keys.length > 0 && { 'x-kubernetes-list-map-keys': field.keys }),
    ...(field.atomic && { 'x-kubernetes-map-type': 'atomic' }), ...(strategy !== '' && { 'x-kubernetes-patch-strategy': strategy }),
    ...(field.strategy?.key && { 'x-kubernetes-patch-merge-key': field.strategy.key }),
  }
}

function typeSchema(type: FieldType): JsonObject {
  switch (type.kind) {
    case 'scalar': return SCALAR_SCHEMAS[type.scalar]
    case 'struct': return { allOf: [{ $ref: ref(componentName(type.name)) }] }
    case 'list': return { type: 'array', items: typeSchema(type.element) }
    case 'map': return { type: 'object', additionalProperties: typeSchema(type.value) }
  }
}
