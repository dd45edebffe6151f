import { isArray, isNumber, isObject, numberText, Sealed, writeJson, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import type { ParameterPlan } from '@oasgen/plan'
import type { SealedText } from '@oasgen/wire'
import { joinText } from './sealed-text.js'

/** How characters are escaped at one place of a request. A Sealed piece is escaped by `transport` when it fills it. */
export type Escape = (text: string) => string

/** RFC 6570 simple expansion: everything but unreserved characters. */
export function escapeAll(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text
  return encodeURIComponent(wellFormed(text)).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** RFC 6570 reserved expansion, less what would end a query value or the query. */
export function escapeReserved(text: string): string {
  return escapeAll(text).replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B|5B|5D)/g, (code) => decodeURIComponent(code))
}

export function escapeNothing(text: string): string {
  return text
}

// A lone surrogate cannot be encoded: encodeURIComponent throws on it.
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd') : text
}

/** One value as text: strings as they are, exact numbers, what is nested as JSON. */
export function scalarText(value: JsonValue, escape: Escape): SealedText {
  if (typeof value === 'string') return escape(value)
  if (value instanceof Sealed) return [value]
  if (isNumber(value)) return escape(numberText(value))
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return value === null ? '' : escape(writeJson(value))
}

/** A path parameter, complete with its prefix for `label` and `matrix`. */
export function pathText(parameter: ParameterPlan, value: JsonValue): SealedText {
  const { name, style, explode } = parameter
  if (style === 'simple' && typeof value === 'string') return escapeAll(value)
  const flat = flatten(value, escapeAll)
  if (style === 'label') return joinText(['.', ...separated(explode ? assigned(flat) : plain(flat), explode ? '.' : ',')])
  if (style === 'matrix') return matrixText(escapeAll(name), flat, explode)
  return joinText(separated(explode ? assigned(flat) : plain(flat), ','))
}

function matrixText(name: string, flat: Flat, explode: boolean): SealedText {
  if (flat.type === 'scalar' || !explode) return joinText([`;${name}=`, ...separated(plain(flat), ',')])
  if (flat.type === 'array') return joinText(flat.items.flatMap((item) => [`;${name}=`, item]))
  return joinText(flat.entries.flatMap(([key, item]) => [`;${key}=`, item]))
}

/** A header value, `simple` style: nothing is escaped. */
export function headerText(parameter: ParameterPlan, value: JsonValue): SealedText {
  const flat = flatten(value, escapeNothing)
  return joinText(separated(parameter.explode ? assigned(flat) : plain(flat), ','))
}

export interface Pair {
  readonly name: string
  readonly value: SealedText
}

/** Query or cookie pairs, escaped. An empty array gives none. */
export function pairsOf(parameter: ParameterPlan, value: JsonValue): readonly Pair[] {
  const escape = parameter.allowReserved === true ? escapeReserved : escapeAll
  const name = escapeAll(parameter.name)
  if (parameter.style === 'deepObject') return deepPairs(name, value, escape)
  const flat = flatten(value, escape)
  if (flat.type === 'scalar') return [{ name, value: flat.item }]
  if (flat.type === 'array' && flat.items.length === 0) return []
  if (!parameter.explode) return [{ name, value: joinText(separated(plain(flat), DELIMITER[parameter.style] ?? ',')) }]
  if (flat.type === 'array') return flat.items.map((item) => ({ name, value: item }))
  return flat.entries.map(([key, item]) => ({ name: key, value: item }))
}

const DELIMITER: Readonly<Partial<Record<ParameterPlan['style'], string>>> = { spaceDelimited: '%20', pipeDelimited: '%7C' }

/** `filter[a][b]=1`; arrays repeat the name, which is what servers that read deepObject do with them. */
function deepPairs(name: string, value: JsonValue, escape: Escape): readonly Pair[] {
  if (isObject(value)) return Object.entries(value).flatMap(([key, child]) => deepPairs(`${name}%5B${escapeAll(key)}%5D`, child, escape))
  if (isArray(value)) return value.flatMap((item) => deepPairs(name, item, escape))
  return value === null ? [] : [{ name, value: scalarText(value, escape) }]
}

type Flat =
  | { readonly type: 'scalar'; readonly item: SealedText }
  | { readonly type: 'array'; readonly items: readonly SealedText[] }
  | { readonly type: 'object'; readonly entries: readonly (readonly [string, SealedText])[] }

function flatten(value: JsonValue, escape: Escape): Flat {
  if (isArray(value)) return { type: 'array', items: presentItems(value).map((item) => scalarText(item, escape)) }
  if (isObject(value)) return { type: 'object', entries: presentEntries(value).map(([key, item]) => [escape(key), scalarText(item, escape)]) }
  return { type: 'scalar', item: scalarText(value, escape) }
}

// RFC 6570: undefined members are left out; in JSON that is null.
function presentItems(value: JsonArray): JsonArray {
  return value.filter((item) => item !== null)
}
function presentEntries(value: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.entries(value).filter(([, item]) => item !== null)
}

function plain(flat: Flat): readonly SealedText[] {
  switch (flat.type) {
    case 'scalar': return [flat.item]
    case 'array': return flat.items
    case 'object': return flat.entries.flatMap(([key, item]) => [key, item])
  }
}

function assigned(flat: Flat): readonly SealedText[] {
  return flat.type === 'object' ? flat.entries.map(([key, item]) => joinText([`${key}=`, item])) : plain(flat)
}

function separated(items: readonly SealedText[], delimiter: string): readonly SealedText[] {
  return items.flatMap((item, at) => (at === 0 ? [item] : [delimiter, item]))
}
