import type { JsonObject } from '@oasgen/json'
import type { Located } from './link-context.js'
import type { Schema } from './normal-form.js'
import { below } from './pointer.js'
import { keywordPlace, readFacts, type SchemaFacts } from './schema-facts.js'
import { schemaNode, type ChildReader } from './schema-node.js'
import type { OpenApiVersion } from './source-document.js'

/** They describe a value and forbid none, so it is safe to honour them beside a `$ref` in every version. */
const ANNOTATIONS = new Set([
  'title', 'description', 'summary', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'nullable', 'externalDocs', 'xml',
  '$comment',
])

export interface Referring {
  readonly version: OpenApiVersion
  readonly located: Located<JsonObject>
  readonly target: Schema
  /** Those of the referring object itself. */
  readonly children: () => ChildReader
}

/**
 * A `$ref` with other keywords beside it. In 3.1 both count. In 2.0 and 3.0 the others should be ignored; those that only
 * describe are honoured all the same, because that is what authors mean, and the rest is told as not carried.
 */
export function siblingView(referring: Referring): Schema {
  const { version, located, target } = referring
  const siblings = Object.keys(located.value).filter((name) => name !== '$ref')
  if (siblings.length === 0) return target
  const describes = (name: string): boolean => ANNOTATIONS.has(name) || name.startsWith('x-') || (name === 'default' && version === '3.1')
  const asserting = siblings.filter((name) => !describes(name))
  if (asserting.length > 0 && version === '3.1') return conjunction(referring)
  return describedView(located, target, asserting)
}

/** Both count: the node's own keywords, and the target as a member of `allOf`. */
function conjunction({ located, target, children }: Referring): Schema {
  const facts = readFacts(located)
  const own = schemaNode(facts, children())
  const nullable = facts.nullable || (facts.typeOrigin === 'absent' && target.nullable)
  return schemaNode({ ...facts, nullable }, { ...childrenFrom(own), allOf: () => [target, ...own.allOf] })
}

/** The target as it is described at this place. */
function describedView(located: Located<JsonObject>, target: Schema, ignored: readonly string[]): Schema {
  const own = readFacts({ ...located, value: withoutMembers(located.value, ['$ref', ...ignored]) })
  const name = own.refName ?? target.refName
  const facts: SchemaFacts = {
    ...target,
    ...descriptionOf(own),
    ...(name !== undefined && { refName: name }),
    readOnly: own.readOnly || target.readOnly,
    writeOnly: own.writeOnly || target.writeOnly,
    deprecated: own.deprecated || target.deprecated,
    nullable: own.nullable || target.nullable,
    extensions: { ...target.extensions, ...own.extensions },
    unsupported: [...target.unsupported, ...ignored.map((keyword) => ({ keyword, pointer: below(located.pointer, keyword) }))],
    findings: [...target.findings, ...own.findings],
    placeOf: (keyword) => (Object.hasOwn(located.value, keyword) ? keywordPlace(located, keyword) : target.placeOf(keyword)),
  }
  return schemaNode(facts, childrenFrom(target))
}

function descriptionOf(own: SchemaFacts): Partial<SchemaFacts> {
  const { uri, pointer, place, title, description, example } = own
  return {
    uri, pointer, place,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
    ...(own.default !== undefined && { default: own.default }),
  }
}

function withoutMembers(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

function childrenFrom(target: Schema): ChildReader {
  return {
    properties: () => target.properties,
    additionalProperties: () => target.additionalProperties,
    items: () => target.items,
    prefixItems: () => target.prefixItems,
    allOf: () => target.allOf,
    oneOf: () => target.oneOf,
    anyOf: () => target.anyOf,
    not: () => target.not,
    discriminator: () => target.discriminator,
  }
}
