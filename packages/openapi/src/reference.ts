import { finding, nearest, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { arrayIndex, isArray, isObject, readPointer, type JsonObject, type JsonValue } from '@oasgen/json'
import { placeOf, type LinkContext, type Located } from './link-context.js'
import { nameValue, shorten } from './name-value.js'
import { updateFix } from './overlay-fix.js'
import { below, childOf, valueAt } from './pointer.js'
import type { SourceDocument } from './source-document.js'
import { decodePercent, resolveUri } from './uri.js'

export type Resolved = { readonly ok: true; readonly target: Located } | { readonly ok: false; readonly problem: Finding }

/** Longer chains are no document that somebody wrote by hand or by a sane program. */
const CHAIN = 50

/** Follows `$ref` until there is none. What has no `$ref` is its own target. */
export function follow(context: LinkContext, start: Located): Resolved {
  return followFrom(context, start, new Set())
}

/** `seen`: the references on the way here, also those that a pointer leads through. */
function followFrom(context: LinkContext, start: Located, seen: Set<string>): Resolved {
  let at = start
  while (isObject(at.value) && Object.hasOwn(at.value, '$ref')) {
    const key = keyOf(at)
    if (seen.has(key) || seen.size > CHAIN) return { ok: false, problem: cycle(start) }
    seen.add(key)
    const next = resolveStep(context, at as Located<JsonObject>, seen)
    if (!next.ok) return next
    at = next.target
  }
  return { ok: true, target: at }
}

export function keyOf(located: Located): string {
  return `${located.source.uri}#${located.pointer}`
}

/** One step: where the `$ref` of an object leads. */
export function resolveReference(context: LinkContext, from: Located<JsonObject>): Resolved {
  return resolveStep(context, from, new Set([keyOf(from)]))
}

function resolveStep(context: LinkContext, from: Located<JsonObject>, seen: Set<string>): Resolved {
  const reference = from.value['$ref']
  const where = from.source.place(below(from.pointer, '$ref'))
  if (typeof reference !== 'string') return refused(malformed(reference, from, where))
  const [address = '', ...rest] = reference.split('#')
  const source = sourceOf(context, from.source, address)
  if (source === undefined) return refused(notLoaded(context, from.source, reference, where))
  const fragment = decodePercent(rest.join('#'))
  const target: Target = { source, fragment, reference, where, seen, from }
  return fragment === '' || fragment.startsWith('/') ? byPointer(context, target) : byAnchor(context, target)
}

function sourceOf(context: LinkContext, referring: SourceDocument, address: string): SourceDocument | undefined {
  const from = context.definitions.has(referring) ? context.root : referring
  if (address === '') return from
  const uri = resolveUri(from.uri, address)
  return uri === context.root.uri ? context.root : context.others.get(uri)
}

interface Target {
  readonly source: SourceDocument
  readonly fragment: string
  readonly reference: string
  readonly where: DocumentPlace
  readonly seen: Set<string>
  /** The object that holds the `$ref`. */
  readonly from: Located
}

function byPointer(context: LinkContext, target: Target): Resolved {
  const tokens = readPointer(target.fragment)
  if (tokens === undefined) return refused(unreadable(target))
  let at: Located = { source: target.source, pointer: '', value: target.source.root }
  for (const [index, token] of tokens.entries()) {
    const container = stepInto(context, at, token, target.seen)
    const value = childOf(container.value, token)
    if (value === undefined) return refused(dangling(target, container, tokens, index))
    at = { source: container.source, pointer: below(container.pointer, token), value }
  }
  return { ok: true, target: at }
}

/** Some documents point through a reference: what is not here is looked for where the `$ref` leads. */
function unreadable({ reference, where }: Target): Finding {
  const texts = { found: `the text "${shorten(reference, 60)}"`, advice: 'write `~` as `~0` and `/` as `~1`' }
  return finding('OAS0204', texts, { where })
}

function stepInto(context: LinkContext, at: Located, token: string, seen: ReadonlySet<string>): Located {
  if (childOf(at.value, token) !== undefined || !isObject(at.value) || !Object.hasOwn(at.value, '$ref')) return at
  const followed = followFrom(context, at, new Set(seen))
  return followed.ok ? followed.target : at
}

function byAnchor(context: LinkContext, target: Target): Resolved {
  const pointer = anchorsOf(context, target.source).get(target.fragment)
  const value = pointer === undefined ? undefined : valueAt(target.source.root, pointer)
  if (pointer !== undefined && value !== undefined) return { ok: true, target: { source: target.source, pointer, value } }
  const name = target.fragment.replace(/^\/?/, '/')
  const advice = valueAt(target.source.root, name) === undefined ? 'a pointer into the document begins with `#/`' : `write \`#${name}\``
  const problem = `no \`$anchor\` is called \`${shorten(target.fragment, 60)}\``
  return refused(finding('OAS0201', { reference: shorten(target.reference, 100), problem, advice }, { where: target.where }))
}

function anchorsOf(context: LinkContext, source: SourceDocument): ReadonlyMap<string, string> {
  const known = context.anchors.get(source)
  if (known !== undefined) return known
  const found = new Map<string, string>()
  collectAnchors(source.root, '', found)
  context.anchors.set(source, found)
  return found
}

function collectAnchors(value: JsonValue, pointer: string, found: Map<string, string>): void {
  if (isArray(value)) {
    for (const [index, item] of value.entries()) collectAnchors(item, below(pointer, index), found)
    return
  }
  if (!isObject(value)) return
  for (const name of ['$anchor', '$dynamicAnchor']) {
    const anchor = value[name]
    if (typeof anchor === 'string' && !found.has(anchor)) found.set(anchor, pointer)
  }
  for (const [name, member] of Object.entries(value)) collectAnchors(member, below(pointer, name), found)
}

function refused(problem: Finding): Resolved {
  return { ok: false, problem }
}

function cycle(start: Located): Finding {
  const reference = isObject(start.value) ? start.value['$ref'] : undefined
  const shown = typeof reference === 'string' ? shorten(reference, 100) : '$ref'
  return finding('OAS0202', { reference: shown }, { where: placeOf(start, '$ref') })
}

function malformed(reference: JsonValue | undefined, from: Located<JsonObject>, where: DocumentPlace): Finding {
  const advice = isObject(reference) ? 'a property that is called `$ref` must stand under `properties`' : 'write the place in quotes'
  return finding('OAS0204', { found: nameValue(reference), advice }, { where: reference === undefined ? placeOf(from) : where })
}

function notLoaded(context: LinkContext, from: SourceDocument, reference: string, where: DocumentPlace): Finding {
  const uri = resolveUri(from.uri, reference.split('#')[0] ?? '')
  context.wanted.add(uri)
  return finding('OAS0203', { reference: shorten(reference, 100), uri: shorten(uri, 200) }, { where })
}

function dangling(target: Target, container: Located, tokens: readonly string[], index: number): Finding {
  const token = tokens[index] ?? ''
  const place = container.pointer === '' ? 'the document' : `\`${container.pointer}\``
  const inList = arrayIndex(token) !== undefined && isArray(container.value)
  const problem = inList ? `${place} has ${container.value.length} elements` : `${place} has no \`${shorten(token, 60)}\``
  const near = nearReference(target, container, tokens, index)
  const advice = near === undefined ? 'add what is missing, by an overlay if the document is not yours' : `did you mean \`${near}\`?`
  const fix = near === undefined ? {} : updateFix(target.from, `refer to ${near}`, { $ref: near })
  return finding('OAS0201', { reference: shorten(target.reference, 100), problem, advice }, { where: target.where, ...fix })
}

function nearReference(target: Target, container: Located, tokens: readonly string[], index: number): string | undefined {
  const address = target.reference.split('#')[0] ?? ''
  const names = isObject(container.value) ? Object.keys(container.value) : []
  const near = nearest(tokens[index] ?? '', names)
  const replaced = near === undefined ? undefined : below(container.pointer, near, ...tokens.slice(index + 1))
  if (replaced !== undefined && valueAt(container.source.root, replaced) !== undefined) return `${address}#${replaced}`
  return sameNameElsewhere(container.source.root, tokens.at(-1) ?? '').map((pointer) => `${address}#${pointer}`)[0]
}

/** The place of a component of this name, in whatever section and version it is kept. */
function sameNameElsewhere(root: JsonObject, name: string): readonly string[] {
  const sections = [root, isObject(root['components']) ? root['components'] : {}].flatMap((holder, depth) =>
    Object.keys(holder).map((section) => below(depth === 0 ? '' : '/components', section)))
  return sections.filter((section) => section !== '/paths' && section !== '/components').map((section) => below(section, name))
    .filter((pointer) => isObject(valueAt(root, pointer)))
}
