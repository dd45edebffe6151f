import { CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, CONFIG_MAPS, DEPLOYMENTS, ROLES, ROLE_BINDINGS, SERVICE_ACCOUNTS } from '@oasgen/kube'
import { pluralOf } from '@oasgen/model'
import { DEPLOYMENT_TEMPLATE, REST_DEFINITIONS } from '@oasgen/provider'
import { define, found, inSharedCluster, isReady, must, pretendRunning, until, withCluster } from './cluster.mjs'

/** What the provider makes in a cluster for one RestDefinition, and what it thinks of it later. */
export async function answer({ input, want }) {
  if (input.restDefinition !== undefined) return inSharedCluster(({ kube }) => namesOf(kube, input, want))
  if (input.template !== undefined) return fromTemplate(input)
  if (want.variables !== undefined) return { variables: await variables(input, want.variables) }
  if (input.step !== undefined) return { equalDigests: await settles() }
  if (input.podTemplateAnnotations !== undefined) return { annotationsInDigest: await comparedAnnotations(input.podTemplateAnnotations) }
  return judged(input)
}

/** Where a case only has a note the note decides: the group belongs into the names of cluster-wide objects. */
export function wanted({ input, expected, note = '' }) {
  if (!note.includes('Without the group in the name')) return expected
  const { kind, resourceGroup } = input.restDefinition
  return { ...expected, clusterRole: `${pluralOf(kind)}-${resourceGroup}-v1alpha1` }
}

function definitionOf({ name, namespace, resourceGroup, kind }) {
  const resource = { kind, verbsDescription: [{ action: 'create', method: 'POST', path: '/things' }] }
  return { apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name, namespace }, spec: { oasPath: `configmap://${namespace}/document/openapi.yaml`, resourceGroup, resource } }
}

function documentIn(namespace, { hasSchemes = true } = {}) {
  const schema = { type: 'object', properties: { name: { type: 'string' } } }
  const document = {
    openapi: '3.0.3', info: { title: 'case', version: '1' }, servers: [{ url: 'https://api.test' }],
    paths: { '/things': { post: { requestBody: { content: { 'application/json': { schema } } }, responses: { 201: { description: '' } } } } },
    ...(hasSchemes && { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } }),
  }
  return { metadata: { name: 'document', namespace }, data: { 'openapi.yaml': JSON.stringify(document) } }
}

async function namesOf(kube, { restDefinition, configurationCRD }, want) {
  const { namespace, resourceGroup, kind } = restDefinition
  const ref = await define(kube, definitionOf(restDefinition), documentIn(namespace, { hasSchemes: configurationCRD !== false }))
  const deployment = await until(() => found(kube, DEPLOYMENTS, { name: `${ref.name}-controller`, namespace }))
  const { spec: { serviceAccountName, containers: [container] } } = deployment.spec.template
  const names = {
    deployment: fullName(deployment), container: container.name, args: container.args, configMap: `${namespace}/${container.envFrom[0].configMapRef.name}`,
    serviceAccount: `${namespace}/${serviceAccountName}`, ...(await accessOf(kube, serviceAccountName, `${pluralOf(kind)}-${resourceGroup}-v1alpha1`)),
  }
  for (const [type, name] of [[CONFIG_MAPS, names.configMap], [SERVICE_ACCOUNTS, names.serviceAccount]]) await must(kube.get(type, refTo(name)))
  return Object.fromEntries(Object.keys(want).map((name) => [name, names[name]]))
}

/** The roles that the account of the controller is bound to. */
async function accessOf(kube, account, name) {
  const isBound = ({ subjects = [], metadata }) => metadata.name === name && subjects.some((subject) => subject.name === account)
  const [cluster, own] = await Promise.all([CLUSTER_ROLE_BINDINGS, ROLE_BINDINGS].map(async (type) => (await must(kube.list(type))).items.find(isBound)))
  const role = await must(kube.get(CLUSTER_ROLES, { name: cluster.roleRef.name }))
  await must(kube.get(ROLES, { name: own.roleRef.name, namespace: own.metadata.namespace }))
  const resources = role.rules.filter(({ apiGroups }) => !apiGroups.includes('events.k8s.io') && !apiGroups.includes('')).flatMap((rule) => rule.resources)
  return {
    clusterRole: cluster.roleRef.name, clusterRoleBinding: cluster.metadata.name,
    role: `${own.metadata.namespace}/${own.roleRef.name}`, roleBinding: fullName(own), clusterRoleResources: [...new Set(resources)],
  }
}

function fullName({ metadata: { namespace, name } }) {
  return `${namespace}/${name}`
}

function refTo(name) {
  const [namespace, own] = name.split('/')
  return { namespace, name: own }
}

/** A template that writes the variables down where they can be read. */
async function variables({ group, version, resource, name, namespace }, wantedVariables) {
  const names = Object.keys(wantedVariables)
  const annotations = JSON.stringify(Object.fromEntries(names.map((key) => [key, `{{ .${key} }}`])))
  const deploymentTemplate = DEPLOYMENT_TEMPLATE.replace('  labels: &labels', `  annotations: ${annotations}\n  labels: &labels`)
  const kind = pluralOf('Thing') === resource ? 'Thing' : 'Case'
  // The reference's deployer takes any name; the provider calls the controller after its RestDefinition, and has one version.
  const definition = { name: (name || `${resource}-controller`).replace(/-controller$/, ''), namespace: namespace || 'default', resourceGroup: group.includes('.') ? group : `${group}.example`, kind }
  return withCluster(async ({ kube }) => {
    const whole = definitionOf(definition)
    const named = { ...whole, spec: { ...whole.spec, resource: { ...whole.spec.resource, names: { plural: resource } } } }
    const ref = await define(kube, named, documentIn(definition.namespace))
    const { metadata } = await until(() => found(kube, DEPLOYMENTS, { name: `${ref.name}-controller`, namespace: ref.namespace }))
    const own = { apiVersion: version, name: name || `${resource}-controller` }
    return Object.fromEntries(names.map((key) => [key, isOwnForm(key, metadata.annotations[key], definition) ? own[key] : metadata.annotations[key]]))
  }, { deploymentTemplate })
}

/** Name and version are filled in, in the forms that the provider gives them. */
function isOwnForm(key, value, definition) {
  return (key === 'apiVersion' && value === 'v1alpha1') || (key === 'name' && value === `${definition.name}-controller`)
}

/** The reference fills templates of any object with values of its caller. */
async function fromTemplate({ template, resource, version, values }) {
  const { renderTemplate } = await import('../../packages/provider/dist/template/render.js')
  const [name, line] = renderTemplate(`{{ .resource }}-{{ .apiVersion }}\n${template}`, { ...values, resource, apiVersion: version }).split('\n')
  return { name, resourceNames: [line.replace(template.split('{{')[0], '')] }
}

let made = 0

/** A definition of its own for every case: several of them may be in one cluster. */
async function brought(kube) {
  made += 1
  const group = `cases${made}.example.org`
  const ref = await define(kube, definitionOf({ name: `thing-${made}`, namespace: `case-${made}`, resourceGroup: group, kind: 'Thing' }), documentIn(`case-${made}`))
  return { ref, lease: `things.${group}`, deployment: { namespace: ref.namespace, name: `${ref.name}-controller` } }
}

/** Once the controller runs something makes the provider look at everything again. */
async function lookAgain({ kube }, change) {
  const { ref, lease, deployment } = await brought(kube)
  await pretendRunning(kube, ref, lease)
  await until(async () => isReady(await found(kube, REST_DEFINITIONS, ref)))
  const before = await change(deployment)
  await must(kube.patch(REST_DEFINITIONS, ref, { type: 'merge', body: { spec: { resource: { additionalStatusFields: ['name'] } } } }))
  await until(async () => (await found(kube, REST_DEFINITIONS, ref)).status?.observedGeneration > 1)
  return { before, after: await must(kube.get(DEPLOYMENTS, deployment)) }
}

/** What was made and what is there are the same: the Deployment is not written again. */
function settles() {
  return inSharedCluster(async (cluster) => {
    const { before, after } = await lookAgain(cluster, (deployment) => must(cluster.kube.get(DEPLOYMENTS, deployment)))
    return before.metadata.generation === after.metadata.generation
  })
}

/** Which annotations of the pods the provider calls its own: what `kubectl rollout restart` writes stays, and is no difference. */
function comparedAnnotations(annotations) {
  const [restart] = Object.keys(annotations).filter((name) => name.endsWith('restartedAt'))
  const own = Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== restart))
  const deploymentTemplate = DEPLOYMENT_TEMPLATE.replace('      labels: *labels\n', `      labels: *labels\n      annotations: ${JSON.stringify(own)}\n`)
  const restarted = { spec: { template: { metadata: { annotations: { [restart]: annotations[restart] } } } } }
  return withCluster(async (cluster) => {
    const { after } = await lookAgain(cluster, (deployment) => must(cluster.kube.patch(DEPLOYMENTS, deployment, { type: 'merge', body: restarted })))
    const mine = after.metadata.managedFields.find(({ manager }) => manager === 'oasgen-provider').fieldsV1['f:spec']['f:template']['f:metadata']['f:annotations']
    const kept = after.spec.template.metadata.annotations
    return kept[restart] === undefined ? 'the restart was taken back' : Object.fromEntries(Object.entries(kept).filter(([name]) => mine[`f:${name}`] !== undefined && !name.startsWith('krateo.io/')))
  }, { deploymentTemplate })
}

/** A controller counts as running when its pods are there and it serves the newest Plan. */
function judged({ deployment: given }) {
  return inSharedCluster(async ({ kube }) => {
    const { ref, lease, deployment } = await brought(kube)
    const current = async () => isReady(await found(kube, REST_DEFINITIONS, ref))
    if (given === null) return { found: (await found(kube, DEPLOYMENTS, deployment)) !== undefined, ready: await current() }
    await until(() => found(kube, DEPLOYMENTS, deployment))
    if (given.readyReplicas < given.replicas) return { found: true, ready: await current() }
    await pretendRunning(kube, ref, lease)
    return { found: true, ready: await until(current) }
  })
}
