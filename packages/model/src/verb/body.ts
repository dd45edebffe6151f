import type { DocumentPlace } from '@oasgen/diagnostics'
import type { MediaType, Operation, Schema } from '@oasgen/openapi'
import type { CallDescription } from '@oasgen/restdefinition'
import { madeSchema } from '../schema/derived.js'
import { isListSchema, isObjectSchema, propertiesOf, typesOf } from '../schema/look.js'
import { pathNames } from '../schema/path-names.js'
import { type BodyEncoding, encodingOf, requestMedia } from './media.js'
import { followPath } from './response.js'

export interface BodyModel {
  readonly contentType: string
  readonly encoding: BodyEncoding
  readonly required: boolean
  readonly schema: Schema
  /**
   * `object`: its properties are fields of the spec. `list`: the spec holds it as a field (`items`). `value`: text, bytes, a map
   * or a single value, as a field (`body`).
   */
  readonly form: 'object' | 'list' | 'value'
  /** Name of that field; for an object, unused. */
  readonly field: string
  /** Where the object sits in the request: the schema whose properties are the fields. */
  readonly object: Schema
  readonly media: MediaType
  /** The document describes no body of update: these are create's fields. */
  readonly borrowed?: true
  readonly place: DocumentPlace
}

export function buildBody(operation: Operation, call: CallDescription): BodyModel | undefined {
  const body = operation.requestBody
  const media = body && requestMedia(body.content, call.body.contentType)
  if (body === undefined || media === undefined) return undefined
  const schema = media.schema ?? madeSchema(media.place, {})
  const object = call.body.path === undefined ? schema : followPath(schema, call.body.path) ?? madeSchema(media.place, {})
  const encoding = encodingOf(media.mediaType)
  const form = call.body.from === undefined ? formOf(object, encoding) : 'value'
  return {
    contentType: media.mediaType,
    encoding,
    required: body.required,
    schema,
    form,
    field: fieldOf(call, form),
    object,
    media,
    place: media.place,
  }
}

function formOf(schema: Schema, encoding: BodyEncoding): BodyModel['form'] {
  if (isListSchema(schema)) return 'list'
  if (propertiesOf(schema).size > 0) return 'object'
  if (encoding === 'text' || encoding === 'bytes') return 'value'
  const types = typesOf(schema)
  const isMap = typeof schema.additionalProperties === 'object'
  return isMap || (types.length > 0 && !isObjectSchema(schema) && !types.includes('object')) ? 'value' : 'object'
}

/** `body.from` names the field; a list is `items`, as in the reference. */
function fieldOf({ body }: CallDescription, form: BodyModel['form']): string {
  const names = body.from === undefined ? undefined : pathNames(body.from)
  if (names !== undefined && names[0] === 'spec' && names[1] !== undefined) return names[1]
  return form === 'list' ? 'items' : 'body'
}
