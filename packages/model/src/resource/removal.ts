import type { Schema } from '@oasgen/openapi'
import { withParts } from '../schema/derived.js'
import { propertiesOf } from '../schema/look.js'

/** The schema without the property at these names, wherever its parts declare it; undefined when there is none. */
export function withoutProperty(schema: Schema, names: readonly string[]): Schema | undefined {
  const [name, ...rest] = names
  const known = name === undefined ? undefined : propertiesOf(schema).get(name)
  if (name === undefined || known === undefined) return undefined
  if (rest.length > 0 && withoutProperty(known.schema, rest) === undefined) return undefined
  return cut(schema, name, rest, new Map())
}

/** `done` keeps a cyclic schema cyclic and the work finite. */
function cut(schema: Schema, name: string, rest: readonly string[], done: Map<Schema, Schema>): Schema {
  const known = done.get(schema)
  if (known !== undefined) return known
  if (!propertiesOf(schema).has(name)) return schema
  done.set(schema, schema)
  const properties = new Map(schema.properties)
  const own = properties.get(name)
  if (own !== undefined && rest.length > 0) properties.set(name, withoutProperty(own, rest) ?? own)
  else properties.delete(name)
  const parts = (list: readonly Schema[]): readonly Schema[] => list.map((part) => cut(part, name, rest, done))
  return withParts(schema, {
    properties,
    required: rest.length > 0 ? schema.required : schema.required.filter((each) => each !== name),
    allOf: parts(schema.allOf),
    oneOf: parts(schema.oneOf),
    anyOf: parts(schema.anyOf),
  })
}
