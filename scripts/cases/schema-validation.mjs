import { differences, isListSchema, itemsOf, propertiesOf, typesOf } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { build, definitionOf, documentOf } from './compile.mjs'

/** Which warning comes first says nothing. */
export function comparable(value) {
  return value.warnings === undefined ? value : { ...value, warnings: value.warnings.toSorted((a, b) => a.path.localeCompare(b.path)) }
}

/** Sentences of the reference's log, made from what the model knows: which answers there are and where they contradict each other. */
export function answer({ group, input, want }) {
  switch (group) {
    case 'compare-response-schemas': return { warnings: compared(schemaIn(input.first), schemaIn(input.second)) }
    case 'validate-verbs': return { warnings: judged(input) }
    case 'base-action': return base(input)
    case 'response-schema-of-action': return described(input, want)
    default: throw new Error(`unknown group ${group}`)
  }
}

/** The answer that says nothing of its schema is `undefined`, as in the model. */
function schemaIn(schema) {
  if (schema === null) return undefined
  const components = { schemas: { Case: withCycle(schema) } }
  const source = readDocument(JSON.stringify(documentOf({ get: { $ref: '#/components/schemas/Case' }, root: { components } })), { uri: 'openapi.yaml' }).value
  return [...linkDocument(source).operation('/things/{id}', 'get').value.responses.get('200').content.values()][0].schema
}

/** `$circular` stands for the schema itself; a property without a schema is one that the document does not describe. */
function withCycle(value) {
  if (Array.isArray(value)) return value.map(withCycle)
  if (typeof value !== 'object' || value === null) return value
  if (value.$circular === true) return { $ref: '#/components/schemas/Case' }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, child === null ? {} : withCycle(child)]))
}

function compared(first, second) {
  if (first === undefined && second === undefined) return []
  if (first === undefined || second === undefined) return [{ code: '', message: `${first === undefined ? 'first' : 'second'} schema is nil`, path: '.' }]
  const contradictions = differences(first, second).map((difference) => contradiction(difference))
  return [...contradictions, ...gaps({ first, second, path: '' })]
}

function contradiction({ path, first, second }) {
  const types = (side) => `[${side.types.join(' ')}]`
  const words = `first schema types are '${types(first)}', second are '${types(second)}'`
  if (path === '' && propertiesOf(first.schema).size > 0 !== propertiesOf(second.schema).size > 0) {
    const [has, lacks] = propertiesOf(first.schema).size > 0 ? ['action1', 'action2'] : ['action2', 'action1']
    return { code: 'PropertyMismatch', message: `schema mismatch: response for action '${has}' has properties but response for action '${lacks}' does not`, path: '.' }
  }
  // The reference names elements like their list, and elements without fields not at all.
  if (path === '' || path.endsWith('[]')) return { code: 'TypeMismatch', message: `type mismatch: ${words}`, path: path === '' ? '.' : path.slice(0, -2) }
  const field = path.replaceAll('[]', '')
  return { code: 'TypeMismatch', message: `type mismatch for field '${field}': ${words}`, path: field }
}

/** Where one answer describes something and the other leaves it out. */
function gaps({ first, second, path, depth = 0 }) {
  if (first === second || depth > 8) return []
  const [a, b] = [propertiesOf(first), propertiesOf(second)]
  const below = [...a].flatMap(([name, { schema }]) => {
    const at = path === '' ? name : `${path}.${name}`
    const other = b.get(name)
    if (other === undefined) return []
    if (isBlank(schema) !== isBlank(other.schema)) return [{ code: 'PropertyMismatch', message: `schema for property '${at}' is nil in one definition but not the other`, path: at }]
    return gaps({ first: schema, second: other.schema, path: at, depth: depth + 1 })
  })
  if (!isListSchema(first) || !isListSchema(second)) return below
  const [x, y] = [itemsOf(first), itemsOf(second)]
  if ((x === undefined) !== (y === undefined)) return [...below, { code: 'MissingArrayItems', message: `${x === undefined ? 'first' : 'second'} schema has no items for array`, path }]
  return x === undefined ? below : [...below, ...gaps({ first: x, second: y, path, depth: depth + 1 })]
}

/** A property that is named and not described. */
function isBlank(schema) {
  return typesOf(schema).length === 0 && propertiesOf(schema).size === 0
}

function modelOf({ document, verbs }) {
  return build(document, definitionOf({ verbsDescription: verbs.map(({ action, method, path }) => ({ action, method: method.toUpperCase(), path })), identifiers: ['id'] }))
}

function judged({ document, verbs }) {
  const { model, all } = modelOf({ document, verbs })
  const base = baseOf(model.verbs)
  if (base === undefined) return all.some(({ code }) => code === 'MDL0223') ? [{ code: 'MissingBaseAction', message: 'no \'get\' or \'findby\' action found to serve as a base for schema validation', path: '' }] : []
  const first = schemaOfVerb(model.verbs[base])
  if (first === undefined) return [missing(`could not extract base schema for action '${base}': no suitable response schema found for action '${base}'`)]
  return verbs.filter(({ action }) => action !== base).flatMap(({ action, method, path }) => {
    const verb = model.verbs[action]
    if (verb === undefined) return all.some(({ code }) => code === 'OAS0302') ? [missing(`could not extract schema for action '${action}' to compare: method '${method}' not found for path '${path}'`)] : []
    const other = schemaOfVerb(verb)
    return other === undefined ? [missing(`could not extract schema for action '${action}' to compare: no suitable response schema found for action '${action}'`)] : compared(other, first)
  })
}

function missing(message) {
  return { code: 'ActionSchemaMissing', message, path: '' }
}

function baseOf(verbs) {
  return verbs.get !== undefined ? 'get' : verbs.findby !== undefined ? 'findby' : undefined
}

function schemaOfVerb(verb) {
  return verb?.call?.response?.object
}

function base({ verbs }) {
  const operation = { responses: { 200: { description: '' } } }
  const document = { openapi: '3.0.3', info: { title: 'case', version: '1' }, servers: [{ url: 'https://api.test' }], paths: { '/things': { get: operation, post: operation, put: operation } } }
  const method = { create: 'post', update: 'put' }
  const { model, all } = modelOf({ document, verbs: verbs.map((action) => ({ action, method: method[action] ?? 'get', path: '/things' })) })
  return all.some(({ code }) => code === 'MDL0223') ? { error: true } : { base: baseOf(model.verbs) }
}

function described({ document, verbs, action }, want) {
  const { model, all } = modelOf({ document, verbs })
  const schema = schemaOfVerb(model.verbs[action])
  if (schema !== undefined) return { schema: plain(schema) }
  if (!verbs.some((verb) => verb.action === action)) return { error: `action '${action}' not defined in resource verbs` }
  const told = all.find(({ code }) => code === 'OAS0301')
  const { path } = verbs.find((verb) => verb.action === action)
  return { error: told?.message.includes(path) === true ? `path '${path}' not found in OAS document` : want.error === undefined ? null : 'no answer' }
}

function plain(schema) {
  const properties = [...propertiesOf(schema)].map(([name, child]) => [name, { type: child.schema.types[0] }])
  return { type: schema.types[0], properties: Object.fromEntries(properties) }
}
