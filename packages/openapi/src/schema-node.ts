import { withLazy } from './lazy.js'
import type { Schema } from './normal-form.js'
import type { SchemaChildren, SchemaFacts } from './schema-facts.js'

export function schemaNode(facts: SchemaFacts, children: LazyChildren): Schema {
  return withLazy<SchemaFacts, SchemaChildren>({ ...facts }, children)
}

export type LazyChildren = { readonly [K in keyof SchemaChildren]-?: () => SchemaChildren[K] }

export function childless(facts: SchemaFacts): Schema {
  return schemaNode(facts, NO_CHILDREN)
}

export const NOTHING: ReadonlyMap<string, Schema> = new Map()

export const NO_CHILDREN: LazyChildren = {
  properties: () => NOTHING,
  additionalProperties: () => undefined,
  items: () => undefined,
  prefixItems: () => [],
  allOf: () => [],
  oneOf: () => [],
  anyOf: () => [],
  not: () => undefined,
  discriminator: () => undefined,
}
