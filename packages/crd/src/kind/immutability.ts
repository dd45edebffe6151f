import { readFieldPattern } from '@oasgen/restdefinition'
import { pathNames, type ResourceModel, secretFieldName } from '@oasgen/model'
import { celName, isCelName } from '../lower/object.js'
import type { CelRule } from '../lower/structural.js'

/**
 * Rules at the root of the resource, where spec and status are both in sight: they bite only once the object exists on the other
 * side, so that a mistake before the first create can still be corrected.
 */
export function immutabilityRules(model: ResourceModel): readonly CelRule[] {
  const exists = existsExpression(model)
  return immutableFields(model).filter((names) => names.every(isCelName)).map((names) => {
    const path = ['spec', ...names]
    const [now, before] = [present('self', path), present('oldSelf', path)]
    const same = `${access('self', path)} == ${access('oldSelf', path)}`
    return {
      rule: `!(${exists}) || ((${now}) == (${before}) && (!(${now}) || ${same}))`,
      message: `${names.join('.')} cannot be changed once the object exists`,
    }
  })
}

function existsExpression(model: ResourceModel): string {
  const known = present('oldSelf', ['status', 'reconcile', 'identity'])
  const ready = `${present('oldSelf', ['status', 'conditions'])} && oldSelf.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')`
  return model.identity.length > 0 ? known : ready
}

function present(root: string, names: readonly string[]): string {
  return names.map((_, index) => `has(${access(root, names.slice(0, index + 1))})`).join(' && ')
}

function access(root: string, names: readonly string[]): string {
  return [root, ...names.map(celName)].join('.')
}

/** Denied fields that no rule can speak of, each with why. */
export function unruledFields(model: ResourceModel): readonly { readonly path: string; readonly at: string; readonly problem: string }[] {
  return model.definition.resource.fields.flatMap(({ path, at, immutable }) => {
    const pattern = readFieldPattern(path)
    if (immutable !== 'deny' || !pattern.ok || pattern.root !== 'spec') return []
    if (pattern.steps.some((step) => 'each' in step)) return [{ path, at, problem: 'elements of a list have no identity' }]
    return pattern.steps.every((step) => 'key' in step && isCelName(step.key))
      ? []
      : [{ path, at, problem: 'its name cannot be spelt in a rule' }]
  })
}

/** What the definition denies; under `strict` also what names the object and what no update can carry. */
export function immutableFields(model: ResourceModel): readonly (readonly string[])[] {
  const { fields, schema } = model.definition.resource
  const settled = new Map(fields.map((field) => [field.path, field.immutable ?? (field.compare === 'ignore' ? 'never' : undefined)]))
  const denied = fields.filter(({ immutable }) => immutable === 'deny').flatMap((field) => {
    const pattern = readFieldPattern(field.path)
    if (!pattern.ok || pattern.root !== 'spec' || pattern.steps.some((step) => 'each' in step)) return []
    const names = pattern.steps.flatMap((step) => ('key' in step ? [step.key] : []))
    const last = names.at(-1)
    return [field.secret && last !== undefined ? [...names.slice(0, -1), secretFieldName(last)] : names]
  })
  if (schema !== 'strict') return denied
  const inferred = [...namingFields(model), ...createOnly(model)].filter((name) => settled.get(`spec.${name}`) === undefined)
  return distinct([...denied, ...inferred.map((name) => [name])])
}

function namingFields(model: ResourceModel): readonly string[] {
  const spec = new Set(model.spec.map(({ name }) => name))
  const own = model.identity.flatMap(({ path, assigned }) =>
    (assigned === 'spec' && path.startsWith('spec.') ? pathNames(path)?.slice(1, 2) ?? [] : []),
  )
  const renames = renaming(model)
  return [...model.parents.map(({ parameter }) => parameter), ...own.filter((name) => !renames.has(name))].filter((name) => spec.has(name))
}

/** A name that update's body carries can be changed by it. */
function renaming(model: ResourceModel): ReadonlySet<string> {
  return new Set(model.spec.filter((field) => field.origin.type === 'body' && field.sentBy.includes('update')).map(({ name }) => name))
}

function createOnly(model: ResourceModel): readonly string[] {
  if (model.verbs.update?.call?.body === undefined) return []
  return model.spec.filter(({ origin, sentBy }) =>
    origin.type === 'body' && sentBy.includes('create') && !sentBy.includes('update'),
  ).map(({ name }) => name)
}

function distinct(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const seen = new Set<string>()
  return paths.filter((path) => {
    const key = JSON.stringify(path)
    return !seen.has(key) && seen.add(key)
  })
}
