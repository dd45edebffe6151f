import { finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { extensionsOf, readKeywords } from './keywords.js'
import { memberOf, placeOf, type LinkContext, type Located, type Report } from './link-context.js'
import type { Encoding, Header, MediaType, ParameterStyle, Schema } from './normal-form.js'
import { removalFix } from './overlay-fix.js'
import { membersOf, objectAt, objectMember } from './referred-object.js'
import { schemaAt } from './schema.js'

/** The `content` of a body, a response or a parameter: by media type, in the document's order. */
export function readContent(context: LinkContext, parent: Located<JsonObject>, report: Report): ReadonlyMap<string, MediaType> {
  const content = objectMember(context, parent, 'content', report)
  const entries = membersOf(content).flatMap(([name, located]) => {
    const object = objectAt(context, located, `the media type \`${name}\``, report)
    return object === undefined ? [] : [[name, readMediaType(context, name, object)] as const]
  })
  return new Map(entries)
}

function readMediaType(context: LinkContext, mediaType: string, located: Located<JsonObject>): MediaType {
  const example = exampleIn(located.value)
  const schema = schemaIn(context, located)
  return {
    mediaType,
    ...(schema !== undefined && { schema }),
    encoding: readEncodings(context, located),
    ...(example !== undefined && { example }),
    extensions: extensionsOf(located.value),
    pointer: located.pointer,
    place: placeOf(located),
  }
}

export function schemaIn(context: LinkContext, located: Located<JsonObject>): Schema | undefined {
  const schema = memberOf(located, 'schema')
  return schema === undefined || schema.value === null ? undefined : schemaAt(context, schema)
}

/** `example`, or the first of `examples` that has its value with it. */
export function exampleIn(value: JsonObject): JsonValue | undefined {
  if (Object.hasOwn(value, 'example')) return value['example']
  const { examples } = value
  if (isArray(examples)) return examples[0]
  if (!isObject(examples)) return undefined
  return Object.values(examples).flatMap((example) => (isObject(example) && example['value'] !== undefined ? [example['value']] : []))[0]
}

function readEncodings(context: LinkContext, located: Located<JsonObject>): ReadonlyMap<string, Encoding> {
  const silent: Report = () => undefined
  return new Map(membersOf(objectMember(context, located, 'encoding', silent)).flatMap(([name, encoding]) => {
    const object = objectAt(context, encoding, 'the encoding', silent)
    return object === undefined ? [] : [[name, readEncoding(context, object, silent)] as const]
  }))
}

const STYLES: readonly string[] = ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'] satisfies ParameterStyle[]

function readEncoding(context: LinkContext, located: Located<JsonObject>, report: Report): Encoding {
  const reader = readKeywords(located, report)
  const contentType = reader.text('contentType')
  const style = reader.text('style')
  const { explode } = located.value
  return {
    ...(contentType !== undefined && { contentType }),
    ...(style !== undefined && STYLES.includes(style) && { style: style as ParameterStyle }),
    ...(typeof explode === 'boolean' && { explode }),
    allowReserved: reader.flag('allowReserved'),
    headers: readHeaders(context, located, report),
  }
}

export function readHeaders(context: LinkContext, parent: Located<JsonObject>, report: Report): ReadonlyMap<string, Header> {
  return new Map(membersOf(objectMember(context, parent, 'headers', report)).flatMap(([name, located]) => {
    const object = objectAt(context, located, `the header \`${name}\``, report)
    return object === undefined ? [] : [[name, readHeader(context, name, object)] as const]
  }))
}

function readHeader(context: LinkContext, name: string, located: Located<JsonObject>): Header {
  const reader = readKeywords(located, () => undefined)
  const description = reader.text('description')
  const schema = headerSchema(context, located)
  return {
    name,
    required: reader.flag('required'),
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { schema }),
    pointer: located.pointer,
    place: placeOf(located),
  }
}

/** 2.0 writes the keywords of the schema into the header itself; 3.x may hide it in `content`. */
function headerSchema(context: LinkContext, located: Located<JsonObject>): Schema | undefined {
  if (context.version === '2.0') return schemaAt(context, located)
  const inContent = [...readContent(context, located, () => undefined).values()][0]
  return schemaIn(context, located) ?? inContent?.schema
}

/** A part that is told and left out. */
export function ignore(report: Report, located: Located, what: string, problem: string): void {
  report(finding('OAS0304', { what, problem }, { where: placeOf(located), ...removalFix(located, `leave ${what} out`) }))
}
