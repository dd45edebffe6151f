import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { memberOf, placeOf, type LinkContext, type Located } from './link-context.js'
import { nameValue } from './name-value.js'
import type { Discriminator, Schema } from './normal-form.js'
import { removalFix } from './overlay-fix.js'
import { below } from './pointer.js'
import { follow, keyOf, resolveReference } from './reference.js'
import { siblingView } from './ref-siblings.js'
import { emptyFacts, meansNull, readFacts } from './schema-facts.js'
import { childless, NOTHING, schemaNode, type ChildReader } from './schema-node.js'

/** The node of a place; the same object each time. */
export function schemaAt(context: LinkContext, located: Located): Schema {
  const key = keyOf(located)
  const known = context.schemas.get(key)
  if (known !== undefined) return known
  if (context.schemas.size >= context.limits.schemas) return childless(emptyFacts(located, 'unresolved', [tooMany(context, located)]))
  const made = makeSchema(context, located)
  context.schemas.set(key, made)
  return made
}

function tooMany(context: LinkContext, located: Located): Finding {
  return finding('OAS0404', { limit: context.limits.schemas }, { where: placeOf(located) })
}

function noSchema(located: Located): Finding {
  return finding('OAS0402', { found: nameValue(located.value) }, { where: placeOf(located), ...removalFix(located, 'leave it out') })
}

function makeSchema(context: LinkContext, located: Located): Schema {
  const { value } = located
  if (typeof value === 'boolean') return childless(emptyFacts(located, value ? 'true' : 'false'))
  if (!isObject(value)) return childless(emptyFacts(located, 'unresolved', [noSchema(located)]))
  const object = located as Located<JsonObject>
  if (Object.hasOwn(value, '$ref')) return referredSchema(context, object)
  return schemaNode(readFacts(object), new DocumentChildren(context, object))
}

/** One step at a time, because each place on the way may add something beside its `$ref`. */
function referredSchema(context: LinkContext, located: Located<JsonObject>): Schema {
  const whole = follow(context, located)
  const step = whole.ok ? resolveReference(context, located) : whole
  if (!step.ok) return childless(emptyFacts(located, 'unresolved', [step.problem]))
  const target = schemaAt(context, step.target)
  return siblingView({ version: context.version, located, target, children: () => new DocumentChildren(context, located) })
}

/** Reads the children of an object in the document. */
class DocumentChildren implements ChildReader {
  readonly #context: LinkContext
  readonly #located: Located<JsonObject>

  constructor(context: LinkContext, located: Located<JsonObject>) {
    this.#context = context
    this.#located = located
  }
  properties(): ReadonlyMap<string, Schema> {
    return propertiesOf(this.#context, memberOf(this.#located, 'properties'))
  }
  additionalProperties(): boolean | Schema | undefined {
    return additionalOf(this.#context, memberOf(this.#located, 'additionalProperties'))
  }
  items(): Schema | undefined {
    const items = memberOf(this.#located, 'items')
    return isArray(items?.value) ? undefined : optional(this.#context, items)
  }
  /** A list of `items` is how older drafts wrote it. */
  prefixItems(): readonly Schema[] {
    const items = memberOf(this.#located, 'items')
    return listOf(this.#context, memberOf(this.#located, 'prefixItems') ?? (isArray(items?.value) ? items : undefined))
  }
  allOf(): readonly Schema[] {
    return listOf(this.#context, memberOf(this.#located, 'allOf'))
  }
  oneOf(): readonly Schema[] {
    return listOf(this.#context, memberOf(this.#located, 'oneOf'), describesMore)
  }
  anyOf(): readonly Schema[] {
    return listOf(this.#context, memberOf(this.#located, 'anyOf'), describesMore)
  }
  not(): Schema | undefined {
    return optional(this.#context, memberOf(this.#located, 'not'))
  }
  discriminator(): Discriminator | undefined {
    return discriminatorOf(this.#context, this.#located)
  }
}

function describesMore(item: JsonValue, among: readonly JsonValue[]): boolean {
  return !meansNull(item, among)
}

function optional(context: LinkContext, located: Located | undefined): Schema | undefined {
  return located === undefined || located.value === null ? undefined : schemaAt(context, located)
}

/** A text under the name `$ref` is no property but a reference to all of them, which documents of several files have. */
function propertiesOf(context: LinkContext, written: Located | undefined): ReadonlyMap<string, Schema> {
  const refers = isObject(written?.value) && typeof written.value['$ref'] === 'string'
  const followed = refers && written !== undefined ? follow(context, written) : undefined
  const located = followed?.ok === true ? followed.target : written
  if (!isObject(located?.value)) return NOTHING
  const { source, pointer } = located
  const entries = Object.entries(located.value)
  return new Map(entries.map(([name, value]) => [name, schemaAt(context, { source, pointer: below(pointer, name), value })]))
}

const NONE: readonly Schema[] = []

function listOf(context: LinkContext, located: Located | undefined, keep: typeof describesMore = () => true): readonly Schema[] {
  if (located === undefined || !isArray(located.value)) return NONE
  const { source, pointer, value: all } = located
  const schemaOf = (value: JsonValue, index: number): Schema => schemaAt(context, { source, pointer: below(pointer, index), value })
  return all.flatMap((value, index) => (keep(value, all) ? [schemaOf(value, index)] : []))
}

function additionalOf(context: LinkContext, located: Located | undefined): boolean | Schema | undefined {
  if (located === undefined || located.value === null) return undefined
  if (typeof located.value === 'boolean') return located.value
  if (isObject(located.value) && Object.keys(located.value).length === 0) return true
  return schemaAt(context, located)
}

/** 2.0 writes the name of the property alone. */
function discriminatorOf(context: LinkContext, located: Located<JsonObject>): Discriminator | undefined {
  const written = memberOf(located, 'discriminator')
  if (written === undefined) return undefined
  if (typeof written.value === 'string') return { propertyName: written.value, mapping: new Map() }
  if (!isObject(written.value) || typeof written.value['propertyName'] !== 'string') return undefined
  return { propertyName: written.value['propertyName'], mapping: mappingOf(context, written as Located<JsonObject>) }
}

function mappingOf(context: LinkContext, discriminator: Located<JsonObject>): ReadonlyMap<string, Schema> {
  const mapping = memberOf(discriminator, 'mapping')
  if (!isObject(mapping?.value)) return NOTHING
  const { source, pointer } = mapping
  const entries = Object.entries(mapping.value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return new Map(entries.map(([name, target]) => {
    const value = { $ref: addressOf(target) }
    return [name, schemaAt(context, { source, pointer: below(pointer, name), value })]
  }))
}

/** A mapping names a schema by reference, or by the name of the component alone. */
function addressOf(target: string): string {
  return /^[\w.-]+$/.test(target) && !/\.(?:json|ya?ml)$/.test(target) ? `#/components/schemas/${target}` : target
}
