// The Kubernetes side of the bench in a process of its own: the embedded control plane with RBAC, the RestDefinition kind, the provider's account,
// and in place of controllers a stub that says at once which Plan it runs. Answers what the provider asked for.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startControlPlane } from '../../packages/apiserver/dist/index.js'
import { connectKube, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, LEASES, SERVICE_ACCOUNTS } from '../../packages/kube/dist/index.js'
import { providerRules, REST_DEFINITIONS } from '../../packages/provider/dist/index.js'
import { restDefinitionCrd } from '../../packages/restdefinition/dist/index.js'
import { accountToken, kubeconfigText } from '../../packages/testkit/dist/index.js'

const [folder] = process.argv.slice(2)
const USER = 'system:serviceaccount:default:oasgen-provider'
let calls = {}

const plane = await startControlPlane({ inMemory: true, authorization: 'RBAC', runner: { start } })
const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
plane.onRequest(({ user, verb, resource }) => {
  if (user === USER && !resource.startsWith('leases')) calls[`${verb} ${resource}`] = (calls[`${verb} ${resource}`] ?? 0) + 1
})
writeFileSync(join(folder, 'admin.kubeconfig'), kubeconfigText(plane))
const metadata = { name: 'oasgen-provider', namespace: 'default' }
await must(kube.create(SERVICE_ACCOUNTS, { metadata }))
await must(kube.create(CLUSTER_ROLES, { metadata: { name: metadata.name }, rules: providerRules() }))
await must(kube.create(CLUSTER_ROLE_BINDINGS, { metadata: { name: metadata.name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name }, subjects: [{ kind: 'ServiceAccount', ...metadata }] }))
await must(kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'restdefinitions.ogen.krateo.io' }, { type: 'apply', body: restDefinitionCrd(), fieldManager: 'bench', force: true }))
while (!(await kube.page(REST_DEFINITIONS, {})).ok) await new Promise((resolve) => setTimeout(resolve, 20))
writeFileSync(join(folder, 'provider.kubeconfig'), kubeconfigText({ ...plane, token: await accountToken(kube, 'default', metadata.name) }))

process.on('message', (message) => {
  if (message === 'reset') calls = {}
  process.send({ type: 'calls', calls })
})
process.on('SIGTERM', () => void plane.close().then(() => process.exit(0)))
process.send({ type: 'serving' })

/** Takes the Lease of the kind and says that it runs what was published. */
async function start(_, workload) {
  const [namespace, name] = workload.containers[0].env.REST_CONTROLLER_PLAN.split('/')
  const plan = await must(kube.get(CONFIG_MAPS, { namespace, name }))
  const { resource } = JSON.parse(plan.data['plan.json'])
  const annotations = { 'krateo.io/plan-hash': plan.metadata.annotations['krateo.io/plan-hash'], 'krateo.io/restdefinition': `${namespace}/${name.replace(/-controller-plan$/, '')}` }
  await must(kube.patch(LEASES, { namespace, name: `${resource.plural}.${resource.group}` }, { type: 'apply', fieldManager: 'bench', force: true, body: { metadata: { labels: { 'krateo.io/rest-controller': 'true' }, annotations }, spec: { holderIdentity: 'stub' } } }))
  let end
  const exited = new Promise((resolve) => { end = () => resolve({ code: 0, signal: null }) })
  return { exited, stop: async () => end() }
}

async function must(answer) {
  const got = await answer
  if (!got.ok) throw new Error(got.error.message)
  return got.value
}
