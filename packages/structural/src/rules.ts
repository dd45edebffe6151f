import type { JsonValue } from '@oasgen/json'
import type { StructuralSchema } from './schema.js'
import type { Violation } from './violation.js'

export function validateDefaultRules(_schema: StructuralSchema, _value: JsonValue, _path: string, _isResource: boolean): readonly Violation[] {
  return []
}
