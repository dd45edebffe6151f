// Candidate resources of a document by the shape of its paths, and the definition that somebody would write for one.
import { essence, findList, findObject, isObjectSchema, propertiesOf, requestMedia, responseMedia, successResponse } from '../packages/model/dist/index.js'

/** Without names of parameters, a slash at the end or `.json`. */
export function shapeOf(path) {
  return path.replace(/\.json$/, '').replace(/\/+$/, '').replace(/\{[^}]*\}/g, '{}')
}

/** A: POST on the collection, GET and DELETE on the item. B: GET, PUT and DELETE on the item alone. Without DELETE or GET they are partial. */
export function findCandidates(document) {
  const byShape = new Map()
  for (const { path, method } of document.operations()) {
    const methods = byShape.get(shapeOf(path)) ?? new Map()
    if (!methods.has(method)) methods.set(method, path)
    byShape.set(shapeOf(path), methods)
  }
  const found = []
  for (const [shape, item] of byShape) {
    if (!shape.endsWith('/{}')) continue
    const collection = byShape.get(shape.slice(0, -3)) ?? new Map()
    const candidate = candidateOf(shape, item, collection)
    if (candidate !== undefined) found.push(candidate)
  }
  return found
}

function candidateOf(shape, item, collection) {
  const call = (methods, method) => (methods.has(method) ? [method, methods.get(method)] : null)
  const [get, remove, post] = [call(item, 'get'), call(item, 'delete'), call(collection, 'post')]
  const update = ['patch', 'put', 'post'].flatMap((method) => (call(item, method) ? [call(item, method)] : []))
  const list = call(collection, 'get')
  const base = { path: shape, get, delete: remove, list }
  if (post && get) return { ...base, type: remove ? 'A' : 'A_nodelete', create: post, update }
  if (post && remove) return { ...base, type: 'A_noget', create: post, update }
  if (get && item.has('put') && !post) return { ...base, type: remove ? 'B' : 'B_nodelete', create: call(item, 'put'), update: [call(item, 'put')] }
  return undefined
}

/** The definition as a manifest; `schema` is compatible or strict. */
export function definitionFor(document, candidate, schema) {
  const kind = kindOf(candidate)
  const parameter = /\{([^}]*)\}\/?(?:\.json)?$/.exec((candidate.get ?? candidate.delete ?? candidate.create)[1])?.[1] ?? 'id'
  const wrapper = wrapperOf(document, candidate)
  const object = (wrapper && inside(document, candidate, wrapper)) ?? answerOf(document, candidate, candidate.get) ?? listItem(document, candidate) ?? answerOf(document, candidate, candidate.create)
  const names = object === undefined ? [] : [...propertiesOf(object).keys()]
  const top = candidate.type.startsWith('B') ? undefined : idName(names, parameter, kind)
  const below = top === undefined && !candidate.type.startsWith('B') && object ? nestedId(object, parameter, kind) : undefined
  const id = top ?? below?.id
  const identifiers = ['name', 'title', 'slug', 'label', 'email', 'key'].filter((name) => names.includes(name)).slice(0, 1)
  const mapping = id !== undefined && id !== parameter ? { requestFieldMapping: [{ inPath: parameter, inCustomResource: `status.${id}` }] } : {}
  const enveloped = (action) => (below?.envelope === undefined || action === 'delete' || action === 'findby' ? {} : { itemPath: below.envelope })
  const wrapped = (action) => (wrapper === undefined || action === 'delete' || action === 'findby' ? {} : { itemPath: wrapper, ...(action !== 'get' && { body: { path: wrapper } }) })
  const answered = id === undefined ? {} : createdId(document, candidate, id, wrapper)
  const verb = (action, call, extra = {}) => (call ? [{ action, method: call[0].toUpperCase(), path: call[1], ...extra, ...enveloped(action), ...wrapped(action) }] : [])
  return {
    apiVersion: 'ogen.krateo.io/v1alpha1',
    kind: 'RestDefinition',
    metadata: { name: kind.toLowerCase(), namespace: 'default' },
    spec: {
      oasPath: 'https://example.invalid/openapi.json',
      resourceGroup: 'corpus.example.org',
      resource: {
        kind,
        schema,
        identifiers,
        ...(id !== undefined && { additionalStatusFields: [id] }),
        verbsDescription: [
          ...verb('findby', candidate.list), ...verb('get', candidate.get, mapping), ...verb('create', candidate.create, answered),
          ...verb('update', candidate.update[0], mapping), ...verb('delete', candidate.delete, mapping),
        ],
      },
    },
  }
}

function kindOf({ path }) {
  const literal = path.split('/').filter((segment) => segment !== '' && !segment.includes('{')).at(-1) ?? 'Thing'
  const words = literal.replace(/[^A-Za-z0-9]+/g, ' ').trim().split(' ').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  const single = words.replace(/ies$/, 'y').replace(/(ss|us|is)$/, '$1').replace(/([^su])s$/, '$1')
  return (/^[A-Za-z]/.test(single) ? single : `Thing${single}`).slice(0, 40) || 'Thing'
}

/** `{"data": {…}}` in the request and in the answers: the object sits in that field on both sides. */
function wrapperOf(document, { create, get }) {
  const operation = create && document.operation(create[1], create[0]).value
  const schema = operation?.requestBody && requestMedia(operation.requestBody.content)?.schema
  const [first, ...others] = schema ? propertiesOf(schema) : []
  if (first === undefined || others.length > 0 || !isObjectSchema(first[1].schema)) return undefined
  const answer = jsonAnswer(document, get)
  const same = answer && propertiesOf(answer).get(first[0])
  return same && isObjectSchema(same.schema) ? first[0] : undefined
}

function inside(document, { get, create }, wrapper) {
  for (const call of [get, create]) {
    const answer = jsonAnswer(document, call)
    const found = answer && propertiesOf(answer).get(wrapper)?.schema
    if (found) return found
  }
  return undefined
}

function jsonAnswer(document, call) {
  const operation = call && document.operation(call[1], call[0]).value
  const response = operation && successResponse(operation)
  return response && responseMedia(response.content)?.schema
}

function hintsOf(document, { create }) {
  const body = create && document.operation(create[1], create[0]).value?.requestBody
  const media = body && ([...body.content.values()].find(({ mediaType }) => essence(mediaType) === 'application/json') ?? [...body.content.values()][0])
  const sent = media?.schema ? new Set(propertiesOf(media.schema).keys()) : new Set()
  return { sent, wanted: [], names: [] }
}

function answerOf(document, candidate, call) {
  const schema = jsonAnswer(document, call)
  return schema && findObject(schema, hintsOf(document, candidate)).schema
}

function listItem(document, candidate) {
  const schema = jsonAnswer(document, candidate.list)
  return schema && findList(schema, hintsOf(document, candidate))?.schema
}

/** The id below the top: `metadata.name`, or `id` in the one object of an envelope such as `{errors: [], invoice: {…}}`. */
function nestedId(object, parameter, kind) {
  const inside = [...propertiesOf(object)].filter(([name, { schema }]) => isObjectSchema(schema) && !/^(?:_?links|meta|pagination|error)$/i.test(name))
  for (const [name, { schema }] of inside) {
    const id = idName([...propertiesOf(schema).keys()], parameter, kind, 'strict')
    if (id !== undefined) return inside.length === 1 && name !== 'metadata' ? { id, envelope: name } : { id: `${name}.${id}` }
  }
  return undefined
}

/** Create answers the id alone, under another name than the object has it: `{itemId: 7}`. */
function createdId(document, { create, get }, id, wrapper) {
  const answer = wrapper === undefined && get ? jsonAnswer(document, create) : undefined
  const names = answer ? [...propertiesOf(answer).keys()] : []
  const [only] = names.filter((name) => /id$/i.test(name))
  return names.length === 1 && only !== undefined && only !== id ? { fieldMapping: [{ inResponse: only, inCustomResource: `status.${id}` }] } : {}
}

const plain = (name) => name.toLowerCase().replace(/[-_.]/g, '')

function idName(names, parameter, kind, how = 'any') {
  const wanted = [plain(parameter), 'id', `${plain(kind)}id`, 'uuid', 'guid', 'uid', 'identifier', ...(how === 'strict' ? ['name'] : ['key', 'name', 'slug', 'code', 'number', 'token'])]
  for (const word of wanted) {
    const found = names.find((name) => plain(name) === word)
    if (found !== undefined) return found
  }
  return how === 'strict' ? undefined : names.find((name) => plain(name).endsWith('id'))
}

