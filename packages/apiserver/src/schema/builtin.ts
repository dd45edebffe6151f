import type { JsonObject } from '@oasgen/json'
import { UNTYPED } from '../apply/merge-type.js'
import type { TypeRules } from '../registry/types.js'
import type { ObjectSchema } from './types.js'

/** The schema of a built-in kind. */
export function builtinSchema(_group: string, _version: string, _kind: string, rules: TypeRules): ObjectSchema {
  return {
    admit: (object) => ({ object: rules.defaults ? rules.defaults(object) : object, unknown: [] }),
    present: (object) => object,
    validate: () => [],
    merge: UNTYPED,
    openapi: () => ({ schema: OPEN, components: {} }),
    strategic: true,
  }
}

const OPEN: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
