import { buildModel, linkOptions } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'
import { build, definitionFrom, definitionOf, schemaOf } from './compile.mjs'
import { comparable as comparableSchema } from './schema-forms.mjs'

/** Tests of the reference call the action of a PUT `put` here and there. */
export function comparable(value) {
  return JSON.parse(JSON.stringify(comparableSchema(value) ?? null).replaceAll('"put":', '"update":'))
}

export function answer({ group, input }) {
  return group === 'generate' ? generated(input) : expanded(input)
}

function generated({ document, resource }) {
  const { configuration } = build(document, definitionFrom(resource))
  if (configuration === undefined) return { configuration: null, error: null }
  const { authentication, configuration: parameters } = schemaOf(configuration, 'spec', 'properties')
  // A way to authenticate that no security scheme says: it stands in every Configuration of ours.
  const { login: _, ...blocks } = authentication.properties
  return {
    configuration: { type: 'object', properties: { authentication: { ...authentication, properties: blocks }, ...(parameters && { configuration: parameters }) } },
    error: null,
  }
}

/** Which actions one configuration field is asked of: read off the parameters of the Configuration that it leads to. */
function expanded({ actions, verbs }) {
  if (actions === null || actions.length === 0) return { actions }
  const field = { fromOpenAPI: { in: 'query', name: 'version' }, fromRestDefinition: { actions } }
  const read = readRestDefinition(definitionOf({ verbsDescription: verbs.map((action) => ({ action, method: 'GET', path: '/things' })), configurationFields: [field] }))
  if (read.findings.some(({ code }) => code === 'RDF0019')) return { error: true }
  return { actions: verbs.length === 0 ? [] : actionsIn(read.value) }
}

function actionsIn(definition) {
  const operation = { parameters: [{ name: 'version', in: 'query', schema: { type: 'string' } }], responses: {} }
  const document = { openapi: '3.0.3', info: { title: 'case', version: '1' }, servers: [{ url: 'https://api.test' }], paths: { '/things': { get: operation } } }
  const source = readDocument(JSON.stringify(document), { uri: 'openapi.yaml' }).value
  const { value: model } = buildModel(linkDocument(source, new Map(), linkOptions(definition)), definition)
  return model.configuration.parameters.map(({ action }) => action)
}
