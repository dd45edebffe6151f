import { printPath } from '@oasgen/fieldpath'
import type { Schema } from '@oasgen/openapi'
import { isListSchema, isObjectSchema, itemsOf, propertiesOf, schemaAt } from '../schema/look.js'

/** What is known about the object before its answer is looked at. */
export interface ObjectHints {
  /** Names of fields that create and update send. */
  readonly sent: ReadonlySet<string>
  /** Identifiers and additional status fields, as names. */
  readonly wanted: readonly (readonly string[])[]
  /** Words for it: kind, plural. */
  readonly names: readonly string[]
}

/** Where something was found below an answer. */
export interface Found {
  readonly schema: Schema
  /** `$` = the answer itself. */
  readonly path: string
}

/** How deep an object or a list is looked for: `{data: {zone: {…}}}`. */
const LEVELS = 2

/**
 * The object in an answer. The answer itself, unless it has none of the fields that the definition and the requests name while
 * something inside has them: nothing changes for a definition whose paths count from the top.
 */
export function findObject(answer: Schema, hints: ObjectHints): Found {
  const top: Candidate = { schema: answer, names: [], ...score(answer, hints) }
  if (!isObjectSchema(answer) || top.wanted > 0) return found(top)
  const inside = candidates(answer, hints, [], LEVELS).filter((candidate) =>
    candidate.wanted > 0 || (hints.wanted.length === 0 && candidate.sent > top.sent),
  )
  const best = inside.reduce<Candidate | undefined>(
    (before, next) => (before !== undefined && before.wanted * 1000 + before.sent >= next.wanted * 1000 + next.sent ? before : next),
    undefined,
  )
  return found(best !== undefined && (best.wanted > 0 || best.sent > top.sent) ? best : top)
}

interface Candidate {
  readonly schema: Schema
  readonly names: readonly string[]
  readonly sent: number
  readonly wanted: number
}

function found({ schema, names }: Candidate): Found {
  return { schema, path: names.length === 0 ? '$' : printPath(names.map((key) => ({ key }))) }
}

function candidates(schema: Schema, hints: ObjectHints, names: readonly string[], levels: number): readonly Candidate[] {
  if (levels === 0) return []
  return [...propertiesOf(schema)].flatMap(([name, property]) => {
    if (hints.sent.has(name) || !isObjectSchema(property.schema)) return []
    const below = [...names, name]
    return [
      { schema: property.schema, names: below, ...score(property.schema, hints) },
      ...candidates(property.schema, hints, below, levels - 1),
    ]
  })
}

function score(schema: Schema, hints: ObjectHints): { readonly sent: number; readonly wanted: number } {
  const names = [...propertiesOf(schema).keys()]
  return {
    sent: names.filter((name) => hints.sent.has(name)).length,
    wanted: hints.wanted.filter((path) => schemaAt(schema, path) !== undefined).length,
  }
}

const LIST_WORDS = [
  'items',
  'data',
  'results',
  'result',
  'values',
  'value',
  'list',
  'records',
  'entries',
  'elements',
  'content',
  'objects',
  'resources',
]
const OTHER_LISTS = ['errors', 'warnings', 'messages', 'links', 'notifications', 'hints']

/** The list in an answer, with the schema of one element; undefined when there is none to be seen. */
export function findList(answer: Schema, hints: ObjectHints): Found | undefined {
  if (isListSchema(answer)) return { schema: itemsOf(answer) ?? answer, path: '$' }
  const lists = listsBelow(answer, [], LEVELS)
  const ranked = lists.map((list, order) =>
    ({ ...list, rank: rankOf(list, hints), order }),
  ).toSorted((a, b) => b.rank - a.rank || a.order - b.order)
  const best = ranked[0]
  return best === undefined || best.rank < 0 ? undefined : { schema: best.item, path: printPath(best.names.map((key) => ({ key }))) }
}

interface List {
  readonly names: readonly string[]
  readonly item: Schema
}

function listsBelow(schema: Schema, names: readonly string[], levels: number): readonly List[] {
  if (levels === 0 || !isObjectSchema(schema)) return []
  return [...propertiesOf(schema)].flatMap(([name, { schema: property }]) => {
    const below = [...names, name]
    if (isListSchema(property)) return [{ names: below, item: itemsOf(property) ?? property }]
    return isObjectSchema(property) ? listsBelow(property, below, levels - 1) : []
  })
}

/** What its elements have in common with the object counts most, then its name, then how near it is. */
function rankOf({ names, item }: List, hints: ObjectHints): number {
  const name = (names.at(-1) ?? '').toLowerCase()
  const { sent, wanted } = score(item, hints)
  if (sent + wanted === 0 && !isObjectSchema(item) && propertiesOf(item).size === 0 && OTHER_LISTS.includes(name)) return -1
  const named = hints.names.includes(name.replace(/[-_]/g, '')) ? 20 : LIST_WORDS.includes(name) ? 10 : OTHER_LISTS.includes(name) ? -50 : 0
  return wanted * 1000 + sent * 30 + named - (names.length - 1) * 5 + (isObjectSchema(item) ? 2 : 0)
}
