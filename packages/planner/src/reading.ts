import { parsePath } from '@oasgen/fieldpath'
import type { ResourceModel } from '@oasgen/model'
import { celUses } from './cel-uses.js'

/** Whether the definition itself says where the value of a field of the spec goes. */
export function isRead(model: ResourceModel, name: string): boolean {
  return sourcesOf(model).some((path) => isBelow(path, name)) || celUses(model).some(({ source, sends }) => sends === true && mentions(source, name))
}

function sourcesOf({ definition }: ResourceModel): readonly string[] {
  const calls = definition.resource.verbsDescription.flatMap((verb) => [verb, ...verb.steps])
  return calls.flatMap((call) => call.fieldMapping.flatMap((mapping) => {
    if (mapping.direction === 'response') return []
    const { from } = mapping
    return from.type === 'resource' ? [from.path] : from.type === 'secretRef' ? [from.nameFromCustomResource, from.keyFromCustomResource] : []
  }))
}

function isBelow(path: string, name: string): boolean {
  const parsed = parsePath(path)
  const [root, first] = parsed.ok ? parsed.path : []
  return root !== undefined && 'key' in root && root.key === 'spec' && first !== undefined && 'key' in first && first.key === name
}

/** `self.spec.members`, `self.spec['a-b']`, `added('spec.members')`. */
function mentions(source: string, name: string): boolean {
  const escaped = name.replace(/[^\w]/g, '\\$&')
  return new RegExp(`\\bspec(?:\\.|\\[['"])${escaped}(?![\\w-])`).test(source)
}
