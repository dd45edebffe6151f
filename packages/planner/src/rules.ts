import { ofKeys, printPath } from '@oasgen/fieldpath'
import { itemsOf, pathNames, propertiesOf, typesOf } from '@oasgen/model'
import type { Schema } from '@oasgen/openapi'
import type { FieldRule } from '@oasgen/plan'
import { printFieldPattern, type FieldSettings, type PatternStep } from '@oasgen/restdefinition'
import type { Planning } from './planning.js'

/** How deep the document is asked for what it says about single fields. */
const LEVELS = 8
/** So many at most, the shallowest first: a rule is a convenience, and a Plan has to fit. */
const MAX_DOCUMENT_RULES = 400
const MAX_VISITS = 3_000

/** What document and definition say about fields; the definition's word wins. Sorted by path. */
export function compileRules(planning: Planning): readonly FieldRule[] {
  const rules = new Map<string, FieldRule>()
  for (const rule of documentRules(planning)) rules.set(rule.path, rule)
  for (const path of outOfScope(planning)) rules.set(path, { path, compare: 'ignore' })
  for (const { path, settings } of planning.fields.rules.values()) {
    const rule = { ...rules.get(path), ...definedRule(path, settings) }
    if (Object.keys(rule).length > 1) rules.set(path, rule)
  }
  return [...rules.values()].toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** Members beside the identifiers and status fields that alone decide, where these stand inside of objects. */
function outOfScope({ model }: Planning): readonly string[] {
  const { compareScope, identifiers, additionalStatusFields } = model.definition.resource
  if (compareScope !== 'identifiersAndStatus') return []
  const wanted = [...identifiers, ...additionalStatusFields].map(pathNames).filter((names) => names !== undefined)
  const visit = (schema: Schema, above: readonly string[]): readonly string[] => {
    const below = wanted.filter((names) => names.length > above.length && above.every((name, at) => names[at] === name))
    if (below.length === 0) return []
    return [...propertiesOf(schema)].flatMap(([name, property]) => {
      const names = [...above, name]
      return below.some((each) => each[above.length] === name) ? visit(property.schema, names) : [printPath(ofKeys(...names))]
    })
  }
  return model.spec.flatMap(({ name, schema }) => visit(schema, [name]))
}

function definedRule(path: string, settings: FieldSettings): FieldRule {
  const { compare, keys, normalize, writeOnly, witness, secret, immutable, whenRemoved, ownershipMark } = settings
  const compared = ownershipMark ? 'ignore' : compare
  return {
    path,
    ...(compared !== undefined && { compare: compared }),
    ...(keys.length > 0 && { keys }),
    ...(normalize.length > 0 && { normalize }),
    ...(writeOnly && { writeOnly: true }),
    ...(witness !== undefined && { witness }),
    ...(secret && { secret: true }),
    ...(immutable !== undefined && { immutable }),
    ...(whenRemoved !== undefined && { whenRemoved }),
  }
}

interface Visit {
  readonly schema: Schema
  readonly steps: readonly PatternStep[]
  readonly open: readonly Schema[]
}

/** Breadth first, so that a limit cuts what is deepest. */
function documentRules({ model }: Planning): readonly FieldRule[] {
  const found: FieldRule[] = []
  const fields = model.spec.filter(({ origin }) => origin.type !== 'parameter')
  let visits: readonly Visit[] = fields.map(({ schema, name }) => ({ schema, steps: [{ key: name }], open: [] }))
  let room = MAX_VISITS
  for (let level = 0; level < LEVELS && visits.length > 0; level += 1) {
    room -= visits.length
    const next: Visit[] = []
    for (const visit of visits) {
      const rule = documentRule(visit)
      if (rule !== undefined && found.length < MAX_DOCUMENT_RULES) found.push(rule)
      if (next.length < room) next.push(...below(visit))
    }
    visits = next
  }
  return found
}

/** A schema that is open above comes again only once: users nest such objects seldom deeper. */
function below({ schema, steps, open }: Visit): readonly Visit[] {
  if (open.filter((other) => other === schema).length > 1) return []
  const elements = itemsOf(schema)
  const next = [...open, schema]
  if (elements !== undefined) return [{ schema: elements, steps: [...steps, { each: true }], open: next }]
  return [...propertiesOf(schema)].map(([name, property]) => ({ schema: property.schema, steps: [...steps, { key: name }], open: next }))
}

function documentRule({ schema, steps }: Visit): FieldRule | undefined {
  // In a pattern `[]` is every element, even inside of a name.
  if (steps.some((step) => 'key' in step && step.key.includes('[]'))) return undefined
  const rule = {
    ...(isSet(schema) && { compare: 'set' as const }),
    ...(schema.writeOnly && { writeOnly: true as const }),
    ...(schema.default !== undefined && schema.default !== null && { default: schema.default }),
    ...formatOf(schema),
  }
  if (Object.keys(rule).length === 0) return undefined
  return { path: printFieldPattern(steps), ...rule, ...typeOf(schema) }
}

/** A list of different words has no order that matters. */
function isSet(schema: Schema): boolean {
  const elements = schema.uniqueItems ? itemsOf(schema) : undefined
  if (elements === undefined) return false
  const types = typesOf(elements)
  return types.length > 0 && types.every((type) => type !== 'object' && type !== 'array')
}

function formatOf({ format }: Schema): Pick<FieldRule, 'format'> {
  return format === 'date-time' || format === 'date' || format === 'float' ? { format } : {}
}

function typeOf(schema: Schema): Pick<FieldRule, 'type'> {
  const [only, ...others] = typesOf(schema)
  return only !== undefined && others.length === 0 ? { type: only } : {}
}
