import type { AliasPair, ValueSource } from '@oasgen/plan'
import type { RequestMapping } from '@oasgen/restdefinition'
import type { VerbAction } from '@oasgen/restdefinition'
import { keptPath, ruleAt, specPath } from './field-index.js'
import type { Planning } from './planning.js'

/** Where in a request a value goes: what is known of the identity fills addresses, what the user wants now fills bodies. */
export interface Target {
  readonly action: VerbAction
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body'
}

/** A place in the resource as sources: the Secret, the other resource, the last known identity, or the field itself. */
export function resourceSources(planning: Planning, path: string, target: Target, alias?: readonly AliasPair[]): readonly ValueSource[] {
  const kept = keptPath(planning.fields, path)
  if (kept.startsWith('status') && target.action === 'create') return []
  const plain: ValueSource = { from: 'resource', path: kept, ...(alias && { alias }) }
  if (alias !== undefined) return [plain]
  if (isIdentity(planning, kept, target)) return [{ from: 'identity', path: kept }]
  const companion = ruleAt(planning.fields, kept)?.companion
  if (companion?.path === undefined) return [plain]
  if (companion.type === 'reference') return [{ from: 'reference', path: companion.path }, plain]
  return [{ from: 'secretField', path: companion.path, form: target.in === 'body' ? companion.form : 'text' }]
}

/** A create has no identity yet; a list is asked for what the user wants. An id that the API gave never stands in the spec. */
function isIdentity({ identity }: Planning, path: string, target: Target): boolean {
  const part = identity.find((each) => each.path === path)
  if (part === undefined || target.action === 'create') return false
  return part.assigned === 'server' || (target.in === 'path' && target.action !== 'findby')
}

/** What a mapping reads. */
export function mappedSources(planning: Planning, mapping: RequestMapping, target: Target): readonly ValueSource[] {
  const { from, alias } = mapping
  switch (from.type) {
    case 'resource': return resourceSources(planning, from.path, target, alias)
    case 'cel': return [{ from: 'cel', program: from.program }]
    case 'secretRef': {
      const [name, key] = [from.nameFromCustomResource, from.keyFromCustomResource].map((path) => keptPath(planning.fields, path))
      return [{ from: 'secretRef', name: name ?? '', key: key ?? '' }]
    }
  }
}

/** The field of the spec with this name, where there is one. */
export function specSources(planning: Planning, name: string, target: Target): readonly ValueSource[] {
  return planning.fields.spec.has(name) ? resourceSources(planning, specPath(name), target) : []
}

/** The field of the status with this name; never for a create. */
export function statusSources(planning: Planning, name: string, target: Target): readonly ValueSource[] {
  const field = planning.model.status.find(({ names }) => names.length === 1 && names[0] === name)
  return field === undefined ? [] : resourceSources(planning, `status.${field.path}`, target)
}

/** Each place once: a second source that reads the same one can never be reached. */
export function distinctSources(sources: readonly ValueSource[]): readonly ValueSource[] {
  const seen = new Set<string>()
  return sources.filter((source) => {
    const key = source.from === 'resource' ? source.path : JSON.stringify(source)
    const fresh = !seen.has(key)
    seen.add(key)
    return fresh
  })
}
