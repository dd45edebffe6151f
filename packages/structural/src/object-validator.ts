import { isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { correlate, fieldCorrelation, type Correlation } from './correlation.js'
import { validateListTypes } from './list-types.js'
import { validateEmbedded } from './object-meta.js'
import { buildRuleNode, validateRules, type RuleNode } from './rules.js'
import type { StructuralSchema } from './schema.js'
import { buildValueNode, validateValue, type ValueNode } from './value-validator.js'
import { NO_PATH, invalid, type Violation } from './violation.js'

export interface ValidateOptions {
  /** The object before the update: what it did not change is not held against it (ratcheting). Absent on create. */
  readonly old?: JsonObject
  /** `status` checks as a write to the status subresource does: status alone by schema, lists and rules on the whole. */
  readonly part?: 'resource' | 'status'
}

/** A schema made ready to judge objects. Build it once per CRD version: patterns and rules are compiled in it. */
export interface ObjectValidator {
  readonly schema: StructuralSchema
  /**
   * Everything that the server says about a custom resource except its own metadata: schema, embedded resources,
   * list types, CEL rules, in its order and words.
   */
  validate(object: JsonObject, options?: ValidateOptions): readonly Violation[]
}

export function buildValidator(schema: StructuralSchema): ObjectValidator {
  const ready: ReadySchema = { root: buildValueNode(schema), rules: buildRuleNode(schema, true) }
  return { schema, validate: (object, options = {}) => validateWith(ready, object, options) }
}

/** One object against one schema, once. For many objects build the validator. */
export function validateObject(schema: StructuralSchema, object: JsonObject, old?: JsonObject, options: ValidateOptions = {}): readonly Violation[] {
  return buildValidator(schema).validate(object, old === undefined ? options : { ...options, old })
}

interface ReadySchema {
  readonly root: ValueNode
  readonly rules: RuleNode | undefined
}

function validateWith({ root, rules }: ReadySchema, object: JsonObject, options: ValidateOptions): readonly Violation[] {
  const correlation = options.old && correlate(object, options.old, root.schema)
  const violations = options.part === 'status' ? statusViolations(root, object, correlation) : validateValue(root, object, { name: '', base: NO_PATH }, correlation).violations
  const embedded = options.part === 'status' ? [] : validateEmbedded(root.schema, object, '', 'nested')
  const shape = [...violations, ...embedded, ...listViolations(root.schema, object, options.old)]
  if (rules === undefined) return shape
  if (blocksRules(shape)) return [...shape, RULES_SKIPPED]
  return [...shape, ...validateRules(rules, { value: object, old: options.old, path: '', correlation, parent: undefined }).violations]
}

function statusViolations(root: ValueNode, object: JsonObject, correlation: Correlation | undefined): readonly Violation[] {
  const [node, status] = [root.properties.get('status'), member(object, 'status')]
  if (node === undefined || status === undefined) return []
  return validateValue(node, status, { name: '', base: 'status' }, fieldCorrelation(correlation, 'status')).violations
}

/** Duplicates are excused as a whole when the old object had some. */
function listViolations(schema: StructuralSchema, object: JsonValue, old: JsonValue | undefined): readonly Violation[] {
  const violations = validateListTypes(schema, object, '')
  return old !== undefined && violations.length > 0 && validateListTypes(schema, old, '').length > 0 ? [] : violations
}

const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid',
])

/** CEL rules are not run on objects of the wrong shape. */
function blocksRules(violations: readonly Violation[]): boolean {
  return violations.some((violation) => BLOCKING.has(violation.type))
}

const RULES_SKIPPED = invalid(
  NO_PATH, null, 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
)

/** The schema of one version of a CRD. */
export function schemaOfVersion(crd: JsonObject, version: string): JsonValue | undefined {
  const spec = member(crd, 'spec')
  const versions = isObject(spec) ? member(spec, 'versions') : undefined
  const found = Array.isArray(versions) ? versions.find((item: JsonValue) => isObject(item) && member(item, 'name') === version) : undefined
  const schema = isObject(found) ? member(found, 'schema') : undefined
  return isObject(schema) ? member(schema, 'openAPIV3Schema') : undefined
}

