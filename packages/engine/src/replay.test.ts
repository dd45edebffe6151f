import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromPlain, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Exchange, ExchangeResult } from '@oasgen/wire'
import { decide } from './decide.js'
import type { Subject } from './decision.js'
import { answer, customResource, edit, markDeleted, reconcile, STEP_CAP, world, type Asked } from './reconcile.testing.js'
import { KINDS, type Kind } from './simulated-api.testing.js'
import { preparedFor, runSchedule } from './simulator.testing.js'

/** As a recording on a disk: nothing of the objects that were compared is left but their values. */
function recorded<T>(value: T): T {
  return fromPlain(JSON.parse(JSON.stringify(value))) as T
}

describe('a recorded reconcile', () => {
  it('is decided in the same way when it is asked again, from the values alone', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const asked: Asked[] = []
      const { kind } = runSchedule(seed, 'none', KINDS, asked)
      const prepared = preparedFor(kind)
      for (const { subject, exchanges, now, decision } of asked) {
        const again = decide(prepared, recorded<Subject>(subject), recorded<readonly Exchange[]>(exchanges), now)
        expect({ seed, kind, decision: recorded(again) }).toEqual({ seed, kind, decision: recorded(decision) })
      }
    }
  })

  it('changes nothing that it is given', () => {
    const asked: Asked[] = []
    const { kind } = runSchedule(7, 'none', KINDS, asked)
    for (const { subject, exchanges, now } of asked) {
      const before = JSON.stringify([subject, exchanges])
      decide(preparedFor(kind), subject, exchanges, now)
      expect(JSON.stringify([subject, exchanges])).toBe(before)
    }
  })
})

const value: fc.Arbitrary<JsonValue> = fc.oneof(fc.constantFrom<JsonValue>(null, '', 'x', '1', 1, 2, true), fc.constant<JsonValue>([]), fc.constant<JsonValue>({}))
const object: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom('id', 'name', 'size', 'items', 'status', 'ref', 'label', 'message'), fc.oneof(value, fc.array(value, { maxLength: 2 }))) as fc.Arbitrary<JsonObject>
const body: fc.Arbitrary<JsonValue> = fc.oneof(object, fc.array(object, { maxLength: 3 }), fc.record({ items: fc.array(object, { maxLength: 3 }) }) as fc.Arbitrary<JsonObject>, value)
const anyAnswer: fc.Arbitrary<ExchangeResult> = fc.oneof(
  fc.tuple(fc.constantFrom(200, 200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 404, 409, 410, 412, 422, 423, 429, 500, 502, 503, 599), fc.option(body, { nil: undefined }), fc.constantFrom({}, { location: '/things/9' }, { 'operation-location': '/operations/1' }, { 'retry-after': '5' }, { link: '<https://api.test/things?page=2>; rel="next"' }))
    .map(([status, content, headers]) => answer(status, content, headers)),
  fc.constantFrom<ExchangeResult>(
    { type: 'failure', failure: { reason: 'timeout', sent: 'maybe', message: 'timeout', code: 'NET0001' } },
    { type: 'failure', failure: { reason: 'connect', sent: 'nothing', message: 'refused', code: 'NET0002' } },
    { type: 'response', response: { status: 200, headers: {}, body: { type: 'text', contentType: 'text/html', text: '<html>' } } },
    { type: 'response', response: { status: 200, headers: {}, body: { type: 'unreadable', contentType: 'application/json', bytes: 3, problem: 'cut off' } } },
  ),
)

describe('any API', () => {
  it.each(KINDS.map((kind) => ({ kind })))(`comes to an end within ${STEP_CAP} steps, whatever it answers: $kind`, ({ kind }: { readonly kind: Kind }) => {
    fc.assert(fc.property(fc.array(anyAnswer, { minLength: 1, maxLength: 12 }), fc.array(fc.constantFrom('edit', 'delete', 'wait'), { maxLength: 4 }), (answers, acts) => {
      let at = 0
      const w = world(customResource('Thing', { name: 'x', size: 1 }), () => answers[at++ % answers.length] as ExchangeResult)
      reconcile(preparedFor(kind), w)
      for (const act of acts) {
        if (act === 'edit' && w.resource !== undefined) edit(w, { size: 2 })
        if (act === 'delete' && w.resource !== undefined) markDeleted(w)
        w.now += 40_000
        reconcile(preparedFor(kind), w)
      }
    }), { numRuns: 60 })
  })
})

describe('what an API says of a failure', () => {
  it.each([
    { first: 'boom, request 6f9619ff-8b86-d011-b42d-00c04fc964ff', second: 'boom, request 7c9e6679-7425-40de-944b-e07fc1f90ae7', writes: 0, reason: 'an id of the request' },
    { first: 'down since 2026-11-21T12:00:00.123Z', second: 'down since 2026-11-21T12:05:10Z', writes: 0, reason: 'a time' },
    { first: 'busy, try again in 17 seconds', second: 'busy, try again in 3 seconds', writes: 0, reason: 'a count' },
    { first: 'failed (trace 0af7651916cd43dd8448eb211c80319c)', second: 'failed (trace b7ad6b7169203331abcdef0123456789)', writes: 0, reason: 'the id of a trace' },
    { first: 'the disk is full', second: 'the network is gone', writes: 1, reason: 'another failure is news' },
  ])('$reason: $writes writes for the second one', ({ first, second, writes }) => {
    let message = first
    const w = world(customResource('Thing', { name: 'x', size: 1 }), () => answer(500, { message }))
    reconcile(preparedFor('list'), w)
    const before = w.writes.length
    expect(before).toBe(1)
    message = second
    w.now += 60_000
    reconcile(preparedFor('list'), w)
    expect(w.writes.length - before).toBe(writes)
  })
})
