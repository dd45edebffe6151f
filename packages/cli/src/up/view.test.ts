import { describe, expect, it } from 'vitest'
import type { JsonValue } from '@oasgen/json'
import type { Exchange } from '@oasgen/wire'
import { driftText } from './drift.js'
import { createLiveBlock, cut, visibleLength } from './live-block.js'
import { describeObject, printLine, withoutAnswer } from './view.js'

const condition = (type: string, status: string, reason: string, message = ''): JsonValue => ({ type, status, reason, message })
const book = (conditions: readonly JsonValue[], more: Readonly<Record<string, JsonValue>> = {}): Parameters<typeof describeObject>[0] => ({ kind: 'Book', metadata: { name: 'b' }, spec: {}, status: { id: 1, conditions, ...more } })

describe('one line an object', () => {
  it.each([
    { reason: 'as it should be', conditions: [condition('Ready', 'True', 'Available'), condition('Synced', 'True', 'ReconcileSuccess')], state: 'Ready', text: 'id 1 · in sync' },
    { reason: 'exists and cannot be looked at', conditions: [condition('Ready', 'True', 'Available'), condition('Synced', 'False', 'ReconcileError', 'no answer')], state: 'Unknown', text: 'no answer' },
    { reason: 'under way', conditions: [condition('Ready', 'False', 'Creating', 'being made')], state: 'Waiting', text: 'being made' },
    { reason: 'stuck', conditions: [condition('Ready', 'False', 'Unavailable', 'no'), condition('Stalled', 'True', 'Refused', 'the name is taken')], state: 'Stalled', text: 'the name is taken' },
    { reason: 'paused', conditions: [condition('Ready', 'True', 'Available'), condition('Synced', 'False', 'ReconcilePaused')], state: 'Paused', text: 'paused by annotation' },
    { reason: 'new', conditions: [], state: 'Working', text: 'seen for the first time' },
  ])('$reason', ({ conditions, state, text }) => {
    expect(describeObject(book(conditions))).toEqual({ kind: 'Book', name: 'b', state, text })
  })

  it('waits for a definition whose controller is on its way', () => {
    const definition = { ...book([condition('Ready', 'False', 'Unavailable'), condition('Reconciling', 'True', 'Progressing', 'not ready yet')]), kind: 'RestDefinition' }
    expect(describeObject(definition)).toMatchObject({ state: 'Waiting', text: 'not ready yet' })
  })

  it('shortens long ids, wraps what is long, and fits the width', () => {
    const line = describeObject(book([condition('Ready', 'True', 'Available')], { id: 'ccb82601-45b2-410e-b2b1-000000000000' }))
    expect(line.text).toBe('id ccb82601… · in sync')
    const printed = printLine({ ...line, text: 'word '.repeat(40) }, { colour: false, columns: 80 })
    expect(printed.split('\n').every((text) => text.length <= 80)).toBe(true)
  })

  it('says in a few words that an API does not answer', () => {
    const exchange = { request: { method: 'GET', url: 'http://127.0.0.1:9/v1/books/1', headers: [] }, result: { type: 'failure', failure: { reason: 'connect', sent: 'nothing', message: 'ECONNREFUSED', code: 'NET0103' } } } as unknown as Exchange
    const line = { kind: 'Book', name: 'b', state: 'Unknown', text: 'observe failed: …' } as const
    expect(withoutAnswer(line, exchange).text).toBe('127.0.0.1:9 does not answer (the connection is refused) · nothing is changed · tried again by itself')
    expect(withoutAnswer({ ...line, state: 'Stalled' }, exchange).text).toBe('observe failed: …')
  })
})

describe('drift', () => {
  const exchange = (action: 'get' | 'update', body: JsonValue): Exchange => ({
    at: 0, tookMs: 3, purpose: { action, call: 'main', why: '' },
    request: { method: action === 'get' ? 'GET' : 'PATCH', url: 'http://a/v1/books/1', headers: [], ...(action === 'update' && { body: { type: 'json', contentType: 'application/json', value: body } }) },
    result: { type: 'response', response: { status: 200, headers: {}, body: { type: 'json', value: action === 'get' ? body : {} } } },
  })

  it.each([
    { reason: 'only what differs', held: { price: 1, title: 'T' }, sent: { price: 2, title: 'T' }, text: 'price: 1 (API) ≠ 2 (you) → PATCH /v1/books/1 → 200' },
    { reason: 'inside an envelope', held: { data: { price: 1 }, meta: {} }, sent: { price: 2 }, text: 'price: 1 (API) ≠ 2 (you) → PATCH /v1/books/1 → 200' },
    { reason: 'what is missing', held: { title: 'T' }, sent: { title: 'T', price: 2 }, text: 'price: absent (API) ≠ 2 (you) → PATCH /v1/books/1 → 200' },
    { reason: 'another shape altogether', held: { x: 1 }, sent: { price: 2 }, text: 'PATCH /v1/books/1 → 200' },
    { reason: 'many fields', held: { a: 1, b: 1, c: 1, d: 1, e: 1 }, sent: { a: 2, b: 2, c: 2, d: 2, e: 2 }, text: 'a: 1 (API) ≠ 2 (you), b: 1 (API) ≠ 2 (you), c: 1 (API) ≠ 2 (you), and 2 more → PATCH /v1/books/1 → 200' },
  ])('tells $reason', ({ held, sent, text }) => {
    expect(driftText([exchange('get', held), exchange('update', sent)])).toBe(text)
  })

  it('has nothing to tell without an update', () => {
    expect(driftText([exchange('get', {})])).toBeUndefined()
  })
})

describe('the live block', () => {
  it.each([
    { line: 'short', width: 10, shown: 'short' }, { line: 'exactly ten', width: 11, shown: 'exactly ten' }, { line: 'much too long', width: 8, shown: 'much to…' },
    { line: '\u001b[32mgreen\u001b[39m and long', width: 8, shown: '\u001b[32mgreen\u001b[39m a…\u001b[0m' },
  ])('cuts $line to $width', ({ line, width, shown }) => {
    expect(cut(line, width)).toBe(shown)
    expect(visibleLength(cut(line, width))).toBeLessThanOrEqual(width)
  })

  it('draws over itself and keeps what was printed above', () => {
    let text = ''
    const block = createLiveBlock({ write: (more) => { text += more }, columns: () => 20, rows: () => 10 })
    block.show(['a', 'b'])
    block.end()
    expect(text).toBe('\u001b[Ja\nb\n')
    const other = createLiveBlock({ write: (more) => { text += more }, columns: () => 20, rows: () => 5 })
    text = ''
    other.print('said')
    other.show(['1', '2', '3', '4', '5'])
    other.end()
    expect(text).toBe('\u001b[Jsaid\n1\n2\n3\n')
    other.print('late\n')
    expect(text.endsWith('late\n')).toBe(true)
  })
})
