import type { DocumentPlace } from '@oasgen/diagnostics'
import { parsePath } from '@oasgen/fieldpath'
import type { Operation, Response, Schema } from '@oasgen/openapi'
import type { CallDescription, VerbAction } from '@oasgen/restdefinition'
import { madeSchema } from '../schema/derived.js'
import { itemsOf, schemaAt } from '../schema/look.js'
import { findList, findObject, type ObjectHints } from './envelope.js'
import { responseMedia } from './media.js'

export interface ResponseModel {
  readonly code: string
  readonly schema: Schema
  /** The object inside the envelope; equal to `schema` where there is none; one element where the answer is a list. */
  readonly object: Schema
  /** Field path of the object in the body, `$` = the body itself. */
  readonly itemPath: string
  /** findby: field path of the list in the body, `$` = the body itself. Absent: no list is to be seen. */
  readonly itemsPath?: string
  /** `definition`: the definition says where; `document`: seen in the schema. */
  readonly pathFrom: 'definition' | 'document'
  readonly place: DocumentPlace
}

/** The success answer that describes the object: 200 and 201 before other 2xx codes, then `2XX`; `default` only where there is no other. */
export function successResponse(operation: Operation): Response | undefined {
  const success = [...operation.responses.values()].filter(({ code }) => /^2(\d\d|XX)$/i.test(code))
  const ranked = success.toSorted((a, b) => rank(a.code) - rank(b.code))
  const described = ranked.find((response) => responseMedia(response.content)?.schema !== undefined)
  const others = success.length === 0 ? operation.responses.get('default') : undefined
  return described ?? ranked[0] ?? (others && responseMedia(others.content) ? others : undefined)
}

function rank(code: string): number {
  return /^2XX$/i.test(code) ? 299.5 : Number(code)
}

export function buildResponse(
  operation: Operation,
  call: CallDescription & { readonly action?: VerbAction },
  hints: ObjectHints,
): ResponseModel | undefined {
  const response = successResponse(operation)
  const media = response && responseMedia(response.content)
  if (response === undefined || media === undefined) return undefined
  const schema = media.schema ?? madeSchema(media.place, {})
  return {
    code: response.code,
    schema,
    ...(call.action === 'findby' ? listPlaces(schema, call, hints) : objectPlaces(schema, call, hints)),
    place: media.place,
  }
}

type Places = Pick<ResponseModel, 'object' | 'itemPath' | 'itemsPath' | 'pathFrom'>

function objectPlaces(schema: Schema, call: CallDescription, hints: ObjectHints): Places {
  if (call.itemPath !== undefined) return {
    object: followPath(schema, call.itemPath) ?? madeSchema(schema.place, {}),
    itemPath: call.itemPath,
    pathFrom: 'definition',
  }
  if (call.responseTransform !== undefined) return { object: schema, itemPath: '$', pathFrom: 'document' }
  const { schema: object, path } = findObject(schema, hints)
  return { object, itemPath: path, pathFrom: 'document' }
}

function listPlaces(schema: Schema, call: CallDescription, hints: ObjectHints): Places {
  if (call.itemsPath === undefined && call.itemPath === '$') return { object: schema, itemPath: '$', pathFrom: 'definition' }
  const list = call.itemsPath === undefined ? findList(schema, hints) : givenList(schema, call.itemsPath)
  if (list === undefined) return objectPlaces(schema, call, hints)
  const inside = call.itemPath === undefined
    ? findObject(list.schema, hints)
    : { schema: followPath(list.schema, call.itemPath) ?? list.schema, path: call.itemPath }
  return {
    object: inside.schema,
    itemPath: inside.path,
    itemsPath: list.path,
    pathFrom: call.itemsPath === undefined ? 'document' : 'definition',
  }
}

function givenList(schema: Schema, path: string): { readonly schema: Schema; readonly path: string } {
  const list = followPath(schema, path)
  return { schema: (list && itemsOf(list)) ?? madeSchema(schema.place, {}), path }
}

/** The schema at a path of a definition: names, and any element for `[0]` or a selection. */
export function followPath(schema: Schema, text: string): Schema | undefined {
  if (text === '$') return schema
  const parsed = parsePath(text)
  if (!parsed.ok) return undefined
  let current: Schema | undefined = schema
  for (const segment of parsed.path) {
    if (current === undefined) return undefined
    current = 'key' in segment ? schemaAt(current, [segment.key]) : itemsOf(current)
  }
  return current
}
