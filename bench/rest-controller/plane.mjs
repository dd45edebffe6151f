// The embedded control plane in a process of its own, with the kinds of the bench and a Plan.
import { writeFileSync } from 'node:fs'
import { startControlPlane } from '../../packages/apiserver/dist/index.js'
import { connectKube, CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, SECRETS } from '../../packages/kube/dist/index.js'
import { printPlan } from '../../packages/plan/dist/index.js'
import { thingPlan } from './plan.mjs'

const [kubeconfig, api] = process.argv.slice(2)
const plane = await startControlPlane({ inMemory: true })
const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
writeFileSync(kubeconfig, plane.kubeconfig())

const THINGS = { group: 'bench.example', version: 'v1alpha1', plural: 'things', kind: 'Thing', namespaced: true }
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
await must(kube.create(CUSTOM_RESOURCE_DEFINITIONS, {
  metadata: { name: 'things.bench.example' },
  spec: {
    group: 'bench.example', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing', singular: 'thing', listKind: 'ThingList' },
    versions: [{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } } }],
  },
}))
await must(kube.create(SECRETS, { metadata: { name: 'thing-controller-key', namespace: 'default' }, data: { key: 'a2V5' } }))
await must(kube.create(CONFIG_MAPS, { metadata: { name: 'thing-controller-plan', namespace: 'default' }, data: { 'plan.json': printPlan(thingPlan(api)).text } }))
while (!(await kube.page(THINGS, { namespace: 'default' })).ok) await new Promise((resolve) => setTimeout(resolve, 20))

process.on('message', (message) => { void answer(message) })

async function answer(message) {
  if (message.type === 'create') await createThings(message)
  if (message.type === 'delete') await Promise.all((await must(kube.list(THINGS, {}))).items.map((item) => kube.delete(THINGS, { namespace: 'default', name: item.metadata.name })))
  if (message.type === 'ready') return process.send({ type: 'ready', ready: (await must(kube.list(THINGS, {}))).items.filter(isReady).length })
  process.send({ type: message.type, requests: plane.stats().requests })
}
process.send({ type: 'serving' })

/** One after the other, each with the moment in which it was accepted; or many at once. */
async function createThings({ from, count, parallel, told }) {
  const names = Array.from({ length: count }, (_, index) => `thing-${from + index}`)
  await Promise.all(Array.from({ length: parallel }, async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      await must(kube.create(THINGS, { apiVersion: 'bench.example/v1alpha1', kind: 'Thing', metadata: { name, namespace: 'default' }, spec: specOf(name) }))
      if (told) process.send({ type: 'accepted', name, at: Date.now() })
      if (parallel === 1) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }))
}

function specOf(name) {
  return { name, color: 'red', size: 42, tags: ['a', 'b'], owner: { name: 'somebody', mail: 'somebody@example.com' }, notes: 'x'.repeat(200) }
}

function isReady({ status, metadata }) {
  return status?.observedGeneration === metadata.generation && status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True')
}

async function must(result) {
  const answer = await result
  if (!answer.ok) throw new Error(answer.error.finding.message)
  return answer.value
}
