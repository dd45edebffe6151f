import type { Finding } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import { extensionsOf, readKeywords } from './keywords.js'
import type { Located } from './link-context.js'
import type { Schema, UnsupportedKeyword } from './normal-form.js'
import { below } from './pointer.js'
import { annotations, identityOf, readFacts, type SchemaFacts } from './schema-facts.js'
import { schemaNode, type LazyChildren } from './schema-node.js'
import type { OpenApiVersion } from './source-document.js'

/** They describe a value and forbid none, so it is safe to honour them beside a `$ref` in every version. */
const ANNOTATIONS = new Set([
  'title', 'description', 'summary', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'nullable', 'externalDocs', 'xml', '$comment',
])

export interface Referring {
  readonly version: OpenApiVersion
  readonly located: Located<JsonObject>
  readonly target: Schema
  /** Those of the referring object itself. */
  readonly children: () => LazyChildren
}

/**
 * A `$ref` with other keywords beside it. In 3.1 both count. In 2.0 and 3.0 the others should be ignored; those that only
 * describe are honoured all the same, because that is what authors mean, and the rest is told as not carried.
 */
export function siblingView(referring: Referring): Schema {
  const { version, located, target } = referring
  const siblings = Object.keys(located.value).filter((name) => name !== '$ref')
  if (siblings.length === 0) return target
  const asserting = siblings.filter((name) => !ANNOTATIONS.has(name) && !name.startsWith('x-') && !(name === 'default' && version === '3.1'))
  if (asserting.length > 0 && version === '3.1') return conjunction(referring)
  return describedView(located, target, asserting)
}

/** Both count: the node's own keywords, and the target as a member of `allOf`. */
function conjunction({ located, target, children: own }: Referring): Schema {
  const children = own()
  const facts = readFacts(located)
  const nullable = facts.nullable || (facts.typeOrigin === 'absent' && target.nullable)
  return schemaNode({ ...facts, nullable }, { ...children, allOf: () => [target, ...children.allOf()] })
}

function describedView(located: Located<JsonObject>, target: Schema, ignored: readonly string[]): Schema {
  const findings: Finding[] = []
  const reader = readKeywords(located, (problem) => findings.push(problem))
  const own = annotations(reader)
  const facts: SchemaFacts = {
    ...target,
    ...identityOf(located),
    ...withoutDefault(own, ignored),
    readOnly: own.readOnly || target.readOnly,
    writeOnly: own.writeOnly || target.writeOnly,
    deprecated: own.deprecated || target.deprecated,
    nullable: target.nullable || located.value['nullable'] === true || located.value['x-nullable'] === true,
    extensions: { ...target.extensions, ...extensionsOf(located.value) },
    unsupported: [...target.unsupported, ...ignored.map((keyword): UnsupportedKeyword => ({ keyword, pointer: below(located.pointer, keyword) }))],
    findings: [...target.findings, ...findings],
    placeOf: (keyword) => (Object.hasOwn(located.value, keyword) ? identityOf(located).placeOf(keyword) : target.placeOf(keyword)),
  }
  return schemaNode(facts, childrenFrom(target))
}

function withoutDefault(own: ReturnType<typeof annotations>, ignored: readonly string[]): Partial<SchemaFacts> {
  if (!ignored.includes('default')) return own
  const { default: _, ...others } = own
  return others
}

function childrenFrom(target: Schema): LazyChildren {
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
