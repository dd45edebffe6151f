// The Kubernetes side of the bench in a process of its own: the embedded control plane, or with --real kube-apiserver and etcd. Both with the kinds
// of the bench, a Plan, and a kubeconfig of the controller's own ServiceAccount with exactly the rights that the provider generates.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startControlPlane } from '../../packages/apiserver/dist/index.js'
import { connectKube, CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, SECRETS } from '../../packages/kube/dist/index.js'
import { printPlan } from '../../packages/plan/dist/index.js'
import { namesFor, renderAccess } from '../../packages/provider/dist/index.js'
import { accountToken, startRealApiServer } from '../../packages/testkit/dist/index.js'
import { THINGS, thingPlan } from './plan.mjs'

const [folder, api, target] = process.argv.slice(2)
const plane = target === '--real' ? await startRealApiServer() : await startControlPlane({ inMemory: true, authorization: 'RBAC' })
const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
writeFileSync(join(folder, 'admin.kubeconfig'), kubeconfigOf(plane))

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const conditions = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'], items: { ...open, properties: { type: { type: 'string' } }, required: ['type'] } }
await must(kube.create(CUSTOM_RESOURCE_DEFINITIONS, {
  metadata: { name: 'things.bench.example' },
  spec: {
    group: 'bench.example', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing', singular: 'thing', listKind: 'ThingList' },
    versions: [{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: { ...open, properties: { conditions } } } } } }],
  },
}))
const plan = thingPlan(api)
const names = namesFor({ namespace: 'default', name: 'thing' }, plan.resource)
for (const { type, object } of renderAccess(plan, names)) await must(kube.create(type, object))
await must(kube.create(SECRETS, { metadata: { name: names.key, namespace: 'default' }, data: { key: 'a2V5' } }))
await must(kube.create(CONFIG_MAPS, { metadata: { name: names.plan, namespace: 'default' }, data: { 'plan.json': printPlan(plan).text } }))
while (!(await kube.page(THINGS, { namespace: 'default' })).ok) await new Promise((resolve) => setTimeout(resolve, 20))
writeFileSync(join(folder, 'kubeconfig'), kubeconfigOf({ ...plane, token: await accountToken(kube, 'default', names.access) }))

process.on('message', () => process.send({ type: 'requests', requests: plane.stats?.().requests ?? {} }))
process.on('SIGTERM', () => void plane.close().then(() => process.exit(0)))
process.send({ type: 'serving', plan: `default/${names.plan}`, key: `default/${names.key}` })

/** As JSON, so that the library for YAML, which a pod never loads, is not loaded here either. */
function kubeconfigOf({ url, ca, token }) {
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'main', clusters: [{ name: 'main', cluster }], users: [{ name: 'main', user: { token } }],
    contexts: [{ name: 'main', context: { cluster: 'main', user: 'main', namespace: 'default' } }],
  })
}

async function must(result) {
  const answer = await result
  if (!answer.ok) throw new Error(answer.error.finding.message)
  return answer.value
}
