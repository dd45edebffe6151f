import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { annotationsOf, CONFIG_MAPS, LEASES } from '@oasgen/kube'
import { ANNOTATION, LABEL } from '@oasgen/wire'
import { conditionsOf, get, GROUP, must, openLab, OWNERS, ready, thing, thingPlan, THINGS, until, type Lab } from './lab.js'
import type { RestController } from '@oasgen/rest-controller'

const lease = async (lab: Lab, name = `things.${GROUP}`): Promise<JsonObject | undefined> => {
  const read = await lab.kube.get(LEASES, { namespace: 'default', name })
  return read.ok ? read.value : undefined
}
const holder = async (lab: Lab, name?: string): Promise<string> => {
  const found = ((await lease(lab, name))?.spec as JsonObject | undefined)?.holderIdentity
  return typeof found === 'string' ? found : ''
}

describe('replicas', () => {
  let lab: Lab
  let first: RestController
  let second: RestController
  beforeAll(async () => { lab = await openLab() })
  afterAll(() => lab.close())

  it('wait for their Plan, say so, and are not ready before', async () => {
    first = lab.start({ settings: { identity: 'first' } })
    await until('the log says what is missing', () => lab.log.some((line) => JSON.stringify(line).includes('the ConfigMap does not exist')))
    expect(first.problem()).toContain('there is no Plan in ConfigMap default/thing-controller-plan yet')
    await lab.putPlan(thingPlan(lab.api.url))
    await until('it is ready', () => first.problem() === undefined)
  })

  it('tell by the Lease which Plan they run', async () => {
    await until('the Lease has the hash', async () => {
      const found = await lease(lab)
      return found !== undefined && annotationsOf(found)[ANNOTATION.planHash]?.length === 64
    })
    const found = (await lease(lab))!
    expect(annotationsOf(found)[ANNOTATION.definition]).toBe('default/thing')
    expect((found.metadata as JsonObject).labels).toMatchObject({ [LABEL.restController]: 'true' })
  })

  it('serve one at a time: the second stands by, ready', async () => {
    second = lab.start({ settings: { identity: 'second' } })
    await until('it is ready', () => second.problem() === undefined)
    await must(lab.kube.create(THINGS, thing('one')))
    await ready(lab, 'one')
    expect(await holder(lab)).toBe('first')
    expect(lab.api.count('POST')).toBe(1)
    await sleep(1_300)
    const from = lab.api.seen.length
    await sleep(2_000)
    // Two controllers would look twice per interval.
    expect(lab.api.seen.length - from).toBeLessThanOrEqual(3)
  })

  it('hand the Lease over at an orderly end, at once and with nothing lost', async () => {
    lab.api.applied = (request) => (request.method === 'POST' && request.body?.['name'] === 'two' ? 'hang' : undefined)
    await must(lab.kube.create(THINGS, thing('two')))
    await until('the POST is under way', () => lab.api.count('POST') === 2)
    lab.api.applied = undefined
    const began = Date.now()
    await first.stop(100)
    await until('the second serves', async () => (await holder(lab)) === 'second')
    // Without the hand-over it would have to wait until the Lease runs out: more than two seconds here.
    expect(Date.now() - began).toBeLessThan(2_000)
    await ready(lab, 'two')
    expect([...lab.api.things.values()].filter(({ name }) => name === 'two')).toHaveLength(1)
  })

  it('cut off what is under way when the Lease is lost, and never finish it', async () => {
    const third = lab.start({ settings: { identity: 'third' } })
    await until('it is ready', () => third.problem() === undefined)
    lab.api.applied = (request) => (request.method === 'POST' && request.body?.['name'] === 'three' && lab.api.count('POST') === 3 ? 'hang' : undefined)
    await must(lab.kube.create(THINGS, thing('three')))
    await until('the POST is under way', () => lab.api.count('POST') === 3)
    // Somebody takes the Lease away: the holder must notice and stop.
    const found = (await lease(lab))!
    await must(lab.kube.update(LEASES, { ...found, spec: { ...(found.spec as JsonObject), holderIdentity: 'nobody', leaseDurationSeconds: 1 } }))
    await until('it stands by', () => lab.log.some((line) => JSON.stringify(line).includes('standing by')), 5_000)
    await ready(lab, 'three')
    expect([...lab.api.things.values()].filter(({ name }) => name === 'three')).toHaveLength(1)
  })
})

describe('shared mode', () => {
  let lab: Lab
  const owners = (url: string): ReturnType<typeof thingPlan> => {
    const { configuration: _, ...plan } = thingPlan(url)
    return { ...plan, definition: { namespace: 'default', name: 'owner' }, resource: { group: GROUP, version: 'v1alpha1', kind: 'Owner', plural: 'owners' } }
  }
  beforeAll(async () => {
    lab = await openLab()
    await lab.putPlan(thingPlan(lab.api.url), 'thing-controller-plan', { 'krateo.io/plan': 'shared' })
    lab.start({ served: { mode: 'shared', namespace: 'default', labelSelector: 'krateo.io/plan=shared' } })
  })
  afterAll(() => lab.close())

  it('serves every Plan with the label, each under its own Lease', async () => {
    await must(lab.kube.create(THINGS, thing('a')))
    await ready(lab, 'a')
    await must(lab.kube.create(OWNERS, { ...thing('b'), kind: 'Owner' }))
    await sleep(300)
    expect(conditionsOf(await get(lab, 'b', OWNERS))).toEqual({})
    await lab.putPlan(owners(lab.api.url), 'owner-controller-plan', { 'krateo.io/plan': 'shared' })
    await until('the owner is Ready', async () => conditionsOf(await get(lab, 'b', OWNERS))['Ready']?.startsWith('True') === true)
    expect(await lease(lab, `owners.${GROUP}`)).toBeDefined()
  })

  it('is stopped by a bad Plan for its own kind only, and not even for that one while it knows a good one', async () => {
    await must(lab.kube.patch(CONFIG_MAPS, { namespace: 'default', name: 'owner-controller-plan' }, { type: 'merge', body: { data: { 'plan.json': 'nonsense' } } }))
    await until('the log says it', () => lab.log.some((line) => JSON.stringify(line).includes('default/owner-controller-plan')))
    await must(lab.kube.create(OWNERS, { ...thing('c'), kind: 'Owner' }))
    await must(lab.kube.create(THINGS, thing('d')))
    await ready(lab, 'd')
    await until('the owner is Ready', async () => conditionsOf(await get(lab, 'c', OWNERS))['Ready']?.startsWith('True') === true)
  })

  it('stops serving a kind when its Plan goes, and gives its Lease back', async () => {
    await must(lab.kube.delete(CONFIG_MAPS, { namespace: 'default', name: 'owner-controller-plan' }))
    await until('the Lease is free', async () => (await holder(lab, `owners.${GROUP}`)) === '')
    await must(lab.kube.create(OWNERS, { ...thing('e'), kind: 'Owner' }))
    await sleep(500)
    expect(conditionsOf(await get(lab, 'e', OWNERS))).toEqual({})
    await must(lab.kube.create(THINGS, thing('f')))
    await ready(lab, 'f')
  })

  it('leaves a kind to a dedicated controller that holds its Lease', async () => {
    const dedicated = lab.start({ settings: { identity: 'dedicated' } })
    await until('it is ready', () => dedicated.problem() === undefined)
    expect(await holder(lab)).not.toBe('dedicated')
    const from = lab.api.count('POST')
    await must(lab.kube.create(THINGS, thing('g')))
    await ready(lab, 'g')
    expect(lab.api.count('POST')).toBe(from + 1)
  })
})

describe('shards', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
    await lab.putPlan(thingPlan(lab.api.url))
  })
  afterAll(() => lab.close())

  it('divide the resources, make each object once, and take over from one that goes', async () => {
    const one = lab.start({ settings: { leadership: 'shards', identity: 'one' } })
    lab.start({ settings: { leadership: 'shards', identity: 'two' } })
    const names = Array.from({ length: 20 }, (_, index) => `shard-${index}`)
    for (const name of names) await must(lab.kube.create(THINGS, thing(name)))
    await ready(lab, ...names)
    expect(lab.api.count('POST')).toBe(20)
    await one.stop(200)
    await must(lab.kube.create(THINGS, thing('late-1')))
    await must(lab.kube.create(THINGS, thing('late-2')))
    await ready(lab, 'late-1', 'late-2')
    const from = lab.api.seen.length
    await sleep(2_500)
    const seen = new Set(lab.api.seen.slice(from).map(({ path }) => path))
    expect(seen.size).toBe(22)
    expect(lab.api.count('POST')).toBe(22)
  })
})
