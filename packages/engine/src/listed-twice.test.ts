import { expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { prepare, type PreparedPlan } from './prepare.js'
import { answer, customResource, reconcile, world } from './reconcile.testing.js'
import { planFor } from './simulator.testing.js'

const rows: readonly { readonly items: readonly JsonObject[]; readonly end: string; readonly reason: string }[] = [
  { items: [{ id: '1', name: 'x', size: 1 }, { id: '1', name: 'x', size: 1 }], end: 'done', reason: 'the same id twice is one object, as on pages that shift' },
  { items: [{ id: '1', name: 'x', size: 1 }, { id: '2', name: 'x', size: 1 }], end: 'stop ENG0301', reason: 'two ids are two objects' },
  { items: [{ name: 'x', size: 1 }, { name: 'x', size: 1 }], end: 'stop ENG0301', reason: 'without an id nobody can tell' },
]

it.each(rows)('$end: $reason', ({ items, end }) => {
  const w = world(customResource('Thing', { name: 'x', size: 1 }), (request) => (String(request.url).endsWith('/things') ? answer(200, { items }) : answer(200, items[0])))
  const decision = reconcile(prepare(planFor('list')).value as PreparedPlan, w)
  expect(decision?.type === 'stop' ? `stop ${decision.finding.code}` : decision?.type).toBe(end)
})
