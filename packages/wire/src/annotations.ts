import { canonicalJson, isObject, numberText, isNumber, readJson, type JsonObject, type JsonValue } from '@oasgen/json'

/**
 * The value of `krateo.io/external-name`: which object of the API a resource stands for. Bare text where one parameter of its
 * operations is assigned by the server; else the values by status path.
 */
export type ExternalName =
  | { readonly type: 'bare'; readonly text: string }
  | { readonly type: 'fields'; readonly fields: JsonObject }

/** `undefined` for an absent or blank value, which means: no name yet. A text that is no JSON object is a bare name. */
export function readExternalName(written: string | undefined): ExternalName | undefined {
  const text = written?.trim() ?? ''
  if (text === '') return undefined
  const read = text.startsWith('{') ? readJson(text) : undefined
  return read?.ok === true && isObject(read.value) ? { type: 'fields', fields: read.value } : { type: 'bare', text }
}

/**
 * `fields` by status path. One field is written bare where it can be read back that way: as text or number, not blank, and
 * not itself looking like an object.
 */
export function printExternalName(fields: JsonObject): string | undefined {
  const values = Object.values(fields)
  if (values.length === 0) return undefined
  const bare = values.length === 1 ? bareText(values[0]) : undefined
  return bare ?? canonicalJson(fields)
}

function bareText(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'string' ? value : isNumber(value) ? numberText(value) : undefined
  const back = readExternalName(text)
  return back?.type === 'bare' && back.text === text ? text : undefined
}

/** The human answer to an unknown create: it was made and this is its name, or it was not made. */
export type CreateResolved =
  | { readonly type: 'created'; readonly name: ExternalName }
  | { readonly type: 'none' }
  | { readonly type: 'malformed'; readonly problem: string }

/** Reads `krateo.io/external-create-resolved`; `undefined` when it is absent or blank. */
export function readCreateResolved(written: string | undefined): CreateResolved | undefined {
  const text = written?.trim() ?? ''
  if (text === '') return undefined
  if (text === 'none') return { type: 'none' }
  if (!text.startsWith('created=')) return { type: 'malformed', problem: 'expected `created=<id>` or `none`' }
  const name = readExternalName(text.slice('created='.length))
  return name === undefined ? { type: 'malformed', problem: 'expected the id of the object behind `created=`' } : { type: 'created', name }
}

/** Reads `krateo.io/external-create-attempt`: 0 when absent, `undefined` when it is no count. */
export function readCreateAttempt(written: string | undefined): number | undefined {
  const text = written?.trim() ?? ''
  if (text === '') return 0
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
