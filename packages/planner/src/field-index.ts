import { ofKeys, parsePath, printPath } from '@oasgen/fieldpath'
import { fieldAt, pathNames, referenceFieldName, secretFieldName, typesOf, type FieldModel, type ResourceModel } from '@oasgen/model'
import { printFieldPattern, readFieldPattern, type FieldSettings, type PatternStep } from '@oasgen/restdefinition'

/** Fields of spec and status by name, and what the definition says about single ones. */
export interface FieldIndex {
  readonly spec: ReadonlyMap<string, FieldModel>
  /** Path of a status field as written, to its place in the resource. */
  readonly status: ReadonlyMap<string, string>
  /** By the path below `spec`: `credentials[].value`. */
  readonly rules: ReadonlyMap<string, IndexedRule>
}

export interface IndexedRule {
  readonly settings: FieldSettings
  /** Below `spec`, in its printed form. */
  readonly path: string
  readonly steps: readonly PatternStep[]
  readonly companion?: Companion
}

/** The field that stands in the place of a value, or beside it. */
export interface Companion {
  readonly type: 'secret' | 'reference'
  /** Path in the resource; `undefined` inside of lists, where no single place can be named. */
  readonly path: string | undefined
  /** Below `spec`. */
  readonly steps: readonly PatternStep[]
  readonly form: 'text' | 'json'
}

export function indexFields(model: ResourceModel): FieldIndex {
  const rules = model.definition.resource.fields.flatMap((settings) => indexRule(model, settings))
  return {
    spec: new Map(model.spec.map((field) => [field.name, field])),
    status: new Map(model.status.map(({ names, target }) => [printPath(ofKeys(...names)), printPath(ofKeys('status', ...target))])),
    rules: firstOfEach(rules),
  }
}

/** Of two entries for one field the first counts. */
function firstOfEach(rules: readonly IndexedRule[]): ReadonlyMap<string, IndexedRule> {
  const found = new Map<string, IndexedRule>()
  for (const rule of rules) if (!found.has(rule.path)) found.set(rule.path, rule)
  return found
}

function indexRule(model: ResourceModel, settings: FieldSettings): readonly IndexedRule[] {
  const pattern = readFieldPattern(settings.path)
  if (!pattern.ok || pattern.root !== 'spec' || pattern.steps.length === 0) return []
  const companion = companionOf(model, settings, pattern.steps)
  return [{ settings, path: printFieldPattern(pattern.steps), steps: pattern.steps, ...(companion && { companion }) }]
}

function companionOf(model: ResourceModel, settings: FieldSettings, steps: readonly PatternStep[]): Companion | undefined {
  const type = settings.secret ? 'secret' : settings.reference === undefined ? undefined : 'reference'
  const last = steps.at(-1)
  if (type === undefined || last === undefined || !('key' in last)) return undefined
  const name = type === 'secret' ? secretFieldName(last.key) : referenceFieldName(last.key)
  const place = [...steps.slice(0, -1), { key: name }]
  const names = keysOf(place)
  return { type, path: names && specPath(...names), steps: place, form: formOf(model, settings) }
}

function formOf(model: ResourceModel, settings: FieldSettings): 'text' | 'json' {
  const schema = fieldAt(model, settings)
  const types = schema === undefined ? [] : typesOf(schema)
  return types.length === 0 || types.includes('string') ? 'text' : 'json'
}

/** The field of the spec that a pattern begins with. */
export function firstKey([step]: readonly PatternStep[]): string | undefined {
  return step !== undefined && 'key' in step ? step.key : undefined
}

/** The names of a pattern that has no list in it. */
export function keysOf(steps: readonly PatternStep[]): readonly string[] | undefined {
  const keys = steps.flatMap((step) => ('key' in step ? [step.key] : []))
  return keys.length === steps.length ? keys : undefined
}

/** The rule for a place of the resource: `spec.zone.id`. */
export function ruleAt({ rules }: FieldIndex, path: string): IndexedRule | undefined {
  const names = pathNames(path)
  return names?.[0] === 'spec' ? rules.get(printPath(ofKeys(...names.slice(1)))) : undefined
}

/** A place in the resource as it is kept: a status field whose name is reserved stands under another one. */
export function keptPath({ status }: FieldIndex, path: string): string {
  const parsed = parsePath(path)
  if (!parsed.ok) return path
  const names = pathNames(path)
  const kept = names?.[0] === 'status' ? status.get(printPath(ofKeys(...names.slice(1)))) : undefined
  return kept ?? printPath(parsed.path)
}

export function specPath(...names: readonly string[]): string {
  return printPath(ofKeys('spec', ...names))
}
