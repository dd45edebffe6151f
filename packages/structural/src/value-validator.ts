import { tryRegex } from '@oasgen/expressions'
import { isArray, isNumber, isObject, member, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { fieldCorrelation, isUnchanged, itemCorrelation, type Correlation } from './correlation.js'
import { formatCheck, type FormatCheck } from '@oasgen/expressions'
import { add, failed, merge, newOutcome, type Outcome } from './outcome.js'
import { valuesSchema, type StructuralSchema } from './schema.js'
import {
  checkEnum, checkFormat, checkPropertyCount, checkSize, checkText, checkType, mistyped, ownType, pathOf, typesOf, type Site,
} from './value-checks.js'
import { goQuote } from './go-text.js'
import { checkNumber, numberFormat } from './number-checks.js'
import { invalid, required } from './violation.js'

/** A schema made ready: patterns compiled, formats looked up, children in a map. Built once, used for every object. */
export interface ValueNode {
  readonly schema: StructuralSchema
  readonly types: readonly string[]
  readonly format: string
  readonly formatCheck: FormatCheck | undefined
  readonly matches: ((text: string) => boolean) | undefined
  readonly properties: ReadonlyMap<string, ValueNode>
  readonly values: ValueNode | undefined
  readonly items: ValueNode | undefined
  readonly allOf: readonly ValueNode[]
  readonly anyOf: readonly ValueNode[]
  readonly oneOf: readonly ValueNode[]
  readonly not: ValueNode | undefined
}

/**
 * How the server reads a schema: for objects it knows what int-or-string means and drops formats that do not fit their type;
 * for the defaults in a CRD it does neither.
 */
export type SchemaUse = 'object' | 'default'

export function buildValueNode(schema: StructuralSchema, use: SchemaUse = 'object'): ValueNode {
  const build = (inner: StructuralSchema): ValueNode => buildValueNode(inner, use)
  const types = use === 'object' ? typesOf(schema) : ownType(schema)
  const check = schema.format !== undefined && (use === 'default' || isTextual(types)) ? formatCheck(schema.format) : undefined
  const values = valuesSchema(schema)
  return {
    schema,
    types,
    format: use === 'default' || check ? (schema.format ?? '') : numberFormat(schema),
    formatCheck: check,
    matches: patternCheck(schema.pattern),
    properties: new Map(Object.entries(schema.properties ?? {}).map(([name, property]) => [name, build(property)])),
    values: values && build(values),
    items: schema.items && !isArray(schema.items as JsonValue) ? build(schema.items) : undefined,
    allOf: (schema.allOf ?? []).map(build),
    anyOf: (schema.anyOf ?? []).map(build),
    oneOf: (schema.oneOf ?? []).map(build),
    not: schema.not && build(schema.not),
  }
}

/** Formats of texts are known where the type is that of texts, or is not said, or is one of several. */
function isTextual(types: readonly string[]): boolean {
  return types.length !== 1 || types[0] === 'string'
}

/** A pattern that RE2 refuses matches nothing; the judge keeps such schemas out. */
function patternCheck(pattern: string | undefined): ((text: string) => boolean) | undefined {
  if (pattern === undefined || pattern === '') return undefined
  const regex = tryRegex(pattern)
  return typeof regex === 'string' ? () => false : (text) => regex.test(text)
}

/** Checks a value and everything below it. `correlation` excuses what did not change since the old object. */
export function validateValue(node: ValueNode, value: JsonValue, site: Site, correlation?: Correlation): Outcome {
  const outcome = checkValue(node, value, site, correlation)
  return outcome.violations.length > 0 && isUnchanged(correlation) ? { violations: [], matches: outcome.matches } : outcome
}

function checkValue(node: ValueNode, value: JsonValue, site: Site, correlation: Correlation | undefined): Outcome {
  const outcome = newOutcome()
  if (value === null) return checkNull(node, site, outcome)
  if (node.types.length > 0 || node.format !== '') {
    const violation = checkType(node.types, node.format, value, site)
    merge(outcome, violation ? failed(violation) : { violations: [], matches: 1 })
    outcome.matches++
  }
  merge(outcome, checkJunctors(node, value, site, correlation))
  outcome.matches++
  checkByKind(node, value, site, correlation, outcome)
  outcome.matches++
  return outcome
}

function checkNull(node: ValueNode, site: Site, outcome: Outcome): Outcome {
  const { nullable, enum: allowed } = node.schema
  if (node.types.length > 0 && !nullable) add(outcome, mistyped(site, node.types.join(','), 'null'))
  else outcome.matches++
  const violation = allowed && allowed.length > 0 ? checkEnum(allowed, null, site) : undefined
  if (violation) add(outcome, violation)
  return outcome
}

function checkByKind(node: ValueNode, value: JsonValue, site: Site, correlation: Correlation | undefined, outcome: Outcome): void {
  if (typeof value === 'string') checkString(node, value, site, outcome)
  if (isNumber(value)) include(outcome, checkNumber(node.schema, value, site))
  if (isArray(value)) include(outcome, checkArray(node, value, site, correlation))
  checkCommon(node, value, site, outcome)
  if (isObject(value)) include(outcome, checkObject(node, value, site, correlation))
}

function include(outcome: Outcome, part: Outcome): void {
  merge(outcome, part)
  outcome.matches++
}

function checkString(node: ValueNode, text: string, site: Site, outcome: Outcome): void {
  const violation = checkText(node.schema, node.matches, text, site)
  if (violation) add(outcome, violation)
  outcome.matches++
  if (node.formatCheck === undefined) return
  const mismatch = checkFormat(node.format, node.formatCheck, text, site)
  if (mismatch) add(outcome, mismatch)
  outcome.matches++
}

function checkCommon(node: ValueNode, value: JsonValue, site: Site, outcome: Outcome): void {
  const allowed = node.schema.enum
  const violation = allowed && allowed.length > 0 ? checkEnum(allowed, value, site) : undefined
  if (violation) add(outcome, violation)
  outcome.matches++
}

function checkArray(node: ValueNode, value: JsonArray, site: Site, correlation: Correlation | undefined): Outcome {
  const outcome = newOutcome()
  if (node.items) {
    for (let index = 0; index < value.length; index++) {
      const itemSite = { name: `${site.name}[${index}]`, base: site.base }
      merge(outcome, validateValue(node.items, value[index] ?? null, itemSite, correlation && itemCorrelation(correlation, index)))
    }
  }
  merge(outcome, checkSize(node.schema, value.length, site))
  outcome.matches++
  return outcome
}

function checkObject(node: ValueNode, value: JsonObject, site: Site, correlation: Correlation | undefined): Outcome {
  const names = Object.keys(value)
  const outcome = checkPropertyCount(node.schema, names.length, site)
  for (const name of names) checkField(node, { name, value: member(value, name) ?? null }, { outcome, site, correlation })
  for (const name of node.schema.required ?? []) {
    if (!Object.hasOwn(value, name)) add(outcome, required(pathOf({ ...site, name: `${site.name}.${name}` })))
  }
  return outcome
}

interface FieldContext {
  readonly outcome: Outcome
  readonly site: Site
  readonly correlation: Correlation | undefined
}

function checkField(node: ValueNode, field: { readonly name: string; readonly value: JsonValue }, context: FieldContext): void {
  const { outcome, site } = context
  const property = node.properties.get(field.name)
  const schema = property ?? node.values
  if (schema) {
    const name = property && site.name === '' ? field.name : `${site.name}.${field.name}`
    merge(outcome, validateValue(schema, field.value, { name, base: site.base }, correlationOf(field.name, context)))
  } else if (node.schema.additionalProperties === false) {
    const sentence = `${site.name}.${field.name} in body is a forbidden property`
    add(outcome, invalid(pathOf(site), field.name, sentence))
  }
}

/** The type fields of the root are never excused: both sides were converted to the same version. */
function correlationOf(name: string, { site, correlation }: FieldContext): Correlation | undefined {
  if (correlation === undefined || (site.name === '' && (name === 'kind' || name === 'apiVersion'))) return undefined
  return fieldCorrelation(correlation, name)
}

function checkJunctors(node: ValueNode, value: JsonValue, site: Site, correlation: Correlation | undefined): Outcome {
  const outcome = newOutcome()
  outcome.matches++
  const check = (branch: ValueNode): Outcome => checkBranch(branch, value, site, correlation)
  if (node.anyOf.length > 0) checkAnyOf(node.anyOf, check, site, outcome)
  if (node.oneOf.length > 0) checkOneOf(node.oneOf, check, site, outcome)
  if (node.allOf.length > 0) checkAllOf(node.allOf, check, site, outcome)
  if (node.not && check(node.not).violations.length === 0) addComposite(outcome, site, 'must not validate the schema (not)')
  return outcome
}

/** The errors of a branch are not excused as such; those of the fields below it are. */
function checkBranch(branch: ValueNode, value: JsonValue, site: Site, correlation: Correlation | undefined): Outcome {
  return checkValue(branch, value, site, correlation)
}

function addComposite(outcome: Outcome, site: Site, sentence: string): void {
  add(outcome, invalid(site.base, '', `${goQuote(site.name)} ${sentence}`))
}

function checkAnyOf(branches: readonly ValueNode[], check: (branch: ValueNode) => Outcome, site: Site, outcome: Outcome): void {
  let closest: Outcome | undefined
  for (const branch of branches) {
    const result = check(branch)
    if (result.violations.length === 0) return merge(outcome, result)
    if (closest === undefined || result.matches > closest.matches) closest = result
  }
  addComposite(outcome, site, 'must validate at least one schema (anyOf)')
  if (closest) merge(outcome, closest)
}

function checkOneOf(branches: readonly ValueNode[], check: (branch: ValueNode) => Outcome, site: Site, outcome: Outcome): void {
  const results = branches.map(check)
  const valid = results.filter((result) => result.violations.length === 0)
  const [only] = valid
  if (only && valid.length === 1) return merge(outcome, only)
  addComposite(outcome, site, `must validate one and only one schema (oneOf). ${valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`}`)
  if (valid.length === 0) merge(outcome, results.reduce((best, result) => (result.matches > best.matches ? result : best)))
}

function checkAllOf(branches: readonly ValueNode[], check: (branch: ValueNode) => Outcome, site: Site, outcome: Outcome): void {
  const results = branches.map(check)
  for (const result of results) merge(outcome, result)
  const valid = results.filter((result) => result.violations.length === 0).length
  if (valid === branches.length) return
  addComposite(outcome, site, `must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`)
}

