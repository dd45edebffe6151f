import { parsePath } from '@oasgen/fieldpath'
import { isArray, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'

/** One description of a form gives both: the check of a value and the JSON Schema that is published. */
export type Form =
  | { readonly kind: 'text' | 'path' | 'integer' | 'boolean' | 'any' | 'object' }
  | { readonly kind: 'true' }
  | { readonly kind: 'const'; readonly value: string | number }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'list'; readonly of: Form }
  | { readonly kind: 'record'; readonly of: Form }
  | { readonly kind: 'members'; readonly required: Members; readonly optional: Members }
  | { readonly kind: 'either'; readonly forms: readonly Form[] }
  /** A member tells which of the forms it is. */
  | { readonly kind: 'tagged'; readonly tag: string; readonly forms: Readonly<Record<string, Form>> }
  | { readonly kind: 'named'; readonly name: string; readonly form: () => Form }
export type Members = Readonly<Record<string, Form>>

export const TEXT: Form = { kind: 'text' }
export const PATH: Form = { kind: 'path' }
export const INTEGER: Form = { kind: 'integer' }
export const BOOLEAN: Form = { kind: 'boolean' }
export const TRUE: Form = { kind: 'true' }
export const ANY: Form = { kind: 'any' }

export function words(...all: readonly string[]): Form {
  return { kind: 'words', words: all }
}
export function list(of: Form): Form {
  return { kind: 'list', of }
}
export function record(of: Form): Form {
  return { kind: 'record', of }
}
export function members(required: Members, optional: Members = {}): Form {
  return { kind: 'members', required, optional }
}
export function either(...forms: readonly Form[]): Form {
  return { kind: 'either', forms }
}
export function tagged(tag: string, forms: Readonly<Record<string, Form>>): Form {
  return { kind: 'tagged', tag, forms }
}
export function named(name: string, form: () => Form): Form {
  return { kind: 'named', name, form }
}

export interface FormProblem {
  /** `actions.get.call.path`; empty for the whole. */
  readonly at: string
  readonly expected: string
}

/** Members that the form does not name are let pass: what a controller must know is said by `requires`. */
export function checkForm(form: Form, value: JsonValue | undefined, at = ''): readonly FormProblem[] {
  switch (form.kind) {
    case 'any': return value === undefined ? problem(at, 'a value') : []
    case 'text': return typeof value === 'string' ? [] : problem(at, 'a text')
    case 'path': return typeof value === 'string' && isPath(value) ? [] : problem(at, 'a field path')
    case 'integer': return typeof value === 'number' && Number.isSafeInteger(value) ? [] : problem(at, 'an integer')
    case 'boolean': return typeof value === 'boolean' ? [] : problem(at, 'true or false')
    case 'true': return value === true ? [] : problem(at, 'true')
    case 'object': return isObject(value) ? [] : problem(at, 'an object')
    case 'const': return value === form.value ? [] : problem(at, JSON.stringify(form.value))
    case 'words': return typeof value === 'string' && form.words.includes(value) ? [] : problem(at, `one of ${form.words.join(', ')}`)
    case 'list': return isArray(value) ? value.flatMap((item, index) => checkForm(form.of, item, `${at}[${index}]`)) : problem(at, 'a list')
    case 'record': return isObject(value) ? Object.entries(value).flatMap(([name, item]) => checkForm(form.of, item, below(at, name))) : problem(at, 'an object')
    case 'members': return isObject(value) ? checkMembers(form, value, at) : problem(at, 'an object')
    case 'either': return checkEither(form.forms, value, at)
    case 'tagged': return isObject(value) ? checkTagged(form, value, at) : problem(at, 'an object')
    case 'named': return checkForm(form.form(), value, at)
  }
}

function problem(at: string, expected: string): readonly FormProblem[] {
  return [{ at, expected }]
}

function below(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`
}

/** `$` is the whole; `[]` is every element of a list. */
function isPath(text: string): boolean {
  return text === '$' || parsePath(text).ok || text.split('[]').every((part, at) => (part === '' ? at > 0 : parsePath(at > 0 && part.startsWith('.') ? part.slice(1) : part).ok))
}

function checkMembers({ required, optional }: Extract<Form, { kind: 'members' }>, value: JsonObject, at: string): readonly FormProblem[] {
  const needed = Object.entries(required).flatMap(([name, form]) => checkForm(form, member(value, name), below(at, name)))
  const others = Object.entries(optional).flatMap(([name, form]) => (member(value, name) === undefined ? [] : checkForm(form, member(value, name), below(at, name))))
  return [...needed, ...others]
}

function checkEither(forms: readonly Form[], value: JsonValue | undefined, at: string): readonly FormProblem[] {
  const results = forms.map((form) => checkForm(form, value, at))
  if (results.some((problems) => problems.length === 0)) return []
  // The form that got furthest tells most.
  return results.toSorted((a, b) => (b[0]?.at.length ?? 0) - (a[0]?.at.length ?? 0))[0] ?? []
}

function checkTagged({ tag, forms }: Extract<Form, { kind: 'tagged' }>, value: JsonObject, at: string): readonly FormProblem[] {
  const word = member(value, tag)
  const form = typeof word === 'string' && Object.hasOwn(forms, word) ? forms[word] : undefined
  return form === undefined ? problem(below(at, tag), `one of ${Object.keys(forms).join(', ')}`) : checkForm(form, value, at)
}

/** JSON Schema 2020-12. Named forms become `$defs`, so that recursion ends. */
export function renderSchema(form: Form): JsonObject {
  const definitions = new Map<string, JsonObject>()
  const root = schemaOf(form, definitions)
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...root, $defs: Object.fromEntries([...definitions].toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

function schemaOf(form: Form, definitions: Map<string, JsonObject>): JsonObject {
  const render = (inner: Form): JsonObject => schemaOf(inner, definitions)
  switch (form.kind) {
    case 'any': return {}
    case 'text': return { type: 'string' }
    case 'path': return { type: 'string', format: 'field-path' }
    case 'integer': return { type: 'integer' }
    case 'boolean': return { type: 'boolean' }
    case 'true': return { const: true }
    case 'object': return { type: 'object' }
    case 'const': return { const: form.value }
    case 'words': return { enum: form.words }
    case 'list': return { type: 'array', items: render(form.of) }
    case 'record': return { type: 'object', additionalProperties: render(form.of) }
    case 'members': return membersSchema(form, render)
    case 'either': return { anyOf: form.forms.map(render) }
    case 'tagged': return { oneOf: Object.entries(form.forms).map(([word, inner]) => taggedSchema(form.tag, word, render(inner))) }
    case 'named': return reference(form, definitions)
  }
}

function membersSchema({ required, optional }: Extract<Form, { kind: 'members' }>, render: (form: Form) => JsonObject): JsonObject {
  const properties = Object.fromEntries(Object.entries({ ...required, ...optional }).map(([name, form]) => [name, render(form)]))
  const names = Object.keys(required)
  return { type: 'object', ...(names.length > 0 && { required: names }), properties }
}

function taggedSchema(tag: string, word: string, schema: JsonObject): JsonObject {
  const properties = schema['properties']
  const required = schema['required']
  if (schema['$ref'] !== undefined) return { allOf: [schema], required: [tag], properties: { [tag]: { const: word } } }
  return { ...schema, required: [tag, ...(isArray(required) ? required : [])], properties: { [tag]: { const: word }, ...(isObject(properties) && properties) } }
}

function reference({ name, form }: Extract<Form, { kind: 'named' }>, definitions: Map<string, JsonObject>): JsonObject {
  if (!definitions.has(name)) {
    definitions.set(name, {})
    definitions.set(name, schemaOf(form(), definitions))
  }
  return { $ref: `#/$defs/${name}` }
}

