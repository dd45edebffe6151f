import { firstName, pathNames, propertiesOf, referenceFieldName, secretFieldName } from '@oasgen/model'
import type { ComparePlan } from '@oasgen/plan'
import { callsOf } from './calls.js'
import { firstKey } from './field-index.js'
import { mappingsInto } from './mappings.js'
import type { Planning } from './planning.js'
import { compileRules } from './rules.js'

export function compileCompare(planning: Planning): ComparePlan {
  const { compareScope } = planning.model.definition.resource
  const scope = scopeOf(planning)
  const outside = scope === undefined ? [] : planning.model.spec.map(({ name }) => name).filter((name) => !scope.includes(name))
  return {
    scope: compareScope,
    ignored: [...new Set([...ignoredFields(planning), ...outside])].toSorted(),
    ...(compareScope === 'updatable' && { updatable: scope ?? [] }),
    rules: compileRules(planning),
  }
}

/** Names below `spec` that decide whether something differs; `undefined` = all. */
function scopeOf(planning: Planning): readonly string[] | undefined {
  const { compareScope, identifiers, additionalStatusFields } = planning.model.definition.resource
  switch (compareScope) {
    case 'fullSpec': return undefined
    case 'updatable': return updatableFields(planning)
    case 'identifiersAndStatus': return [...identifiers, ...additionalStatusFields].flatMap((path) => firstName(path) ?? [])
  }
}

/**
 * Names below `spec` that say where and how to ask, and nothing about the object: an answer may use the same word for something else.
 * What the user names the object by is compared with what it was last addressed by.
 */
function ignoredFields({ model, fields, identity }: Planning): readonly string[] {
  const naming = identity.flatMap(({ path, assigned }) => {
    const names = pathNames(path) ?? []
    return assigned === 'spec' && names[0] === 'spec' && names[1] !== undefined && names.length === 2 ? [names[1]] : []
  })
  const parameters = model.spec.filter(({ origin, returned }) => origin.type === 'parameter' && (origin.in === 'path' || !returned))
  const companions = [...fields.rules.values()].flatMap(({ settings, steps }) => {
    const name = firstKey(steps)
    if (name === undefined || steps.length > 1) return []
    if (settings.secret) return [secretFieldName(name)]
    return settings.reference === undefined ? [] : [referenceFieldName(name)]
  })
  return ['configurationRef', ...naming, ...parameters.map(({ name }) => name), ...companions]
}

/** What update's body can express. */
function updatableFields({ model }: Planning): readonly string[] {
  const calls = callsOf(model.verbs.update)
  const declared = calls.flatMap(({ body }) => (body?.form === 'object' ? [...propertiesOf(body.object).keys()] : body?.field ?? []))
  const mapped = calls.flatMap(({ description }) => mappingsInto(description.fieldMapping, 'body').flatMap(({ from }) => {
    const names = from.type === 'resource' ? pathNames(from.path) : undefined
    return names?.[0] === 'spec' && names[1] !== undefined ? [names[1]] : []
  }))
  const known = new Set(model.spec.map(({ name }) => name))
  return [...new Set([...declared, ...mapped])].filter((name) => known.has(name)).toSorted()
}
