import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { readConditions } from '@oasgen/wire'
import { until } from '../integration/stack/stack.js'
import { startChartCluster, type ChartCluster } from './chart-node.js'
import { runSections } from './chart-document.js'
import { CHART } from './chart-run.js'
import { startLab, type Gadget, type Lab } from './migration-lab.js'
import { referenceWouldDo } from './migration-reference.js'
import { asLeft, nameOf, readState, restore } from './migration-state.js'

const STATE = new URL('migration-reference/', import.meta.url)
const VALUES = fileURLToPath(new URL('values.yaml', STATE))
const made = '2026-03-01T08:00:00Z'

/** What exists outside: see the table in migration-reference/README.md. */
const OUTSIDE: readonly Gadget[] = [
  { id: 1, name: 'fine', size: 1, color: 'red', made }, { id: 2, name: 'creating', size: 2, made }, { id: 3, name: 'pending', size: 3, made },
  { id: 4, name: 'interrupted', size: 4, made }, { id: 5, name: 'unreadable', size: 5, made }, { id: 7, name: 'deleting', size: 7, made },
  { id: 9, name: 'paused', size: 99, made }, { id: 10, name: 'observed', size: 99, made }, { id: 11, name: 'kept', size: 11, made },
]
const ALIVE = ['fine', 'creating', 'pending', 'interrupted', 'unreadable']

describe('a cluster that the reference left', () => {
  let lab: Lab
  let cluster: ChartCluster

  beforeAll(async () => {
    lab = await startLab(OUTSIDE)
    cluster = await startChartCluster(asLeft)
    for (const name of ['krateo-system', 'lab']) await cluster.kubectl(['create', 'namespace', name])
    // As Helm 3 did, which the reference's releases were made with.
    await cluster.helm('install', 'oasgen-provider', fileURLToPath(new URL('chart', STATE)), '-n', 'krateo-system', '--values', VALUES, '--server-side=false')
    for (const file of ['2-kinds.yaml', '1-definition.yaml', '3-controller.yaml', '4-resources.yaml']) await restore(cluster, readState(new URL(file, STATE), { API_URL: lab.url }))
  })
  afterAll(async () => {
    await cluster?.close()
    await lab?.close()
  })
  const shown = (): void => onTestFailed(async () => void process.stderr.write(`${cluster.output()}\n${JSON.stringify(lab.writes)}\n${await cluster.kubectl(['get', 'gadgets', '-n', 'lab', '-o', 'yaml'])}\n`))

  it('is told beforehand what will become of it', async () => {
    shown()
    const told = await runSections(cluster, { file: 'docs/migration.md', sections: ['Look first'] })
    for (const name of [...ALIVE, 'refused', 'deleting', 'deleted', 'kept', 'paused', 'observed']) expect(told).toContain(name)
    expect(lab.writes).toEqual([])
    expect(await cluster.kubectl(['get', 'deployments', '-A', '-o', 'jsonpath={.items[*].spec.replicas}'])).toBe('1 1')
  })

  it('is taken over by an upgrade of its release, with its own values', async () => {
    shown()
    await runSections(cluster, { file: 'docs/migration.md', sections: ['Back up', 'Take over'] })
    await untilOurs()
    for (const name of ALIVE) await until(`${name} is Ready`, () => isReady(name))
    for (const name of ['deleting', 'deleted', 'kept']) await until(`${name} is gone`, async () => (await gadget(name)) === undefined)
    await until('refused says why', async () => messageOf(await gadget('refused'), 'Synced').includes('422'))
    // Two intervals more, in which something wrong could happen.
    const reads = lab.reads()
    await until('everything was looked at again', () => lab.reads() > reads + 2 * ALIVE.length)
  })

  it('changed nothing outside but what its users had asked for', () => {
    const unexpected = lab.writes.filter((write) => !write.includes('"name":"refused"') && write !== 'DELETE /gadgets/8')
    expect(unexpected).toEqual(['DELETE /gadgets/7'])
    expect([...lab.gadgets.values()]).toEqual(OUTSIDE.filter(({ id }) => id !== 7))
  })

  it('knows each object by its id, and says what the reference said of those that are not ours to change', async () => {
    for (const name of ALIVE) expect({ name, id: (await gadget(name))?.['status'] }).toMatchObject({ name, id: { id: OUTSIDE.find((each) => each.name === name)?.id } })
    expect(conditionsOf(await gadget('paused'))).toContain('Synced=False/ReconcilePaused')
    expect(lab.gadgets.get(9)?.size).toBe(99)
    expect(lab.gadgets.get(10)?.size).toBe(99)
  })

  it('runs one controller, ours, under the same name', async () => {
    const images = await cluster.kubectl(['get', 'deployments', '-A', '-o', 'jsonpath={range .items[*]}{.metadata.name}={.spec.template.spec.containers[*].image}{"\\n"}{end}'])
    expect(images.trim().split('\n').sort()).toEqual(['gadget-controller=ghcr.io/oasgen/rest-dynamic-controller:0.1.0', 'oasgen-provider=ghcr.io/oasgen/oasgen-provider:0.1.0'])
    await cluster.kubectl(['rollout', 'status', 'deployment/gadget-controller', '-n', 'lab', '--timeout', '60s'])
  })

  it('serves edits from then on', async () => {
    shown()
    const before = lab.writes.length
    await cluster.kubectl(['patch', 'gadgets.lab.example', 'fine', '-n', 'lab', '--type', 'merge', '-p', '{"spec":{"size":12}}'])
    await until('the size is changed', () => lab.gadgets.get(1)?.size === 12)
    expect(lab.writes.slice(before).filter((write) => !write.includes('refused'))).toEqual([expect.stringContaining('PUT /gadgets/1')])
    await until('fine is Ready', () => isReady('fine'))
  })

  it('can be given back: the reference finds its objects and changes nothing', async () => {
    shown()
    const before = effective()
    await runSections(cluster, { file: 'docs/migration.md', sections: ['Go back'] })
    // What its provider does next: put its own kinds and its own controller in place.
    await cluster.kubectl(['replace', '-f', fileURLToPath(new URL('2-kinds.yaml', STATE))])
    await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', fileURLToPath(new URL('3-controller.yaml', STATE))])
    await until('our controller has ended', async () => !(await cluster.kubectl(['get', 'pods', '-n', 'lab', '-o', 'jsonpath={.items[*].spec.containers[*].image}'])).includes('ghcr.io/oasgen/'))
    const gadgets = (JSON.parse(await cluster.kubectl(['get', 'gadgets', '-n', 'lab', '-o', 'json'])) as { items: readonly JsonObject[] }).items
    const plans = Object.fromEntries(gadgets.map((resource) => [nameOf(resource), referenceWouldDo(resource, [...lab.gadgets.values()] as unknown as readonly JsonObject[])]))
    expect(plans).toEqual({ fine: 'nothing', creating: 'nothing', pending: 'nothing', interrupted: 'nothing', unreadable: 'nothing', refused: 'create', paused: 'nothing', observed: 'nothing' })
    for (const resource of gadgets) await cluster.kubectl(['replace', '--dry-run=server', '-f', '-'], JSON.stringify(resource))
    expect(effective()).toEqual(before)
  })

  it('can be taken over again', async () => {
    shown()
    const before = effective()
    await cluster.helm('upgrade', 'oasgen-provider', CHART, '-n', 'krateo-system', '--values', VALUES, '--wait', '--timeout', '2m')
    await untilOurs()
    const reads = lab.reads()
    await until('everything was looked at again', () => lab.reads() > reads + 2 * ALIVE.length)
    for (const name of ALIVE) await until(`${name} is Ready`, () => isReady(name))
    expect(effective()).toEqual(before)
  })

  /** The Ready of the reference is still there when ours has not begun: the generation tells who said it. */
  async function untilOurs(): Promise<void> {
    await until('the controller is ours', async () => (await cluster.kubectl(['get', 'deployment', 'gadget-controller', '-n', 'lab', '-o', 'jsonpath={.spec.template.spec.containers[0].image} {.status.availableReplicas}'])) === 'ghcr.io/oasgen/rest-dynamic-controller:0.1.0 1')
    await until('the definition is Ready', async () => {
      const definition = JSON.parse(await cluster.kubectl(['get', 'restdefinition', 'gadget', '-n', 'lab', '-o', 'json'])) as JsonObject
      return conditionsOf(definition).includes('Ready=True/Available') && statusOf(definition)['observedGeneration'] === (definition['metadata'] as JsonObject)['generation']
    })
  }

  /** What was asked of the API, but for the create that it refuses each time. */
  function effective(): readonly string[] {
    return lab.writes.filter((write) => !write.includes('refused'))
  }

  async function gadget(name: string): Promise<JsonObject | undefined> {
    const text = await cluster.kubectl(['get', 'gadgets.lab.example', name, '-n', 'lab', '--ignore-not-found', '-o', 'json'])
    return text === '' ? undefined : (JSON.parse(text) as JsonObject)
  }

  async function isReady(name: string): Promise<boolean> {
    const resource = await gadget(name)
    return conditionsOf(resource).includes('Ready=True/Available') && statusOf(resource)['observedGeneration'] === (resource?.['metadata'] as JsonObject | undefined)?.['generation']
  }
})

function statusOf(resource: JsonObject | undefined): JsonObject {
  return isObject(resource?.['status']) ? resource['status'] : {}
}

function conditionsOf(resource: JsonObject | undefined): readonly string[] {
  return readConditions(statusOf(resource)['conditions'] as JsonValue).map(({ type, status, reason }) => `${type}=${status}/${reason}`)
}

function messageOf(resource: JsonObject | undefined, type: string): string {
  return textOf(readConditions(statusOf(resource)['conditions'] as JsonValue).find((condition) => condition.type === type)?.message)
}
