import { startsWith, parsePath, type FieldPath } from '@oasgen/fieldpath'
import type { ValueSource } from '@oasgen/plan'
import { ruleAt } from './field-index.js'
import type { Planning } from './planning.js'

/**
 * Whether a filter could hide the object: it narrows a list by a field that somebody may change behind our back. What identifies the
 * object cannot, nor what only addresses it.
 */
export function isDrifting(planning: Planning, sources: readonly ValueSource[]): boolean {
  return sources.some((source) => source.from === 'resource' && mayDrift(planning, source.path))
}

function mayDrift(planning: Planning, path: string): boolean {
  const parsed = parsePath(path)
  const root = parsed.ok ? parsed.path[0] : undefined
  if (!parsed.ok || root === undefined || !('key' in root) || root.key === 'metadata') return false
  if (isIdentifying(planning, parsed.path) || planning.identity.some((part) => part.path === path)) return false
  if (root.key === 'status') return true
  const name = parsed.path[1]
  const field = name !== undefined && 'key' in name ? planning.fields.spec.get(name.key) : undefined
  if (field === undefined || field.origin.type === 'parameter') return false
  const immutable = ruleAt(planning.fields, path)?.settings.immutable
  return immutable !== 'deny' && immutable !== 'replace'
}

/** One of several alternatives does not identify: the object may be known by another one. */
function isIdentifying({ model }: Planning, path: FieldPath): boolean {
  const { identifiers } = model.definition.resource
  const policy = model.verbs.findby?.description.identifiersMatchPolicy
  if (policy === 'OR' && identifiers.length > 1) return false
  return identifiers.some((identifier) => {
    const parsed = parsePath(identifier)
    return parsed.ok && startsWith(path.slice(1), parsed.path) && path.length === parsed.path.length + 1
  })
}
