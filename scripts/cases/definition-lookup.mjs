import { createServer } from 'node:http'
import { startControlPlane } from '@oasgen/apiserver'
import { connectKube, SECRETS } from '@oasgen/kube'
import { authTable } from '@oasgen/rest-controller'
import { readRestDefinition } from '@oasgen/restdefinition'
import { prune, readSchema, schemaOfVersion } from '@oasgen/structural'
import { createTransport } from '@oasgen/transport'
import { build, definitionOf, documentOf } from './compile.mjs'
import { callPlan, planOf, reconcile, resourceOf } from './drive.mjs'
import { refusal } from './errors.mjs'

export async function answer({ group, input, want }) {
  return group === 'secret-value' ? secretValue(input, want) : lookup(input, want)
}

/** The definition is read, the Configuration judged and found, and its credentials used for a request: what arrives is compared. */
async function lookup({ resource, restDefinitions, configurations, secrets }, want) {
  const [definition] = restDefinitions
  const read = readRestDefinition(complete(definition))
  const broken = read.findings.find(({ severity }) => severity === 'error')
  if (broken !== undefined) return refusal(want, `${broken.message} ${JSON.stringify(broken.where ?? null)}`, definition)
  const { oasPath } = definition.spec
  const name = resource.spec?.configurationRef?.name
  if (name === undefined) return { oasPath, authorization: null }
  const configuration = configurations.find(({ metadata }) => metadata.name === name)
  if (configuration === undefined) return refusal(want, missing(resource, name), resource)
  const unknown = unknownFields(configuration)
  if (unknown.length > 0) return refusal(want, `unknown field ${unknown.join(', ')}`, configuration)
  return used({ oasPath, configuration, secrets }, want)
}

/** The definitions of the cases say nothing of verbs; that is another matter. */
function complete(definition) {
  const { spec } = definition
  return { ...definition, metadata: { namespace: 'default', ...definition.metadata }, spec: { ...spec, oasPath: 'configmap://default/case/openapi.yaml', resource: { verbsDescription: [{ action: 'get', method: 'GET', path: '/things/{id}' }], ...spec.resource } } }
}

function missing(resource, name) {
  const plan = { ...planOf({ actions: { get: { call: callPlan({ path: '/things' }) } } }), configuration: { kind: 'C', plural: 'cs', required: true } }
  const { resource: after } = reconcile(plan, resourceOf(resource), () => undefined, { state: 'missing', namespace: resource.metadata.namespace, name })
  return after.status.conditions.find(({ type }) => type === 'Synced').message
}

/** What the API server would not let in: the CRD knows the ways to authenticate that the document has. */
function unknownFields(configuration) {
  const components = { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } } }
  const { configuration: crd } = build(documentOf({ get: { type: 'object' }, root: { components } }), definitionOf({ verbsDescription: [{ action: 'get', method: 'GET', path: '/things/{id}' }] }))
  return prune(readSchema(schemaOfVersion(crd, 'v1alpha1')).value, configuration).removed
}

async function used({ oasPath, configuration, secrets }, want) {
  const { valueOf } = await import('../../packages/rest-controller/dist/environment/secrets.js')
  const reader = ({ namespace, name, key }) => {
    const secret = secrets.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name)
    const value = secret === undefined ? undefined : valueOf(secret, key)
    return value === undefined ? undefined : { value, version: '1' }
  }
  const plan = { auth: { bearer: { type: 'bearer', block: 'bearer' }, basic: { type: 'basic', block: 'basic' } } }
  const auth = authTable({ plan, configuration: configuration.spec, namespace: configuration.metadata.namespace, environment: {} })
  const sent = await send(auth, reader)
  if (sent.problem !== undefined) return refusal(want, sent.problem, configuration)
  return want.basicAuth === undefined ? { oasPath, authorization: sent.authorization } : { oasPath, basicAuth: basicOf(sent.authorization) }
}

/** A request with the credential that there is; gives the header as a server gets it. */
async function send(auth, secrets) {
  let authorization = null
  const server = createServer((request, response) => { authorization = request.headers.authorization ?? null; response.end('{}') })
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const url = `http://127.0.0.1:${server.address().port}`
  const transport = createTransport()
  const alternatives = Object.keys(auth).map((scheme) => ({ schemes: [{ scheme, scopes: [] }] }))
  const { type, failure } = await transport.send({ method: 'GET', url, headers: [], auth: { alternatives } }, { key: 'case', auth, secrets, allowedOrigins: [url] })
  await transport.close()
  server.close()
  return type === 'failure' ? { problem: failure.message } : { authorization }
}

function basicOf(header) {
  const [username, password] = Buffer.from(header.replace('Basic ', ''), 'base64').toString('utf8').split(':')
  return { username, password }
}

/** A Secret that the API server holds, or refuses to hold, and the key that a request needs of it. */
async function secretValue({ secret, ref }, want) {
  const plane = await startControlPlane({ inMemory: true })
  const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
  try {
    const created = secret === null ? undefined : await kube.create(SECRETS, secret)
    if (created?.ok === false) return refusal(want, created.error.message, {})
    const held = await kube.get(SECRETS, ref)
    const { valueOf } = await import('../../packages/rest-controller/dist/environment/secrets.js')
    const value = held.ok ? valueOf(held.value, ref.key) : undefined
    if (value !== undefined) return { value }
    const { problem } = await send({ token: { type: 'bearer', token: { secret: ref } } }, () => undefined)
    return refusal(want, problem, ref)
  } finally {
    await kube.close()
    await plane.close()
  }
}
