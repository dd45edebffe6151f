import type { Merged } from './merge.js'
import type { Structural } from './structural.js'

/** Longer ones are documentation of their own. */
export const LONGEST_DESCRIPTION = 1024

/** What people read: the document's words, what could not be carried, and that a field is on its way out. Cut to the budget. */
export function describe(
  merged: Merged,
  extras: { readonly prefix?: string; readonly format?: string },
  length: number,
): string | undefined {
  const text = merged.parts.map((part) => part.description).find((description) => description !== undefined && description.trim() !== '')
  const words = [extras.prefix, text?.trim()].filter((part) => part !== undefined && part !== '').join(' - ')
  const format = extras.format === undefined ? '' : `${words === '' ? '' : ' '}(format: ${extras.format})`
  const deprecated = merged.schema.deprecated || merged.parts.some((part) => part.deprecated)
  const whole = `${deprecated ? 'DEPRECATED. ' : ''}${words}${format}`
  return whole === '' ? undefined : cutText(whole, length)
}

/** At a sentence or word before the limit, with a sign that something is missing. */
export function cutText(text: string, length: number): string {
  const clean = text.replace(/\r\n?/g, '\n')
  if (clean.length <= length) return clean
  const room = clean.slice(0, Math.max(0, length - 1))
  const sentence = Math.max(room.lastIndexOf('. '), room.lastIndexOf('.\n'))
  if (sentence > length / 2) return `${room.slice(0, sentence + 1)}…`
  const word = room.lastIndexOf(' ')
  return `${(word > length / 2 ? room.slice(0, word) : room).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** The tree with shorter descriptions; titles go where descriptions become short. */
export function trimDescriptions(node: Structural, length: number): Structural {
  if (length >= LONGEST_DESCRIPTION) return node
  const { description, title, ...rest } = node
  const text = description === undefined || length === 0 ? undefined : cutText(description, length)
  return {
    ...rest,
    ...(title !== undefined && length >= 256 && { title }),
    ...(text !== undefined && { description: text }),
    ...(node.properties && { properties: mapValues(node.properties, (child) => trimDescriptions(child, length)) }),
    ...(node.items && { items: trimDescriptions(node.items, length) }),
    ...(node.additionalProperties && { additionalProperties: trimDescriptions(node.additionalProperties, length) }),
  }
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}
