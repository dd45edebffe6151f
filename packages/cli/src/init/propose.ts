import { isListSchema, propertiesOf, requestMedia, responseMedia, successResponse, findList, itemsOf } from '@oasgen/model'
import type { Document, Operation, Schema } from '@oasgen/openapi'
import type { ProposedVerb, ResourceShapeProposal, VerbPlace } from './detect.js'

/** A shape, and what the schemas of its operations say: enough to write a RestDefinition. */
export interface Proposal extends ResourceShapeProposal {
  readonly identifiers: readonly string[]
  readonly additionalStatusFields: readonly string[]
  /** The id in answers is called differently than the path parameter. */
  readonly idField?: string
  readonly itemsPath?: string
  readonly pagination?: PaginationProposal
  readonly updateMode?: 'changed'
  /** What people should know, in words. */
  readonly notes: readonly string[]
}

export type PaginationProposal =
  | { readonly type: 'pageNumber'; readonly parameter: string }
  | { readonly type: 'offset'; readonly parameter: string }
  | { readonly type: 'continuationToken'; readonly parameter: string; readonly token: string }
  | { readonly type: 'linkHeader' }
  | { readonly type: 'nextUrl'; readonly path: string }

export function completeProposal(document: Document, detected: ResourceShapeProposal): Proposal {
  const shape = withWiderUpdate(document, detected)
  const operationOf = (verb: ProposedVerb): Operation | undefined => {
    const place = shape.verbs[verb]
    return place === undefined ? undefined : document.operation(place.path, place.method).value
  }
  const sent = fieldsOf(bodyOf(operationOf('create')))
  const list = listOf(operationOf('findby'))
  const shown = [objectOf(operationOf('get'), sent), objectOf(operationOf('create'), sent), list && fieldsOf(list.item)].filter((fields) => fields !== undefined)
  const returned = shown[0] ?? new Map<string, Schema>()
  const idField = shape.idParameter === undefined ? undefined : idAmong(shape, shape.idParameter, shown)
  const identifiers = identifiersFor(shape, { sent, returned, idField })
  // A PUT without a body makes a membership and cannot change it.
  const isMembership = shape.verbs.update !== undefined && shape.verbs.update.path === shape.verbs.create?.path && operationOf('update')?.requestBody === undefined
  const update = isMembership ? undefined : shape.verbs.update
  const pagination = operationOf('findby') === undefined ? undefined : paginationOf(operationOf('findby'), list?.envelope ?? fieldsOf(answerOf(operationOf('findby'))))
  const { update: _update, ...others } = shape.verbs
  return {
    ...shape,
    verbs: update === undefined ? others : shape.verbs,
    identifiers,
    additionalStatusFields: idField === undefined || identifiers.includes(idField) ? [] : [idField],
    ...(idField !== undefined && { idField }),
    ...(list !== undefined && list.path !== '$' && { itemsPath: list.path }),
    ...(pagination && { pagination }),
    ...(update?.method === 'PATCH' && { updateMode: 'changed' as const }),
    notes: notesFor({ ...shape, verbs: update === undefined ? others : shape.verbs }, { idField, hasList: list !== undefined }),
  }
}

/** A PATCH that only renames is no update where PUT takes everything that create takes. */
function withWiderUpdate(document: Document, shape: ResourceShapeProposal): ResourceShapeProposal {
  const { replace, verbs } = shape
  if (replace === undefined) return shape
  const namesIn = (place: VerbPlace | undefined): readonly string[] => (place === undefined ? [] : [...fieldsOf(bodyOf(document.operation(place.path, place.method).value)).keys()])
  const made = new Set(namesIn(verbs.create))
  const shared = (place: VerbPlace | undefined): number => namesIn(place).filter((name) => made.has(name)).length
  return shared(verbs.update) > 0 && shared(replace) > 2 * shared(verbs.update) ? { ...shape, verbs: { ...verbs, update: replace } } : shape
}

type Fields = ReadonlyMap<string, Schema>

function fieldsOf(schema: Schema | undefined): Fields {
  return schema === undefined ? new Map() : new Map([...propertiesOf(schema)].map(([name, property]) => [name, property.schema]))
}

function bodyOf(operation: Operation | undefined): Schema | undefined {
  return operation?.requestBody === undefined ? undefined : requestMedia(operation.requestBody.content)?.schema
}

function answerOf(operation: Operation | undefined): Schema | undefined {
  const response = operation === undefined ? undefined : successResponse(operation)
  return response === undefined ? undefined : responseMedia(response.content)?.schema
}

// The object itself, or the one member that has what create sends: `{data: {…}}`.
function objectOf(operation: Operation | undefined, sent: Fields): Fields | undefined {
  const answer = answerOf(operation)
  if (answer === undefined) return undefined
  const top = fieldsOf(isListSchema(answer) ? itemsOf(answer) : answer)
  const common = (fields: Fields): number => [...fields.keys()].filter((name) => sent.has(name)).length
  const inside = [...top].filter(([name]) => !sent.has(name)).map(([, schema]) => fieldsOf(schema)).filter((fields) => fields.size > 0)
  const best = inside.reduce<Fields>((before, next) => (common(next) > common(before) ? next : before), top)
  return best.size === 0 ? undefined : best
}

interface FoundList {
  readonly item: Schema | undefined
  readonly path: string
  readonly envelope: Fields
}

function listOf(operation: Operation | undefined): FoundList | undefined {
  const answer = answerOf(operation)
  if (answer === undefined) return undefined
  if (isListSchema(answer)) return { item: itemsOf(answer), path: '$', envelope: new Map() }
  const found = findList(answer, { sent: new Set(), wanted: [], names: [] })
  return found === undefined ? undefined : { item: itemsOf(found.schema) ?? found.schema, path: found.path, envelope: fieldsOf(answer) }
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function same(left: string, right: string): boolean {
  return plain(left) === plain(right)
}

/** The first answer that shows an id: that of get, then of create, then an element of the list. */
function idAmong(shape: ResourceShapeProposal, parameter: string, shown: readonly Fields[]): string | undefined {
  for (const find of [surelyId, probablyId]) {
    for (const fields of shown) {
      const found = find(shape, parameter, [...fields.keys()])
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** The field that fills the item's path parameter, by the names that APIs use for it. */
function surelyId({ kind }: ResourceShapeProposal, parameter: string, names: readonly string[]): string | undefined {
  const candidates = [parameter, 'id', `${kind}Id`, 'uuid', 'uid', 'guid', `${kind}Uuid`, `${kind}Key`, `${kind}Code`, 'entityId', 'key', 'name', 'slug', 'identifier', `${kind}Name`]
  for (const candidate of candidates) {
    const found = names.find((name) => same(name, candidate))
    if (found !== undefined) return found
  }
  return undefined
}

/** One that ends as the parameter does (`userDefinedRuleId` for `ruleId`), else the only one that looks like an id of something. */
function probablyId(_: ResourceShapeProposal, parameter: string, names: readonly string[]): string | undefined {
  const ending = names.filter((name) => plain(parameter).length > 2 && plain(name).endsWith(plain(parameter)))
  if (ending.length === 1) return ending[0]
  const looking = names.filter((name) => /(?:_id|Id|_key|Key|_code|Code)$/.test(name))
  return looking.length === 1 ? looking[0] : undefined
}

/** What people call things by, best first. */
const HUMAN = ['name', 'title', 'slug', 'handle', 'username', 'login', 'email', 'domain', 'hostname', 'label', 'displayName', 'display_name', 'key', 'reference', 'code', 'identifier', 'address', 'path', 'subject']

function identifiersFor({ shape, idParameter }: ResourceShapeProposal, { sent, returned, idField }: { readonly sent: Fields; readonly returned: Fields; readonly idField: string | undefined }): readonly string[] {
  if (shape === 'singleton') return []
  if (shape === 'nameKeyed' && idField !== undefined) return [idField]
  const shared = [...sent].filter(([name, schema]) => returned.has(name) && isText(schema) && isText(returned.get(name)))
  const human = HUMAN.flatMap((wanted) => shared.filter(([name]) => same(name, wanted)).map(([name]) => name))[0]
  const named = human ?? shared.find(([name]) => /name$|title$/i.test(name))?.[0] ?? idField ?? idParameter
  return named === undefined ? [] : [named]
}

function isText(schema: Schema | undefined): boolean {
  return schema !== undefined && schema.types.length === 1 && schema.types[0] === 'string'
}

const PAGE = ['page', 'pageNumber', 'page_number', 'pageNo', 'currentPage', 'page[number]']
const OFFSET = ['offset', 'skip', 'start', 'startAt', '$skip', 'page[offset]']
const TOKEN = ['cursor', 'pageToken', 'page_token', 'nextToken', 'next_token', 'continuationToken', 'continue', 'marker', 'after', 'starting_after', 'page[cursor]', 'pagination_token', 'paginationToken']

function paginationOf(operation: Operation | undefined, envelope: Fields): PaginationProposal | undefined {
  const queries = (operation?.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const among = (names: readonly string[]): string | undefined => names.flatMap((name) => queries.filter((query) => [query, lastBracket(query)].some((each) => each.toLowerCase() === name.toLowerCase())))[0]
  const token = among(TOKEN)
  const source = token === undefined ? undefined : tokenIn(envelope, token)
  if (token !== undefined && source !== undefined) return { type: 'continuationToken', parameter: token, token: source }
  const headers = operation === undefined ? undefined : successResponse(operation)?.headers
  if (headers !== undefined && [...headers.keys()].some((name) => name.toLowerCase() === 'link')) return { type: 'linkHeader' }
  const page = among(PAGE)
  if (page !== undefined) return { type: 'pageNumber', parameter: page }
  const offset = among(OFFSET)
  if (offset !== undefined) return { type: 'offset', parameter: offset }
  const link = linkIn(envelope)
  return link === undefined ? undefined : { type: 'nextUrl', path: link }
}

/** `searchCriteria[currentPage]` → `currentPage` */
function lastBracket(query: string): string {
  return /\[([^[\]]+)\]$/.exec(query)?.[1] ?? query
}

const LINKS = ['next', 'nextLink', 'next_link', 'nextUrl', 'next_url', 'nextPageLink', 'nextPageUrl', 'next_page_url', '@odata.nextLink', '@nextLink']

/** A link to the next page in the answer itself: `next`, `links.next`. */
function linkIn(envelope: Fields, prefix = ''): string | undefined {
  for (const [name, schema] of envelope) if (LINKS.some((link) => same(link, name)) && isText(schema)) return prefix === '' && /[^\w]/.test(name) ? `['${name}']` : prefix + name
  if (prefix !== '') return undefined
  for (const [name, schema] of envelope) {
    const inside = /links?|paging|pagination|meta/i.test(name) ? linkIn(fieldsOf(schema), `${name}.`) : undefined
    if (inside !== undefined) return inside
  }
  return undefined
}

const NEXT = ['next', 'nextCursor', 'next_cursor', 'nextToken', 'next_token', 'nextPageToken', 'next_page_token', 'cursor', 'continuationToken', 'continue', 'marker']

function tokenIn(envelope: Fields, parameter: string, prefix = ''): string | undefined {
  const wanted = [...NEXT, parameter]
  for (const [name, schema] of envelope) {
    if (wanted.some((next) => same(next, name)) && isText(schema)) return prefix + name
  }
  if (prefix !== '') return undefined
  for (const [name, schema] of envelope) {
    const inside = tokenIn(fieldsOf(schema), parameter, `${name}.`)
    if (inside !== undefined) return inside
  }
  return undefined
}

function notesFor({ verbs, shape, idParameter }: ResourceShapeProposal, { idField, hasList }: { readonly idField: string | undefined; readonly hasList: boolean }): readonly string[] {
  const notes: string[] = []
  if (verbs.create === undefined) notes.push('no create: can be observed, not made')
  if (verbs.get === undefined) notes.push('no get: each look reads the list')
  if (verbs.update === undefined) notes.push('no update: a change is refused once the object exists')
  if (verbs.delete === undefined) notes.push('no delete: the object stays when the resource goes')
  if (shape === 'collection' && !hasList) notes.push('no list: after a lost answer the object cannot be looked up')
  if (Object.keys(verbs).length === 2 && verbs.create !== undefined && verbs.get !== undefined) notes.push('only made and read: it may be a job or a question, not a thing that stays')
  if (idParameter !== undefined && idField === undefined && shape !== 'nameKeyed') notes.push(`no answer has a field for {${idParameter}}`)
  return notes
}
