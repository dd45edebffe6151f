import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { SPEC } from './table/definition.js'
import type { Node, Release } from './table/node.js'

/** Something that a definition uses and an older program does not know. */
export interface UsedAddition {
  /** JSON Pointer into the RestDefinition. */
  readonly pointer: string
  /** `spec.resource.fields[]` */
  readonly field: string
  readonly since: Release
  readonly meaning: string
}

/** What of a RestDefinition came after the reference's first form, outermost first: what stands below is not told again. */
export function usedAdditions(definition: JsonObject): readonly UsedAddition[] {
  return below(SPEC, definition.spec, { pointer: '/spec', field: 'spec' })
}

interface At {
  readonly pointer: string
  readonly field: string
}

function below(node: Node, value: JsonValue | undefined, at: At): readonly UsedAddition[] {
  if (isArray(value)) return value.flatMap((item, index) => (node.items === undefined ? [] : below(node.items, item, { pointer: `${at.pointer}/${index}`, field: `${at.field}[]` })))
  if (!isObject(value)) return []
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    if (member === undefined) return []
    const inside = { pointer: `${at.pointer}/${name}`, field: `${at.field}.${name}` }
    if (child.since !== 'reference') return [{ ...inside, since: child.since, meaning: child.description }]
    return below(child, member, inside)
  })
}
