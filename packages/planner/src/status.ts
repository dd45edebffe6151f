import { ofKeys, printPath } from '@oasgen/fieldpath'
import { isListSchema, isObjectSchema, typesOf } from '@oasgen/model'
import type { Schema } from '@oasgen/openapi'
import type { StatusFieldPlan } from '@oasgen/plan'
import type { Planning } from './planning.js'

export function compileStatus({ model }: Planning): readonly StatusFieldPlan[] {
  const print = (names: readonly string[]): string => printPath(ofKeys(...names))
  return model.status.map(({ names, target, schema }) => ({ path: print(target), from: print(names), type: typeOf(schema) }))
}

/** The type that the CRD gives the field. A field that no answer describes is text, as in the reference. */
function typeOf(schema: Schema | undefined): StatusFieldPlan['type'] {
  if (schema === undefined) return 'string'
  const types = typesOf(schema)
  const [only] = types
  if (only !== undefined && types.length === 1) return only
  if (types.length > 1) return types.every((type) => type === 'integer' || type === 'number') ? 'number' : 'any'
  if (isObjectSchema(schema)) return 'object'
  if (isListSchema(schema)) return 'array'
  return schema.enum?.every((value) => typeof value === 'string') === true ? 'string' : 'any'
}
