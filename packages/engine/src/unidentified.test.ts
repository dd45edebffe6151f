import { expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { prepare, type PreparedPlan } from './prepare.js'
import { annotate, answer, customResource, markDeleted, reconcile, world, type World } from './reconcile.testing.js'
import { planFor } from './simulator.testing.js'

/** Creates are accepted without an id, and the list shows them by a name that nobody was told of. */
function api(made: JsonObject[]): World['api'] {
  return (request) => {
    if (request.method === 'POST') {
      made.push({ id: String(made.length + 1), name: `[x]` })
      return answer(201)
    }
    return String(request.url).endsWith('/things') ? answer(200, { items: made }) : answer(404)
  }
}

function live(w: World, rounds: number): string {
  const prepared = prepare(planFor('list')).value as PreparedPlan
  let last = ''
  for (let round = 0; round < rounds && w.resource !== undefined; round++) {
    const decision = reconcile(prepared, w)
    last = decision?.type === 'stop' ? decision.finding.code : (decision?.type ?? 'gone')
    w.now += 600_000
  }
  return last
}

it('asks a person after three creates that succeeded and made nothing that can be found', () => {
  const made: JsonObject[] = []
  const w = world(customResource('Thing', { name: 'x', size: 1 }), api(made))
  expect(live(w, 12)).toBe('ENG0408')
  expect(made).toHaveLength(3)
})

it('takes the answer of that person', () => {
  const made: JsonObject[] = []
  const w = world(customResource('Thing', { name: 'x', size: 1 }), api(made))
  live(w, 12)
  annotate(w, { 'krateo.io/external-create-resolved': 'none' })
  expect(live(w, 6)).toBe('ENG0408')
  expect(made).toHaveLength(4)
})

it('lets nothing go that it cannot tell apart where there is no list', () => {
  const made: JsonObject[] = []
  const w = world(customResource('Thing', { size: 1 }), api(made))
  expect(live(w, 6)).toBe('ENG0408')
  expect(made).toHaveLength(1)
  markDeleted(w)
  expect(live(w, 6)).toBe('ENG0408')
})
