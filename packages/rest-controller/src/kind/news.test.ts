import { describe, expect, it } from 'vitest'
import { createQueue } from '@oasgen/controller'
import type { JsonObject } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { addFirst, isInOrder, isNews } from './news.js'

const object = (metadata: JsonObject = {}, status?: JsonObject): KubeObject => ({ metadata: { name: 'a', namespace: 'default', uid: '1', generation: 1, ...metadata }, ...(status && { status }) })
const GOOD = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }, { type: 'Synced', status: 'True' }] }

describe('isNews', () => {
  it.each([
    { name: 'a new object', reason: 'nobody has looked at it', old: undefined, next: object(), by: 'others', want: true },
    { name: 'a new generation', reason: 'the user wants something else', old: object(), next: object({ generation: 2 }), by: 'others', want: true },
    { name: 'a new generation in the answer to our own write', reason: 'somebody wrote in between', old: object(), next: object({ generation: 2 }), by: 'us', want: true },
    { name: 'status', reason: 'it is ours', old: object(), next: object({ resourceVersion: '2' }, GOOD), by: 'others', want: false },
    { name: 'an annotation of others', reason: 'policies and pauses are annotations', old: object(), next: object({ annotations: { [ANNOTATION.paused]: 'true' } }), by: 'others', want: true },
    { name: 'bookkeeping by us', reason: 'the reconcile that wrote it goes on by itself', old: object(), next: object({ annotations: { [ANNOTATION.externalCreatePending]: 't' } }), by: 'us', want: false },
    { name: 'bookkeeping by a person', reason: 'removing it is how an unknown create is resolved', old: object({ annotations: { [ANNOTATION.externalCreatePending]: 't' } }), next: object(), by: 'others', want: true },
    { name: 'a pause in the answer to our own write', reason: 'somebody wrote in between', old: object(), next: object({ annotations: { [ANNOTATION.paused]: 'true' } }), by: 'us', want: true },
    { name: 'a finalizer while it lives', reason: 'nothing depends on it', old: object(), next: object({ finalizers: ['x'] }), by: 'others', want: false },
    { name: 'a finalizer while it goes', reason: 'we may wait for it to fall', old: object({ deletionTimestamp: 't', finalizers: ['x', 'y'] }), next: object({ deletionTimestamp: 't', finalizers: ['y'] }), by: 'others', want: true },
    { name: 'deletion', reason: 'it is to go', old: object(), next: object({ deletionTimestamp: 't' }), by: 'others', want: true },
    { name: 'another object of the same name', reason: 'it was deleted and made again between two looks', old: object(), next: object({ uid: '2' }), by: 'others', want: true },
    { name: 'a label', reason: 'expressions may read it', old: object(), next: object({ labels: { a: 'b' } }), by: 'others', want: true },
  ] as const)('$name: $reason', ({ old, next, by, want }) => {
    expect(isNews(old, next, by)).toBe(want)
  })
})

describe('addFirst', () => {
  const plan = (resource: KubeObject): { readonly delayed: number; readonly ready: number; readonly priority: string | undefined } => {
    const queue = createQueue({ now: () => 0 })
    addFirst(queue, resource, { intervalMs: 180_000, now: 1_000_000 })
    const { delayed, ready } = queue.statistics()
    return { delayed, ready, priority: queue.take()?.priority }
  }

  it.each([
    { name: 'in order', reason: 'it waits for its turn in the interval', resource: object({}, GOOD), want: { delayed: 1, ready: 0, priority: undefined } },
    { name: 'never seen', reason: 'somebody waits for it', resource: object(), want: { delayed: 0, ready: 1, priority: 'creation' } },
    { name: 'edited while nobody looked', reason: 'somebody waits for it', resource: object({ generation: 2 }, GOOD), want: { delayed: 0, ready: 1, priority: 'creation' } },
    { name: 'in trouble', reason: 'it is looked at again', resource: object({}, { ...GOOD, conditions: [{ type: 'Ready', status: 'True' }, { type: 'Synced', status: 'False' }] }), want: { delayed: 0, ready: 1, priority: 'creation' } },
    { name: 'to go', reason: 'a deletion never waits', resource: object({ deletionTimestamp: 't' }, GOOD), want: { delayed: 0, ready: 1, priority: 'deletion' } },
  ])('$name: $reason', ({ resource, want }) => {
    expect(plan(resource)).toEqual(want)
  })

  it('spreads ten thousand resources in order over the interval', () => {
    let now = 0
    const queue = createQueue({ now: () => now })
    for (let index = 0; index < 10_000; index++) addFirst(queue, object({ name: `r${index}` }, GOOD), { intervalMs: 180_000, now: 1_000_000 })
    const tenths = Array.from({ length: 10 }, (_, part) => {
      now = (part + 1) * 18_000
      let taken = 0
      for (let item = queue.take(); item !== undefined; item = queue.take()) {
        taken++
        queue.done(item, { type: 'done' })
      }
      return taken
    })
    expect(Math.min(...tenths)).toBeGreaterThan(800)
    expect(Math.max(...tenths)).toBeLessThan(1_200)
  })

  it('knows what is in order', () => {
    expect(isInOrder(object({}, GOOD))).toBe(true)
    expect(isInOrder(object({ generation: 2 }, GOOD))).toBe(false)
  })
})
