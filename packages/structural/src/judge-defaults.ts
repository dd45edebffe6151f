import { equalJson, isObject, type JsonValue } from '@oasgen/json'
import { findCoercionError, validateEmbedded } from './object-meta.js'
import { pruneValue, prune } from './pruning.js'
import { META_FIELDS, asResourceRoot, type StructuralSchema } from './schema.js'
import { validateDefaultRules } from './rules.js'
import { buildValueNode, validateValue } from './value-validator.js'
import { childPath, invalid, keyPath, printViolation, type Violation } from './violation.js'

/** Puts a default where it would stand in a whole resource. */
type Surround = (value: JsonValue) => JsonValue

interface DefaultPlace {
  readonly path: string
  readonly resource: StructuralSchema
  readonly surround: Surround
  readonly insideMeta: boolean
}

/** Every default must be pruned and valid by its own schema, CEL rules included. */
export function judgeDefaults(schema: StructuralSchema, path: string): readonly Violation[] {
  const root = asResourceRoot(schema)
  return judgeAt(root, { path, resource: root, surround: withType, insideMeta: false })
}

const withType: Surround = (value) => (isObject(value) ? { kind: 'Validation', apiVersion: 'validation/v1', ...value } : value)

function judgeAt(schema: StructuralSchema, place: DefaultPlace): readonly Violation[] {
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const here = embedded ? { ...place, resource: schema, surround: withType, insideMeta: false } : place
  const violations = schema.default === undefined || schema.default === null ? [] : [...judgeDefault(schema, schema.default, here)]
  if (schema.items) {
    violations.push(...judgeAt(schema.items, { ...here, path: childPath(here.path, 'items'), surround: (value) => here.surround([value]) }))
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    violations.push(...judgeAt(property, {
      ...here,
      path: keyPath(childPath(here.path, 'properties'), name),
      surround: (value) => here.surround({ [name]: value }),
      insideMeta: here.insideMeta || (embedded && META_FIELDS.has(name)),
    }))
  }
  return violations
}

function judgeDefault(schema: StructuralSchema, value: JsonValue, place: DefaultPlace): readonly Violation[] {
  const path = childPath(place.path, 'default')
  if (place.insideMeta) {
    const problem = metaProblem(place.surround(value), place.resource)
    return problem === undefined ? judgeValue(schema, value, path, place) : [invalid(path, value, `must result in valid metadata: ${problem}`)]
  }
  const unknown = equalJson(pruned(schema, value), value) ? [] : [invalid(path, value, 'must not have unknown fields')]
  const undecodable = findCoercionError(schema, value, path)
  const embedded = undecodable ? [undecodable] : validateEmbedded(schema, value, path, 'nested')
  return [...unknown, ...(embedded.length > 0 ? embedded : judgeValue(schema, value, path, place))]
}

function pruned(schema: StructuralSchema, value: JsonValue): JsonValue {
  return schema['x-kubernetes-embedded-resource'] && isObject(value) ? prune(schema, value).value : pruneValue(schema, value)
}

function judgeValue(schema: StructuralSchema, value: JsonValue, path: string, place: DefaultPlace): readonly Violation[] {
  const { violations } = validateValue(buildValueNode(schema, 'default'), value, { name: '', base: path })
  return violations.length > 0 ? violations : validateDefaultRules(schema, value, path, schema === place.resource)
}

function metaProblem(object: JsonValue, resource: StructuralSchema): string | undefined {
  const undecodable = findCoercionError(asResourceRoot(resource), object, '')
  const texts = (undecodable ? [undecodable] : validateEmbedded(resource, object, '', 'root')).map(printViolation)
  return texts.length > 1 ? `[${texts.join(', ')}]` : texts[0]
}
