import type { Schema } from './normal-form.js'
import type { SchemaChildren, SchemaFacts } from './schema-facts.js'

/** Where a node gets its children from, each when it is first read. */
export type ChildReader = { readonly [K in keyof SchemaChildren]-?: () => SchemaChildren[K] }

type Made = { -readonly [K in keyof SchemaChildren]?: SchemaChildren[K] | undefined }

/**
 * The half of a node that leads on. A class, because there are many nodes: getters of a prototype cost nothing per node, and
 * they are not enumerable, so nobody walks a cyclic graph by printing, comparing or copying one.
 */
class Children {
  readonly #read: ChildReader
  readonly #made: Made = {}

  constructor(read: ChildReader) {
    this.#read = read
  }
  get properties(): SchemaChildren['properties'] {
    return (this.#made.properties ??= this.#read.properties())
  }
  get prefixItems(): SchemaChildren['prefixItems'] {
    return (this.#made.prefixItems ??= this.#read.prefixItems())
  }
  get allOf(): SchemaChildren['allOf'] {
    return (this.#made.allOf ??= this.#read.allOf())
  }
  get oneOf(): SchemaChildren['oneOf'] {
    return (this.#made.oneOf ??= this.#read.oneOf())
  }
  get anyOf(): SchemaChildren['anyOf'] {
    return (this.#made.anyOf ??= this.#read.anyOf())
  }
  get items(): SchemaChildren['items'] | undefined {
    return (this.#made.items ??= this.#read.items())
  }
  get not(): SchemaChildren['not'] | undefined {
    return (this.#made.not ??= this.#read.not())
  }
  get additionalProperties(): SchemaChildren['additionalProperties'] {
    return (this.#made.additionalProperties ??= this.#read.additionalProperties())
  }
  get discriminator(): SchemaChildren['discriminator'] | undefined {
    return (this.#made.discriminator ??= this.#read.discriminator())
  }
}

export function schemaNode(facts: SchemaFacts, read: ChildReader): Schema {
  // The getters answer undefined where the type has no member, which is the same to every reader.
  return Object.assign(new Children(read), facts) as SchemaFacts & Children as Schema
}

export function childless(facts: SchemaFacts): Schema {
  return schemaNode(facts, NO_CHILDREN)
}

export const NOTHING: ReadonlyMap<string, Schema> = new Map()
const NONE: readonly Schema[] = []

export const NO_CHILDREN: ChildReader = {
  properties: () => NOTHING,
  additionalProperties: () => undefined,
  items: () => undefined,
  prefixItems: () => NONE,
  allOf: () => NONE,
  oneOf: () => NONE,
  anyOf: () => NONE,
  not: () => undefined,
  discriminator: () => undefined,
}
