import { isObject, type JsonObject } from '@oasgen/json'
import type { LinkContext, Located } from './link-context.js'
import type { Schema } from './normal-form.js'
import { schemaAt } from './schema.js'

/** Members of a 2.0 parameter that are not about its value. */
const ABOUT_THE_PARAMETER = new Set(['name', 'in', 'required', 'allowEmptyValue', 'collectionFormat', 'schema'])

/** 2.0 writes the keywords of the schema into the parameter itself. */
export function parameterSchema(context: LinkContext, located: Located<JsonObject>): Schema {
  // Documents that were converted by hand have a schema there although 2.0 knows none.
  const { schema } = located.value
  if (isObject(schema)) return schemaAt(context, { source: located.source, pointer: `${located.pointer}/schema`, value: schema })
  const value = Object.fromEntries(Object.entries(located.value).filter(([name]) => !ABOUT_THE_PARAMETER.has(name)))
  return schemaAt(context, { source: located.source, pointer: located.pointer, value })
}
