import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { annotationsOf } from '@oasgen/kube'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'
import { conditionsOf, get, hasFinalizer, must, openLab, ready, thing, thingPlan, THINGS, until, type Lab } from './lab.js'

describe('the life of a resource', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
    await lab.putPlan(thingPlan(lab.api.url))
    lab.start()
  })
  afterAll(() => lab.close())
  afterEach(() => {
    lab.api.fault = undefined
    lab.api.applied = undefined
  })

  it('is created once, with everything written ahead before the POST', async () => {
    let before: Promise<unknown> | undefined
    lab.api.fault = (request) => {
      if (request.method === 'POST') before ??= get(lab, 'first')
      return undefined
    }
    await must(lab.kube.create(THINGS, thing('first')))
    await ready(lab, 'first')
    const ahead = (await before) as Awaited<ReturnType<typeof get>>
    expect(hasFinalizer(ahead, FINALIZER.resource)).toBe(true)
    expect(annotationsOf(ahead!)).toMatchObject({ [ANNOTATION.externalCreateAttempt]: '1', [ANNOTATION.externalCreatePending]: expect.any(String) as string })
    expect(lab.api.count('POST')).toBe(1)
    expect(annotationsOf((await get(lab, 'first'))!)[ANNOTATION.externalName]).toBe('t1')
  })

  it('costs one GET per interval and no write to Kubernetes when nothing changes', async () => {
    await ready(lab, 'first')
    await sleep(1_200)
    const before = { writes: lab.writes(), seen: lab.api.seen.length }
    await sleep(2_200)
    expect(lab.writes()).toBe(before.writes)
    const since = lab.api.seen.slice(before.seen)
    expect(since.every(({ method, path }) => method === 'GET' && path === '/things/t1')).toBe(true)
    expect(since.length).toBeGreaterThanOrEqual(1)
    expect(since.length).toBeLessThanOrEqual(3)
  })

  it('is updated when its spec changes, at once', async () => {
    await must(lab.kube.patch(THINGS, { namespace: 'default', name: 'first' }, { type: 'merge', body: { spec: { color: 'blue' } } }))
    await until('the thing is blue', () => lab.api.things.get('t1')?.['color'] === 'blue', 900)
    await ready(lab, 'first')
  })

  it('is put back when somebody changes it outside', async () => {
    lab.api.things.get('t1')!['color'] = 'green'
    await until('the thing is blue again', () => lab.api.things.get('t1')?.['color'] === 'blue')
  })

  it('says what goes wrong, changes nothing meanwhile, and recovers by itself', async () => {
    lab.api.fault = () => ({ status: 500, body: { message: 'out of order' } })
    await until('Synced is False', async () => conditionsOf(await get(lab, 'first'))['Synced']?.startsWith('False/ReconcileError') === true)
    const before = lab.writes()
    await sleep(1_500)
    expect(lab.writes() - before).toBeLessThanOrEqual(1)
    lab.api.fault = undefined
    await until('Synced is True', async () => conditionsOf(await get(lab, 'first'))['Synced']?.startsWith('True') === true)
    expect(lab.api.count('POST')).toBe(1)
  })

  it('makes no second object when the answer to the POST is lost', async () => {
    lab.api.applied = (request) => (request.method === 'POST' && lab.api.things.size === 2 ? 'cut' : undefined)
    await must(lab.kube.create(THINGS, thing('lost')))
    await ready(lab, 'lost')
    expect([...lab.api.things.values()].filter(({ name }) => name === 'lost')).toHaveLength(1)
  })

  it('is deleted outside before it is gone inside', async () => {
    await must(lab.kube.delete(THINGS, { namespace: 'default', name: 'first' }))
    await until('it is gone', async () => (await get(lab, 'first')) === undefined)
    expect(lab.api.things.has('t1')).toBe(false)
  })

  it('is looked at again at once when a person asks for it', async () => {
    const before = lab.api.seen.length
    await must(lab.kube.patch(THINGS, { namespace: 'default', name: 'lost' }, { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.reconcileRequestedAt]: 'now' } } } }))
    await until('it was read', () => lab.api.seen.length > before, 500)
  })

  it('writes one line per change outside, and none of secrets', () => {
    const lines = lab.log.filter(({ message, msg }) => (message ?? msg) === 'external write')
    expect(lines.length).toBeGreaterThan(2)
    expect(lines[0]).toMatchObject({ resource: 'default/first', kind: 'Thing', action: 'create', why: 'create', method: 'POST', url: '/things', status: 201 })
  })
})
