import { isObject, withMember, type JsonObject } from '@oasgen/json'
import { SCALAR, UNTYPED } from '../apply/merge-type.js'
import type { TypeRules } from '../registry/types.js'
import { readCrdSchemas } from './crd.js'
import { builtinTable, tableName } from './type-table.js'
import { TypedMerger } from './typed-merge.js'
import { componentsOf, structSchema } from './typed-openapi.js'
import { asStored, readTyped } from './typed-value.js'
import type { Admitted, ObjectSchema } from './types.js'

const HEAD = { apiVersion: SCALAR, kind: SCALAR }

/** The schema of a built-in kind, from the table of types. */
export function builtinSchema(group: string, version: string, kind: string, rules: TypeRules): ObjectSchema {
  const name = tableName(group, version, kind)
  const type = builtinTable.find(name)
  if (!type) return openSchema(rules)
  return {
    admit: (object) => {
      const { apiVersion = '', kind: own = '', metadata = {} } = object
      const read = readTyped(builtinTable, type, object, { kind: own, apiVersion, metadata })
      const schemas = kind === 'CustomResourceDefinition' ? readCrdSchemas(read.object) : { crd: read.object, unknown: [] }
      const typed = withTemplates(schemas.crd)
      return { object: rules.defaults && read.problem === undefined ? rules.defaults(typed) : typed, unknown: [...schemas.unknown, ...read.unknown], ...(read.problem !== undefined && { problem: read.problem }) }
    },
    empty: (head) => readTyped(builtinTable, type, head, head).object,
    // Definitions of kinds are stored as JSON.
    store: (object) => (group === 'apiextensions.k8s.io' ? object : asStored(builtinTable, type, object)),
    present: (object) => object,
    validate: () => [],
    get merge() {
      return MERGER.struct(name, HEAD)
    },
    openapi: () => ({ schema: structSchema(type), components: componentsOf(builtinTable, type) }),
    strategic: true,
  }
}

export const MERGER = new TypedMerger(builtinTable)

/** How metadata merges, whatever the kind. */
export const METADATA = MERGER.struct('meta.v1.ObjectMeta')

/** Inside pod templates Go's zero metadata is an empty object, not an absent one. */
function withTemplates(object: JsonObject): JsonObject {
  const spec = object.spec
  if (!isObject(spec) || !isObject(spec.template) || isObject(spec.template.metadata)) return object
  return { ...object, spec: { ...spec, template: withMember(spec.template, 'metadata', {}) } }
}

function openSchema(rules: TypeRules): ObjectSchema {
  const admit = (object: JsonObject): Admitted => ({ object: rules.defaults ? rules.defaults(object) : object, unknown: [] })
  return {
    admit, empty: (head) => head, store: (object) => object, present: (object) => object, validate: () => [], merge: UNTYPED, strategic: true,
    openapi: () => ({ schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, components: {} }),
  }
}

