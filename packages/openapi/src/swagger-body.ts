import { finding } from '@oasgen/diagnostics'
import { isArray, type JsonObject } from '@oasgen/json'
import { schemaIn } from './content.js'
import { extensionsOf, readKeywords } from './keywords.js'
import { lazily } from './lazy.js'
import { placeOf, type LinkContext, type Located, type Report } from './link-context.js'
import type { Encoding, MediaType, RequestBody, Schema } from './normal-form.js'
import type { DeclaredParameter } from './parameter.js'
import { readCollectionFormat } from './parameter-style.js'
import { NO_CHILDREN, schemaNode } from './schema-node.js'
import { emptyFacts } from './schema-facts.js'
import { parameterSchema } from './swagger-schema.js'

export interface SwaggerOperation {
  readonly located: Located<JsonObject>
  readonly declared: readonly DeclaredParameter[]
}

/** The body of a 2.0 operation: its `body` parameter, or the fields of its form. */
export function readSwaggerBody(context: LinkContext, operation: SwaggerOperation, report: Report): RequestBody | undefined {
  const [body, ...others] = bodiesOf(operation)
  if (body !== undefined && others.length > 0) return unionOf(context, operation, [body, ...others], report)
  if (body !== undefined) return bodyOf(context, operation, body.located)
  const fields = operation.declared.filter(({ in: where }) => where === 'formData')
  return fields.length === 0 ? undefined : formOf(context, operation, fields)
}

/** A body of the operation takes the place of those of the path item, whatever their names. */
function bodiesOf({ declared }: SwaggerOperation): readonly DeclaredParameter[] {
  const bodies = declared.filter(({ in: where }) => where === 'body')
  const own = bodies.filter(({ origin }) => origin === 'operation')
  return own.length > 0 ? own : bodies
}

function unionOf(context: LinkContext, operation: SwaggerOperation, bodies: readonly DeclaredParameter[], report: Report): RequestBody {
  const all: Located = { source: operation.located.source, pointer: `${operation.located.pointer}/parameters`, value: null }
  const names = bodies.map(({ name }) => `\`${name}\``).join(', ')
  report(finding('OAS0312', { count: bodies.length, names }, { where: placeOf(all) }))
  const anyOf = lazily(() => bodies.flatMap(({ located }) => schemaIn(context, located) ?? []))
  const schema = schemaNode(emptyFacts(all, 'schema'), { ...NO_CHILDREN, anyOf })
  return {
    required: bodies.every(({ located }) => located.value['required'] === true),
    content: contentOf(mediaTypesOf(context, operation.located, 'consumes'), all, schema),
    extensions: {},
    pointer: all.pointer,
    place: placeOf(all),
  }
}

function bodyOf(context: LinkContext, { located }: SwaggerOperation, body: Located<JsonObject>): RequestBody {
  const reader = readKeywords(body, () => undefined)
  const description = reader.text('description')
  return {
    required: reader.flag('required'),
    ...(description !== undefined && { description }),
    content: contentOf(mediaTypesOf(context, located, 'consumes'), body, schemaIn(context, body)),
    extensions: extensionsOf(body.value),
    pointer: body.pointer,
    place: placeOf(body),
  }
}

/** `consumes` or `produces` of the operation, else of the document; JSON where neither says. */
export function mediaTypesOf(context: LinkContext, operation: Located<JsonObject>, keyword: 'consumes' | 'produces'): readonly string[] {
  const written = [operation.value[keyword], context.root.root[keyword]].find((list) => isArray(list) && list.length > 0)
  const texts = isArray(written) ? written.filter((item): item is string => typeof item === 'string') : []
  return texts.length > 0 ? [...new Set(texts)] : ['application/json']
}

const NO_ENCODING: ReadonlyMap<string, Encoding> = new Map()

/** The same schema under each of the media types that 2.0 lists apart from it. */
export function contentOf(
  mediaTypes: readonly string[],
  located: Located,
  schema: Schema | undefined,
  encoding = NO_ENCODING,
): ReadonlyMap<string, MediaType> {
  const common = { ...(schema !== undefined && { schema }), encoding, extensions: {}, pointer: located.pointer, place: placeOf(located) }
  return new Map(mediaTypes.map((mediaType) => [mediaType, { mediaType, ...common }]))
}

const URLENCODED = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data'

function formOf(context: LinkContext, { located }: SwaggerOperation, fields: readonly DeclaredParameter[]): RequestBody {
  const consumed = mediaTypesOf(context, located, 'consumes').filter((mediaType) => mediaType === URLENCODED || mediaType === MULTIPART)
  const fallback = fields.some((field) => field.located.value['type'] === 'file') ? MULTIPART : URLENCODED
  const mediaTypes = consumed.length > 0 ? consumed : [fallback]
  const required = fields.filter((field) => field.located.value['required'] === true).map(({ name }) => name)
  const form: Located = { source: located.source, pointer: `${located.pointer}/parameters`, value: null }
  const encoding = new Map(fields.flatMap((field) => encodingOf(field)))
  return {
    required: required.length > 0,
    content: contentOf(mediaTypes, form, formSchema(context, form, fields, required), encoding),
    extensions: {},
    pointer: form.pointer,
    place: placeOf(form),
  }
}

/** A schema that the document does not have: an object of the fields. */
function formSchema(context: LinkContext, form: Located, fields: readonly DeclaredParameter[], required: readonly string[]): Schema {
  const facts = { ...emptyFacts(form, 'schema'), types: ['object'] as const, typeOrigin: 'declared' as const, required }
  const properties = lazily(() => new Map(fields.map(({ name, located }) => [name, parameterSchema(context, located)])))
  return schemaNode(facts, { ...NO_CHILDREN, properties })
}

function encodingOf({ name, located }: DeclaredParameter): readonly (readonly [string, Encoding])[] {
  if (located.value['type'] !== 'array') return []
  const { style, explode } = readCollectionFormat(located, 'query', () => undefined)
  return [[name, { style, explode, allowReserved: false, headers: new Map() }]]
}
