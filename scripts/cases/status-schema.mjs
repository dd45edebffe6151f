import { build, CREATE, definitionFrom, definitionOf, documentOf, GET, OWN_STATUS, schemaOf, without } from './compile.mjs'
import { comparable as comparableSchema, told, withoutOwn } from './schema-forms.mjs'

export const comparable = comparableSchema

export function answer({ group, input, want }) {
  switch (group) {
    case 'compose': return composed(input)
    case 'generate': return generated(input, want)
    case 'find-property': return found(input)
    default: throw new Error(`unknown group ${group}`)
  }
}

const FALLBACK = ['MDL0215', 'MDL0216', 'RDF0022']

function composed({ responseSchema, statusFields }) {
  const { resource, all } = build(documentOf({ get: responseSchema }), definitionOf({ verbsDescription: [GET], additionalStatusFields: statusFields }))
  return { schema: statusOf(resource), warnings: all.filter(({ code }) => FALLBACK.includes(code)).length }
}

function statusOf(crd) {
  return { type: 'object', properties: without(schemaOf(crd, 'status', 'properties'), OWN_STATUS) }
}

function generated({ document, resource }, want) {
  const { resource: crd, all } = build(document, definitionFrom(resource))
  return {
    status: statusOf(crd), spec: specOf(crd, want.spec),
    generationWarnings: told(want.generationWarnings, all), validationWarnings: told(want.validationWarnings, all),
  }
}

/** Where there is no create the spec of the cases is empty, and ours has the parameters of the other verbs, as the reference adds them later. */
function specOf(crd, want) {
  const spec = withoutOwn(schemaOf(crd, 'spec'))
  const named = Object.keys(want.properties ?? {})
  const properties = Object.fromEntries(Object.entries(spec.properties ?? {}).filter(([name]) => named.includes(name)))
  return named.length === 0 ? {} : { type: spec.type, properties }
}

/** One property below another, as every path of a definition is followed. */
function found({ schema, path }) {
  const { resource, all } = build(documentOf({ create: { type: 'object' }, get: schema }), definitionOf({ verbsDescription: [CREATE, GET], additionalStatusFields: [path.join('.')] }))
  if (all.some(({ code }) => FALLBACK.includes(code))) return { found: false }
  let made = statusOf(resource)
  for (const name of path) made = made.properties[name]
  return { found: true, schema: made }
}
