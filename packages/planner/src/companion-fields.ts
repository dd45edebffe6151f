import { ofKeys, printPath } from '@oasgen/fieldpath'
import type { BodyFieldPlan } from '@oasgen/plan'
import type { VerbAction } from '@oasgen/restdefinition'
import { keysOf } from './field-index.js'
import type { Planning } from './planning.js'
import { resourceSources } from './sources.js'

/** Secrets and references below a field: their values have places of their own, inside of what the field itself sends. */
export function companionFields(planning: Planning, name: string, action: VerbAction): readonly BodyFieldPlan[] {
  return [...planning.fields.rules.values()].flatMap(({ companion, steps }) => {
    const names = keysOf(steps)
    if (companion === undefined || names === undefined || names.length < 2 || names[0] !== name) return []
    const sources = resourceSources(planning, printPath(ofKeys('spec', ...names)), { action, in: 'body' })
    return [{ path: printPath(ofKeys(...names)), sources }]
  })
}
