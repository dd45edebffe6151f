import { parsePath } from '@oasgen/fieldpath'
import type { ResourceModel } from '@oasgen/model'
import type { MappingSource } from '@oasgen/restdefinition'
import { celUses } from './cel-uses.js'
import { describedCalls } from './mappings.js'

/** Whether the definition itself says where the value of a field of the spec goes. */
export function isRead(model: ResourceModel, name: string): boolean {
  const expressions = celUses(model).filter(({ sends }) => sends === true)
  return sourcesOf(model).some((path) => isBelow(path, name)) || expressions.some(({ source }) => mentions(source, name))
}

function sourcesOf({ definition }: ResourceModel): readonly string[] {
  const mappings = describedCalls(definition).flatMap((each) => each.mappings)
  return mappings.flatMap((mapping) => (mapping.direction === 'request' ? placesIn(mapping.from) : []))
}

function placesIn(source: MappingSource): readonly string[] {
  switch (source.type) {
    case 'resource': return [source.path]
    case 'secretRef': return [source.nameFromCustomResource, source.keyFromCustomResource]
    case 'cel': return []
  }
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
