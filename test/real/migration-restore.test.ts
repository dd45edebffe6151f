import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFailed } from 'vitest'
import { isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { readConditions } from '@oasgen/wire'
import { until } from '../integration/stack/stack.js'
import { startChartCluster, type ChartCluster } from './chart-node.js'
import { CHART } from './chart-run.js'
import { startLab, type Gadget, type Lab } from './migration-lab.js'
import { nameOf, readState, restore } from './migration-state.js'

const RELEASED = fileURLToPath(new URL('migration-0.1.0/', import.meta.url))
const NAMES = ['one', 'two', 'three']
const OUTSIDE: readonly Gadget[] = NAMES.map((name, index) => ({ id: index + 1, name, size: index, color: 'red', made: '2026-03-01T08:00:00Z' }))

/** What a release leaves in a cluster is recorded once, by that release: `OASGEN_RECORD_STATE=1`. */
describe('what exists outside is found again', () => {
  it.runIf(process.env['OASGEN_RECORD_STATE'] === '1')('after the state of this release was recorded anew (not run: a release does it, with OASGEN_RECORD_STATE=1)', () => inCluster([], async ({ cluster, lab }) => {
    const [document, definition] = readState(new URL('migration-reference/1-definition.yaml', import.meta.url), { API_URL: lab.url })
    await install(cluster)
    await restore(cluster, [document, definition].map((object) => usersPartOf(object as JsonObject)))
    await until('gadgets are served', async () => (await cluster.kubectl(['get', 'crd', '-o', 'name'])).includes('gadgetconfigurations.lab.example'))
    await cluster.kubectl(['wait', 'restdefinition', 'gadget', '-n', 'lab', '--for', 'condition=Ready=True', '--timeout', '120s'])
    const credentials = readState(new URL('migration-reference/4-resources.yaml', import.meta.url)).filter(({ kind }) => kind !== 'Gadget')
    for (const object of [...credentials, ...NAMES.map((name, size) => gadget(name, size))]) await restore(cluster, [object])
    await allReady(cluster)
    mkdirSync(RELEASED, { recursive: true })
    const lines = (await everything(cluster)).map((object) => JSON.stringify(object)).join(',\n')
    writeFileSync(`${RELEASED}state.json`, `{"items": [\n${lines}\n]}\n`.replaceAll(lab.url, 'API_URL'))
  }))

  const rows: readonly { name: string; part: (object: JsonObject) => readonly JsonObject[]; reason: string }[] = [
    { name: 'when this version comes after 0.1.0', part: (object) => [object], reason: 'nothing is sent because of an upgrade' },
    { name: 'after a restore as Velero does it', part: (object) => [withoutStatus(object)], reason: 'objects come back with annotations and finalizers, without status and with new uids' },
    { name: 'after a restore from Git', part: (object) => (isUsers(object) ? [usersPartOf(object)] : []), reason: 'nothing but what people had written: found by its identifiers' },
  ]

  it.each(rows)('$name ($reason)', ({ part }) => inCluster(OUTSIDE, async ({ cluster, lab }) => {
    expect(existsSync(`${RELEASED}state.json`)).toBe(true)
    const state = (JSON.parse(readFileSync(`${RELEASED}state.json`, 'utf8').replaceAll('API_URL', lab.url)) as { items: readonly JsonObject[] }).items
    const kept = state.flatMap(part)
    const isOfKind = (object: JsonObject): boolean => textOf(object['apiVersion']).startsWith('lab.example/')
    if (kept.some(({ kind }) => kind === 'CustomResourceDefinition')) {
      await restore(cluster, kept)
      await install(cluster)
    } else {
      await install(cluster)
      await restore(cluster, kept.filter((object) => !isOfKind(object)))
      await cluster.kubectl(['wait', 'restdefinition', 'gadget', '-n', 'lab', '--for', 'condition=Ready=True', '--timeout', '120s'])
      await restore(cluster, kept.filter(isOfKind))
    }
    await allReady(cluster)
    const reads = lab.reads()
    await until('everything was looked at again', () => lab.reads() > reads + 2 * NAMES.length)
    expect(lab.writes).toEqual([])
    const items = await gadgets(cluster)
    expect(items.map((item) => [nameOf(item), statusOf(item)['id']])).toEqual([['one', 1], ['three', 3], ['two', 2]])
    // And they are ours in earnest: an edit arrives, once.
    await cluster.kubectl(['patch', 'gadgets.lab.example', 'two', '-n', 'lab', '--type', 'merge', '-p', '{"spec":{"size":9}}'])
    await until('the size is changed', () => lab.gadgets.get(2)?.size === 9)
    expect(lab.writes).toEqual([expect.stringContaining('PUT /gadgets/2')])
  }), 600_000)
})

interface Place {
  readonly cluster: ChartCluster
  readonly lab: Lab
}

async function inCluster(outside: readonly Gadget[], work: (place: Place) => Promise<void>): Promise<void> {
  const lab = await startLab(outside)
  const cluster = await startChartCluster()
  onTestFailed(() => void process.stderr.write(`${cluster.output()}\n${JSON.stringify(lab.writes)}\n`))
  try {
    for (const name of ['krateo-system', 'lab']) await cluster.namespace(name)
    // The CRD of RestDefinitions comes with the chart, or with the first restore.
    await work({ cluster, lab })
  } finally {
    await cluster.close()
    await lab.close()
  }
}

async function install(cluster: ChartCluster): Promise<void> {
  await cluster.helm('install', 'oasgen-provider', CHART, '-n', 'krateo-system', '--take-ownership', '--force-conflicts', '--wait', '--timeout', '2m', '--set', 'rdc.env.REST_CONTROLLER_RESYNC_INTERVAL=2s')
}

function gadget(name: string, size: number): JsonObject {
  return { apiVersion: 'lab.example/v1alpha1', kind: 'Gadget', metadata: { name, namespace: 'lab' }, spec: { configurationRef: { name: 'lab' }, name, size, color: 'red' } }
}

async function allReady(cluster: ChartCluster): Promise<void> {
  await until('all gadgets are Ready', async () => {
    const items = await gadgets(cluster).catch(() => [])
    return items.length === NAMES.length && items.every((item) => readConditions(statusOf(item)['conditions'] as JsonValue).some(({ type, status }) => type === 'Ready' && status === 'True') && statusOf(item)['observedGeneration'] === metadataOf(item)['generation'])
  })
}

async function gadgets(cluster: ChartCluster): Promise<readonly JsonObject[]> {
  return (JSON.parse(await cluster.kubectl(['get', 'gadgets.lab.example', '-n', 'lab', '-o', 'json'])) as { items: readonly JsonObject[] }).items
}

/** All that is of this installation, as a backup has it. */
async function everything(cluster: ChartCluster): Promise<readonly JsonObject[]> {
  const list = async (...args: readonly string[]): Promise<readonly JsonObject[]> => (JSON.parse(await cluster.kubectl(['get', ...args, '-o', 'json'])) as { items: readonly JsonObject[] }).items
  const found = [
    ...(await list('customresourcedefinitions')),
    ...(await list('clusterroles,clusterrolebindings', '-l', 'krateo.io/restdefinition-object=true')),
    ...(await list('restdefinitions,configmaps,secrets,serviceaccounts,roles,rolebindings,deployments,gadgetconfigurations.lab.example,gadgets.lab.example', '-n', 'lab')),
  ]
  return found.filter((object) => !['kube-root-ca.crt', 'default'].includes(nameOf(object))).map(lasting)
}

const OF_THE_SERVER = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'generation', 'selfLink']

function lasting(object: JsonObject): JsonObject {
  const metadata = Object.fromEntries(Object.entries(metadataOf(object)).filter(([name]) => !OF_THE_SERVER.includes(name)))
  const annotations = isObject(metadata['annotations']) ? Object.fromEntries(Object.entries(metadata['annotations']).filter(([name]) => !name.startsWith('kubectl.kubernetes.io/') && !name.startsWith('deployment.kubernetes.io/'))) : {}
  const whole = { ...object, metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) } }
  return ['CustomResourceDefinition', 'Deployment'].includes(textOf(object['kind'])) ? withoutStatus(whole) : whole
}

function withoutStatus(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'status'))
}

const OF_USERS = ['RestDefinition', 'Gadget', 'GadgetConfiguration']

function isUsers(object: JsonObject): boolean {
  return OF_USERS.includes(textOf(object['kind'])) || nameOf(object) === 'gadget-token' || (object['kind'] === 'ConfigMap' && nameOf(object) === 'gadget')
}

function usersPartOf(object: JsonObject): JsonObject {
  const { name, namespace } = metadataOf(object)
  return { ...withoutStatus(object), metadata: { name: name ?? '', namespace: namespace ?? '' } }
}

function metadataOf(object: JsonObject): JsonObject {
  return isObject(object['metadata']) ? object['metadata'] : {}
}

function statusOf(object: JsonObject): JsonObject {
  return isObject(object['status']) ? object['status'] : {}
}
