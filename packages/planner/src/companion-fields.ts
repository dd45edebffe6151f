import { ofKeys, printPath } from '@oasgen/fieldpath'
import { fieldAt } from '@oasgen/model'
import type { BodyFieldPlan, ValueSource } from '@oasgen/plan'
import type { VerbAction } from '@oasgen/restdefinition'
import { keysOf, specPath, type IndexedRule } from './field-index.js'
import type { Planning } from './planning.js'
import { resourceSources } from './sources.js'

/** What is below a field and has a source of its own: secrets, references, marks. It is written into what the field itself sends. */
export function companionFields(planning: Planning, name: string, action: VerbAction): readonly BodyFieldPlan[] {
  return [...planning.fields.rules.values()].flatMap((rule) => {
    const names = keysOf(rule.steps)
    if (names === undefined || names.length < 2 || names[0] !== name) return []
    const path = printPath(ofKeys(...names))
    if (rule.companion !== undefined) return [{ path, sources: resourceSources(planning, specPath(...names), { action, in: 'body' }) }]
    const isMarked = rule.settings.ownershipMark && (action === 'create' || action === 'update')
    return isMarked ? [{ path, sources: [markSource(planning, rule)] }] : []
  })
}

export function markSource({ model }: Planning, { settings }: IndexedRule): ValueSource {
  return { from: 'mark', form: fieldAt(model, settings)?.format === 'uuid' ? 'uuid' : 'text' }
}
