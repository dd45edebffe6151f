import { expect, it } from 'vitest'
import { isObject, type JsonObject } from '@oasgen/json'
import { prepare, type PreparedPlan } from './prepare.js'
import { answer, conditions, customResource, reconcile, world } from './reconcile.testing.js'
import { planFor } from './simulator.testing.js'

it('stops with the conditions of a stop: an update that never shows is counted once per reconcile', () => {
  const prepared = prepare(planFor('list')).value as PreparedPlan
  const object = { id: '1', name: 'x', size: 1 }
  const w = world(customResource('Thing', { name: 'x', size: 2 }, { annotations: { 'krateo.io/external-name': '1' } }), (request) => {
    const isList = String(request.url).endsWith('/things')
    return request.method === 'GET' && isList ? answer(200, { items: [object] }) : answer(200, object)
  })
  const counts: unknown[] = []
  for (let round = 0; round < 8; round++) {
    const decision = reconcile(prepared, w)
    const status = w.resource?.['status'] as JsonObject
    counts.push(isObject(status['reconcile']) && isObject(status['reconcile']['updates']) ? status['reconcile']['updates']['count'] : undefined)
    expect(conditions(w).includes('Synced=False/ReconcileError')).toBe(decision?.type === 'stop')
    w.now += 600_000
  }
  expect(counts.slice(0, 4)).toEqual([1, 2, 3, 3])
  expect(w.exchanges.filter(({ request }) => request.method === 'PUT')).toHaveLength(3)
})
