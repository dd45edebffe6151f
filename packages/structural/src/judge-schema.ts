import type { JsonValue } from '@oasgen/json'
import { judgeDefaults } from './judge-defaults.js'
import { isTuple, judgeKeywords, judgeTopology } from './judge-keywords.js'
import { judgeRuleTexts, structuralProblem } from './judge-rule-texts.js'
import { childScope, judgeRules, judgeTotalCost, rootScope, type RuleScope } from './judge-rules.js'
import { printSchemaStruct } from './go-structs.js'
import { isZero, judgeStructural } from './judge-structural.js'
import { META_FIELDS, valuesSchema, type StructuralSchema } from './schema.js'
import { childPath, forbidden, indexPath, invalid, keyPath, type Violation } from './violation.js'

/** Keywords of the root under a status subresource, by their names in the server's Go type, in its order. */
const ALLOWED_AT_ROOT = [
  'Description', 'Type', 'Format', 'Title', 'Maximum', 'ExclusiveMaximum', 'Minimum', 'ExclusiveMinimum', 'MaxLength', 'MinLength', 'Pattern',
  'MaxItems', 'MinItems', 'UniqueItems', 'MultipleOf', 'Required', 'Items', 'Properties', 'ExternalDocs', 'Example', 'XPreserveUnknownFields', 'XValidations',
]
const GO_NAMES: Readonly<Record<string, string>> = {
  'x-kubernetes-preserve-unknown-fields': 'XPreserveUnknownFields', 'x-kubernetes-validations': 'XValidations', $schema: 'Schema', $ref: 'Ref', id: 'ID',
}
/** Keywords that stand before the type in the Go type: found first, they end the search before the type is looked at. */
const BEFORE_TYPE = ['id', '$schema', '$ref']

export interface SchemaJudgeOptions {
  readonly statusSubresource: boolean
  /** Rules that a schema already had are not refused for their cost again. */
  readonly knownRules: 'judge-cost' | 'skip-cost'
}

/** The verdict on `openAPIV3Schema` of one version; `path` is that of the field around it. */
export function judgeSchema(schema: StructuralSchema, path: string, options: SchemaJudgeOptions): readonly Violation[] {
  const place = childPath(path, 'openAPIV3Schema')
  const violations: Violation[] = []
  if (options.statusSubresource) violations.push(...judgeRootKeywords(schema, place))
  if (schema.nullable) violations.push(forbidden(childPath(place, 'nullable'), 'nullable cannot be true at the root'))
  const problem = structuralProblem(schema)
  const structural = problem === undefined ? structuralViolations(schema, place) : []
  violations.push(...structural)
  const scope = problem === undefined && structural.length === 0 ? rootScope(schema, options.knownRules) : undefined
  const { schemaErrors, ruleErrors } = judgeNode(schema, { path: place, isRoot: true, defaultsForbidden: undefined, insideMeta: false, uncorrelatable: undefined, scope })
  violations.push(...schemaErrors, ...ruleErrors)
  if (violations.length === 0 && problem !== undefined) violations.push(invalid(place, '', problem))
  return scope ? [...violations, ...judgeTotalCost(scope, place)] : violations
}

function structuralViolations(schema: StructuralSchema, path: string): readonly Violation[] {
  const violations = judgeStructural(schema, path)
  return violations.length > 0 ? violations : judgeDefaults(schema, path)
}

function judgeRootKeywords(schema: StructuralSchema, path: string): readonly Violation[] {
  const used = Object.entries(schema).filter(([, value]) => !isZero(value as JsonValue)).map(([keyword]) => keyword)
  const refused = used.filter((keyword) => !ALLOWED_AT_ROOT.includes(goName(keyword)))
  const early = refused.some((keyword) => BEFORE_TYPE.includes(keyword))
  if (!early && schema.type !== undefined && schema.type !== '' && schema.type !== 'object') {
    return [invalid(childPath(path, 'type'), schema.type, 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled')]
  }
  if (refused.length === 0) return []
  const sentence = `only [${ALLOWED_AT_ROOT.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`
  return [{ path, type: 'FieldValueInvalid', message: sentence, valueText: printSchemaStruct(schema) }]
}

function goName(keyword: string): string {
  return GO_NAMES[keyword] ?? `${keyword.slice(0, 1).toUpperCase()}${keyword.slice(1)}`
}

interface NodePlace {
  readonly path: string
  readonly isRoot: boolean
  readonly defaultsForbidden: string | undefined
  readonly insideMeta: boolean
  /** The first ancestor whose values cannot be matched between two revisions. */
  readonly uncorrelatable: string | undefined
  /** Absent where rules are not judged: below junctors and in schemas that are not structural. */
  readonly scope: RuleScope | undefined
}

interface NodeVerdict {
  readonly schemaErrors: Violation[]
  readonly ruleErrors: Violation[]
}

function judgeNode(schema: StructuralSchema, place: NodePlace): NodeVerdict {
  const verdict: NodeVerdict = { schemaErrors: [...judgeKeywords(schema, place)], ruleErrors: [] }
  const include = (child: StructuralSchema, childPlace: NodePlace): void => {
    const { schemaErrors, ruleErrors } = judgeNode(child, { ...childPlace, isRoot: false })
    verdict.schemaErrors.push(...schemaErrors)
    verdict.ruleErrors.push(...ruleErrors)
  }
  includeValues(schema, place, verdict, include)
  includeProperties(schema, place, include)
  includeJunctors(schema, { ...place, scope: undefined }, include)
  includeItems(schema, place, include)
  verdict.schemaErrors.push(...judgeTopology(schema, place.path), ...judgeRuleTexts(schema, place.path))
  if (place.scope && verdict.schemaErrors.length === 0) {
    verdict.ruleErrors.push(...judgeRules(schema, place.scope, { path: place.path, uncorrelatable: place.uncorrelatable }))
  }
  return verdict
}

type Include = (child: StructuralSchema, place: NodePlace) => void

function includeValues(schema: StructuralSchema, place: NodePlace, verdict: NodeVerdict, include: Include): void {
  if (schema.additionalProperties === undefined) return
  const path = childPath(place.path, 'additionalProperties')
  if (Object.keys(schema.properties ?? {}).length > 0 && schema.additionalProperties !== true) {
    verdict.schemaErrors.push(forbidden(path, 'additionalProperties and properties are mutual exclusive'))
  }
  const values = valuesSchema(schema)
  const defaultsForbidden = place.insideMeta ? 'inside additionalProperties applying to object metadata' : place.defaultsForbidden
  if (values) include(values, { ...place, path, defaultsForbidden, scope: place.scope && childScope(place.scope, schema, values) })
}

function includeProperties(schema: StructuralSchema, place: NodePlace, include: Include): void {
  const mapType = schema['x-kubernetes-map-type']
  const uncorrelatable = mapType === undefined || mapType === 'granular' || mapType === 'atomic' ? place.uncorrelatable : (place.uncorrelatable ?? place.path)
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isMeta = (place.isRoot || schema['x-kubernetes-embedded-resource'] === true) && META_FIELDS.has(name)
    include(property, {
      ...place,
      path: keyPath(childPath(place.path, 'properties'), name),
      uncorrelatable,
      insideMeta: place.insideMeta || isMeta,
      defaultsForbidden: isMeta && place.isRoot ? `in top-level ${name}` : place.defaultsForbidden,
      scope: place.scope && childScope(place.scope, schema, property),
    })
  }
}

function includeJunctors(schema: StructuralSchema, place: NodePlace, include: Include): void {
  if (schema.not) include(schema.not, { ...place, path: childPath(place.path, 'not') })
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [index, branch] of (schema[junctor] ?? []).entries()) {
      include(branch, { ...place, path: indexPath(childPath(place.path, junctor), index) })
    }
  }
  const definitions = (schema as { readonly definitions?: Readonly<Record<string, StructuralSchema>> }).definitions ?? {}
  for (const [name, definition] of Object.entries(definitions)) include(definition, { ...place, path: keyPath(childPath(place.path, 'definitions'), name) })
}

/** Only items of map lists can be matched between two revisions. */
function includeItems(schema: StructuralSchema, place: NodePlace, include: Include): void {
  if (schema.items === undefined) return
  const path = childPath(place.path, 'items')
  const uncorrelatable = schema['x-kubernetes-list-type'] === 'map' ? place.uncorrelatable : (place.uncorrelatable ?? place.path)
  if (isTuple(schema.items as JsonValue)) {
    for (const [index, item] of (schema.items as unknown as readonly StructuralSchema[]).entries()) {
      include(item, { ...place, path: indexPath(path, index), uncorrelatable, scope: undefined })
    }
  } else if (!Array.isArray(schema.items)) {
    include(schema.items, { ...place, path, uncorrelatable, scope: place.scope && childScope(place.scope, schema, schema.items) })
  }
}
