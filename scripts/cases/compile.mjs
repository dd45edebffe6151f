// Documents and definitions of cases, all the way to CRDs and model.
import { renderCrds } from '@oasgen/crd'
import { buildModel, linkOptions } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'

export function build(document, definition) {
  const source = readDocument(typeof document === 'string' ? document : JSON.stringify(document), { uri: 'openapi.yaml' })
  const read = readRestDefinition(definition, { uri: 'restdefinition.yaml' })
  if (source.value === undefined || read.value === undefined) throw new Error([...source.findings, ...read.findings].map(({ message }) => message).join('; '))
  const { value: model, findings } = buildModel(linkDocument(source.value, new Map(), linkOptions(read.value)), read.value)
  const crds = renderCrds(model)
  return { ...crds, model, all: [...source.findings, ...read.findings, ...findings, ...crds.findings] }
}

export function definitionOf(resource, spec = {}) {
  return {
    apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'case', namespace: 'default' },
    spec: { oasPath: 'configmap://default/case/openapi.yaml', resourceGroup: 'case.example.org', resource: { kind: 'Case', ...resource }, ...spec },
  }
}

/** The resource block in the spelling of the cases. */
export function definitionFrom(resource, more = {}) {
  const verbs = (resource.Verbs ?? []).map(({ Action, Method, Path }) => ({ action: actionOf(Action, Method), method: Method.toUpperCase(), path: Path }))
  return definitionOf({
    verbsDescription: verbs.length > 0 ? verbs : [{ action: 'delete', method: 'DELETE', path: '/none' }],
    identifiers: resource.Identifiers ?? [],
    additionalStatusFields: resource.AdditionalStatusFields ?? [],
    excludedSpecFields: resource.ExcludedSpecFields ?? [],
    configurationFields: (resource.ConfigurationFields ?? []).map(configurationField),
    ...more,
  })
}

function configurationField({ FromOpenAPI, FromRestDefinition }) {
  const actions = (FromRestDefinition.Actions ?? ['*']).map((action) => ACTION[action] ?? action)
  return { fromOpenAPI: { in: FromOpenAPI.In, name: FromOpenAPI.Name }, fromRestDefinition: { actions } }
}

/** Tests of the reference call an action by its method here and there, or not at all. */
const ACTION = { put: 'update', post: 'create' }

function actionOf(action, method) {
  return action === '' ? ACTION[method.toLowerCase()] ?? 'get' : ACTION[action] ?? action
}

/** One collection with the given schemas. */
export function documentOf({ create, get, root = {} }) {
  const content = (schema) => ({ content: { 'application/json': { schema } } })
  const answer = { responses: { 200: { description: '', ...(get !== undefined && content(get)) } } }
  return {
    openapi: '3.1.0', info: { title: 'case', version: '1' }, servers: [{ url: 'https://api.example.org' }],
    paths: {
      '/things': { post: { ...(create !== undefined && { requestBody: content(create) }), ...answer } },
      '/things/{id}': { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }], get: answer },
    },
    ...root,
  }
}

export const CREATE = { action: 'create', method: 'POST', path: '/things' }
export const GET = { action: 'get', method: 'GET', path: '/things/{id}' }

/** The schema of a CRD, or what is below a path of properties in it. */
export function schemaOf(crd, ...path) {
  let schema = crd?.spec.versions[0].schema.openAPIV3Schema.properties
  for (const step of path) schema = schema?.[step]
  return schema
}

/** The keys that controllers of ours add to a status. */
export const OWN_STATUS = ['conditions', 'observedGeneration', 'reconcile']

export function without(object, names) {
  return object && Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}
