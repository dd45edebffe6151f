import { finding, type Finding } from '@oasgen/diagnostics'
import { fieldAt, isListSchema } from '@oasgen/model'
import type { Plan } from '@oasgen/plan'
import { definitionPlace } from '@oasgen/restdefinition'
import { plannedCalls, sourcesOf } from './features.js'
import type { IndexedRule } from './field-index.js'
import type { Planning } from './planning.js'

/** Entries of `fields` that cannot take effect. */
export function fieldFindings(planning: Planning, plan: Plan): readonly Finding[] {
  return [...planning.fields.rules.values()].flatMap((rule) => [
    ...markFindings(planning, plan, rule),
    ...replaceFindings(planning, rule),
    ...witnessFindings(planning, rule),
    ...listFindings(planning, rule),
  ])
}

function at({ model }: Planning, pointer: string): { readonly where: ReturnType<typeof definitionPlace> } {
  return { where: definitionPlace(model.definition, pointer) }
}

function markFindings(planning: Planning, { actions }: Plan, { settings }: IndexedRule): readonly Finding[] {
  if (!settings.ownershipMark || actions.create === undefined) return []
  const isSent = plannedCalls(actions.create).flatMap(sourcesOf).some(({ from }) => from === 'mark')
  return isSent ? [] : [finding('PLN0103', { path: settings.path }, at(planning, `${settings.at}/ownershipMark`))]
}

function replaceFindings(planning: Planning, { settings }: IndexedRule): readonly Finding[] {
  if (settings.immutable !== 'replace') return []
  const missing = (['delete', 'create'] as const).find((action) => planning.model.verbs[action] === undefined)
  if (missing === undefined) return []
  return [finding('PLN0104', { path: settings.path, action: missing }, at(planning, `${settings.at}/immutable`))]
}

function witnessFindings(planning: Planning, { settings }: IndexedRule): readonly Finding[] {
  const { witness } = settings
  if (witness === undefined) return []
  const path = witness.replace(/^status\./, '')
  if (planning.fields.status.has(path)) return []
  const known = [...planning.fields.status.keys()].join(', ')
  return [finding('PLN0105', { path: witness, known: known === '' ? 'there is none' : known }, at(planning, `${settings.at}/witness`))]
}

function listFindings(planning: Planning, { settings }: IndexedRule): readonly Finding[] {
  const { compare, keys, path } = settings
  if (compare === 'keyed' && keys.length === 0) return [finding('PLN0106', { path }, at(planning, `${settings.at}/compare`))]
  const schema = fieldAt(planning.model, settings)
  const isForLists = compare === 'set' || compare === 'keyed' || compare === 'contains'
  if (!isForLists || schema === undefined || isListSchema(schema) || (schema.types.length === 0 && schema.properties.size === 0)) return []
  return [finding('PLN0107', { path, compare }, at(planning, `${settings.at}/compare`))]
}
