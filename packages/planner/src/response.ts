import { encodingOf, essence, itemsOf, propertiesOf, responseMedia, successResponse } from '@oasgen/model'
import type { CallModel, ResponseModel } from '@oasgen/model'
import type { Operation, Schema } from '@oasgen/openapi'
import type { ResponseMappingPlan, ResponsePlan } from '@oasgen/plan'
import type { CallDescription, ResponseMapping, VerbAction } from '@oasgen/restdefinition'
import { keptPath } from './field-index.js'
import { jqText } from './jq-text.js'
import { mappingsOut } from './mappings.js'
import type { Planning } from './planning.js'

export function compileResponse(planning: Planning, { description, operation, response }: CallModel, action: VerbAction): ResponsePlan {
  const mappings = mappingsOut(description.fieldMapping).map((mapping) => mappingPlan(planning, mapping))
  const transform = jqText(description.responseTransform)
  const notFoundBody = jqText(description.notFoundBody)
  const { absentWhen, errorWhen } = description.outcome
  return {
    successCodes: successCodes(operation, description.successCodes),
    ...(description.tolerateCodes.length > 0 && { tolerateCodes: description.tolerateCodes }),
    ...(description.notFoundCodes.length > 0 && { notFoundCodes: description.notFoundCodes }),
    ...(transform !== undefined && { transform }),
    ...placesOf(description, response, action),
    ...(mappings.length > 0 && { mappings }),
    ...(notFoundBody !== undefined && { notFoundBody }),
    ...(absentWhen !== undefined && { absentWhen }),
    ...(errorWhen !== undefined && { errorWhen }),
    ...(action !== 'findby' && isWhole(planning, response) && { complete: true }),
  }
}

/** What the operation declares, then what the definition adds. */
export function successCodes({ responses }: Operation, added: readonly number[] = []): readonly string[] {
  const declared = [...responses.keys()].filter((code) => /^2(?:\d\d|XX)$/i.test(code)).map((code) => code.toUpperCase())
  const codes = declared.length === 0 && responses.has('default') ? ['default'] : declared
  return [...new Set([...codes, ...added.map(String)])]
}

/** The reference's rules see a list at the top; an envelope that the document or the definition shows is said. */
type Places = Pick<ResponsePlan, 'itemPath' | 'itemsPath'>

function placesOf(description: CallDescription, response: ResponseModel | undefined, action: VerbAction): Places {
  if (action !== 'findby') return itemPlace(description, response)
  // The answer itself is the one object, whatever lists it holds.
  if (description.itemsPath === undefined && description.itemPath === '$') return { itemPath: '$' }
  const items = description.itemsPath ?? (description.responseTransform === undefined ? response?.itemsPath : undefined)
  const isSeen = items === '$' && description.itemsPath === undefined
  return { ...(items !== undefined && !isSeen && { itemsPath: items }), ...itemPlace(description, response) }
}

function itemPlace(description: CallDescription, response: ResponseModel | undefined): Pick<ResponsePlan, 'itemPath'> {
  const path = description.itemPath ?? (description.responseTransform === undefined ? response?.itemPath : undefined)
  return path === undefined || path === '$' ? {} : { itemPath: path }
}

function mappingPlan(planning: Planning, { from, to, alias, jq, defaultIfAbsent }: ResponseMapping): ResponseMappingPlan {
  const text = jqText(jq)
  return {
    from,
    to: to.startsWith('status') ? to : keptPath(planning.fields, to),
    ...(alias !== undefined && { alias }),
    ...(text !== undefined && { jq: text }),
    ...(defaultIfAbsent !== undefined && { defaultIfAbsent }),
  }
}

/** Whether an answer shows all that the object's own answer shows. */
export function isWhole({ model }: Planning, response: ResponseModel | undefined): boolean {
  return response !== undefined && model.object !== undefined && covers(response.object, model.object.object)
}

/** How deep two answers are held against each other; further down they are taken for equal. */
const LEVELS = 5

/** Whether one schema has every property of another. */
export function covers(schema: Schema, whole: Schema): boolean {
  return propertiesOf(whole).size > 0 && coversBelow(schema, whole, { levels: LEVELS, seen: new Map() })
}

interface Held {
  readonly levels: number
  /** Pairs that were held against each other already. */
  readonly seen: Map<Schema, Set<Schema>>
}

function coversBelow(schema: Schema, whole: Schema, { levels, seen }: Held): boolean {
  if (schema === whole || levels === 0 || seen.get(schema)?.has(whole) === true) return true
  seen.set(schema, (seen.get(schema) ?? new Set()).add(whole))
  const own = propertiesOf(schema)
  return [...propertiesOf(whole)].every(([name, { schema: property }]) => {
    const other = own.get(name)?.schema
    return other !== undefined && coversBelow(elementOf(other), elementOf(property), { levels: levels - 1, seen })
  })
}

function elementOf(schema: Schema): Schema {
  return itemsOf(schema) ?? schema
}

/** What to ask for, where plain JSON is not it. */
export function acceptOf(operation: Operation): string | undefined {
  const response = successResponse(operation)
  const media = response && responseMedia(response.content)
  if (media !== undefined) return isPlain(media.mediaType) ? undefined : media.mediaType
  const others = response === undefined ? [] : [...response.content.keys()]
  return others.length === 0 ? undefined : [...others, '*/*;q=0.1'].join(', ')
}

function isPlain(mediaType: string): boolean {
  return essence(mediaType) === 'application/json' || essence(mediaType).includes('*') || encodingOf(mediaType) !== 'json'
}
