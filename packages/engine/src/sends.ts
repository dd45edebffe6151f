import { startsWith, type FieldPath } from '@oasgen/fieldpath'
import type { ActionPlan, CallPlan, Plan, ValueSource } from '@oasgen/plan'
import type { Action } from '@oasgen/wire'
import { pathOf } from './reader.js'
import type { Sends } from './sent.js'

/** Which fields of the spec each verb's requests carry, computed once per Plan. */
export function prepareSends(plan: Plan): (action: Action) => Sends {
  const places = new Map<Action, readonly FieldPath[]>()
  for (const [action, description] of Object.entries(plan.actions) as readonly (readonly [Action, ActionPlan])[]) places.set(action, placesOf(description))
  return (action) => (path) => (places.get(action) ?? []).some((place) => startsWith(path, place) || startsWith(place, path))
}

/** Below `spec`. A computed value may read anything: then every field counts as carried. */
function placesOf({ call, steps }: ActionPlan): readonly FieldPath[] {
  const calls = [...(call === undefined ? [] : [call]), ...(steps ?? []).map((step) => step.call)]
  const lists = (steps ?? []).flatMap(({ forEach }) => (forEach === undefined ? [] : comparedPaths(forEach)))
  return [...calls.flatMap(sourcesOf).flatMap(placeOf), ...lists]
}

/** `added('spec.tags')` and `removed('spec.tags')` bring the list across element by element. */
function comparedPaths(program: string): readonly FieldPath[] {
  if (/\bself\b/.test(program)) return [[]]
  return [...program.matchAll(/\b(?:added|removed)\s*\(\s*['"]spec\.([^'"]+)['"]/g)].map(([, path = '']) => pathOf(path))
}

function sourcesOf({ parameters, body }: CallPlan): readonly ValueSource[] {
  return [...parameters.flatMap(({ sources }) => sources), ...(body?.fields ?? []).flatMap(({ sources }) => sources), ...(body?.value ?? [])]
}

function placeOf(source: ValueSource): readonly FieldPath[] {
  if (source.from === 'cel') return /\bself\b/.test(source.program) ? [[]] : []
  const path = source.from === 'resource' || source.from === 'secretField' ? source.path : source.from === 'secretRef' ? source.name : undefined
  return path?.startsWith('spec.') === true ? [pathOf(path).slice(1)] : []
}
