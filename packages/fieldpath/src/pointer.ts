import { arrayIndex, isArray, isObject, member, readPointer, writePointer, type JsonValue } from '@oasgen/json'
import { MAX_INDEX, type FieldPath, type Segment } from './path.js'

/** The path as JSON Pointer, or `undefined` where a selection makes it depend on the value. */
export function toPointer(path: FieldPath): string | undefined {
  const tokens: (string | number)[] = []
  for (const segment of path) {
    if ('select' in segment) return undefined
    tokens.push('key' in segment ? segment.key : segment.index)
  }
  return writePointer(tokens)
}

/**
 * The path of a JSON Pointer, or `undefined` for a text that is none. A token of digits is a name in an object and an index in
 * an array: `value` decides; without it (or where it ends) such a token is taken for an index.
 */
export function fromPointer(pointer: string, value?: JsonValue): FieldPath | undefined {
  const path: Segment[] = []
  let current = value
  const tokens = readPointer(pointer)
  if (tokens === undefined) return undefined
  for (const token of tokens) {
    const segment = segmentOf(token, current)
    path.push(segment)
    current = 'key' in segment ? (isObject(current) ? member(current, segment.key) : undefined) : itemOf(current, segment)
  }
  return path
}

type Step = { readonly key: string } | { readonly index: number }

function segmentOf(token: string, parent: JsonValue | undefined): Step {
  const index = arrayIndex(token)
  return index === undefined || index > MAX_INDEX || isObject(parent) ? { key: token } : { index }
}

function itemOf(parent: JsonValue | undefined, { index }: { readonly index: number }): JsonValue | undefined {
  return isArray(parent) ? parent[index] : undefined
}
