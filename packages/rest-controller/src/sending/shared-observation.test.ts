import { describe, expect, it } from 'vitest'
import type { HttpRequest, HttpResponse, Purpose } from '@oasgen/wire'
import { createSharedObservation, type Answered, type Beginning, type SharedObservation } from './shared-observation.js'

const LIST: HttpRequest = { method: 'GET', url: 'http://api/things', headers: [{ name: 'accept', value: 'application/json' }] }
const MAIN: Purpose = { action: 'findby', call: 'main', why: 'observe' }
const PAGE: Purpose = { action: 'findby', call: 'page', index: 1, why: 'observe' }
const CONFIRM: Beginning['use'] = { type: 'confirm', intervalMs: 10_000 }
const ACT: Beginning['use'] = { type: 'act' }

interface World {
  now: number
  readonly shared: SharedObservation
  readonly asked: HttpRequest[]
  answer: (request: HttpRequest) => HttpResponse
  /** Reads as a reconcile of this key; gives which request answered it. */
  read(key: string, use: Beginning['use'], scope?: string): Promise<{ readonly number: number; readonly older: boolean }>
}

function world(): World {
  const asked: HttpRequest[] = []
  const w: World = {
    now: 1_000, asked,
    shared: createSharedObservation({ now: () => w.now }),
    answer: () => ({ status: 200, headers: {}, body: { type: 'json', value: asked.length } }),
    read: async (key, use, scope = 's') => {
      const observer = w.shared.begin({ scope, key, use })
      const { result } = await observer.send(LIST, MAIN, perform)
      return { number: result.type === 'response' && result.response.body.type === 'json' ? (result.response.body.value as number) : 0, older: observer.usedOlder() }
    },
  }
  const perform = async (request: HttpRequest): Promise<Answered> => {
    asked.push(request)
    return Promise.resolve({ at: w.now, tookMs: 1, result: { type: 'response', response: w.answer(request) } })
  }
  return w
}

describe('shared observation', () => {
  it.each([
    { name: 'confirm, within the interval', reason: 'one walk per interval feeds all', passedMs: 9_999, use: CONFIRM, shared: true },
    { name: 'confirm, after the interval', reason: 'each resource is really looked at once per interval', passedMs: 10_000, use: CONFIRM, shared: false },
    { name: 'act, a moment later', reason: 'a burst shares its look-ups', passedMs: 1_000, use: ACT, shared: true },
    { name: 'act, later', reason: 'what others did meanwhile must be seen before anything is written', passedMs: 1_001, use: ACT, shared: false },
  ])('$name: $reason', async ({ passedMs, use, shared }) => {
    const w = world()
    await w.read('a', ACT)
    w.now += passedMs
    expect(await w.read('b', use)).toEqual(shared ? { number: 1, older: true } : { number: 2, older: false })
  })

  it.each([
    { name: 'own write, confirm', reason: 'a resource must see what it wrote', writer: 'b', use: CONFIRM, shared: false },
    { name: 'other write, confirm', reason: 'it changes nothing about this resource', writer: 'c', use: CONFIRM, shared: true },
    { name: 'own write, act', reason: 'a resource must see what it wrote', writer: 'b', use: ACT, shared: false },
    { name: 'other write, act', reason: 'two resources may mean one object: the second must find what the first made', writer: 'c', use: ACT, shared: false },
  ])('$name: $reason', async ({ writer, use, shared }) => {
    const w = world()
    await w.read('a', ACT)
    w.now += 10
    w.shared.mutated('s', writer)
    w.now += 10
    expect((await w.read('b', use)).number).toBe(shared ? 1 : 2)
  })

  it('never shows a resource an older state than it saw', async () => {
    const w = world()
    await w.read('a', ACT)
    w.now += 5_000
    await w.read('b', ACT)
    expect((await w.read('b', CONFIRM)).number).toBe(2)
  })

  it('shares nothing across credentials', async () => {
    const w = world()
    await w.read('a', ACT, 'one')
    expect((await w.read('b', ACT, 'two')).number).toBe(2)
  })

  it('shares nothing but lists that are read with GET', async () => {
    const w = world()
    const observer = w.shared.begin({ scope: 's', key: 'a', use: ACT })
    const perform = async (request: HttpRequest): Promise<Answered> => {
      w.asked.push(request)
      return Promise.resolve({ at: 0, tookMs: 0, result: { type: 'response', response: w.answer(request) } })
    }
    for (const [request, purpose] of [[LIST, { ...MAIN, action: 'get' }], [{ ...LIST, method: 'POST' }, MAIN], [{ ...LIST, method: 'POST' }, { ...MAIN, action: 'create' }]] as const) {
      await observer.send(request, purpose, perform)
      await observer.send(request, purpose, perform)
    }
    expect(w.asked).toHaveLength(6)
  })

  it('does not share a failure beyond those who waited for it', async () => {
    const w = world()
    w.answer = () => ({ status: 500, headers: {}, body: { type: 'empty' } })
    await w.read('a', ACT)
    await w.read('b', ACT)
    expect(w.asked).toHaveLength(2)
  })

  it('begins one walk for all who wait for one that is newer than the one under way', async () => {
    const w = world()
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => { open = resolve })
    const slow = async (request: HttpRequest): Promise<Answered> => {
      w.asked.push(request)
      await gate
      return { at: 0, tookMs: 0, result: { type: 'response', response: w.answer(request) } }
    }
    const first = w.shared.begin({ scope: 's', key: 'a', use: ACT }).send(LIST, MAIN, slow)
    w.now += 1
    for (const key of ['b', 'c', 'd']) w.shared.mutated('s', key)
    w.now += 1
    const others = ['b', 'c', 'd'].map(async (key) => w.shared.begin({ scope: 's', key, use: ACT }).send(LIST, MAIN, slow))
    open()
    await Promise.all([first, ...others])
    expect(w.asked).toHaveLength(2)
  })

  it('asks with the tag of the walk before, and takes its body when nothing has changed', async () => {
    const w = world()
    w.answer = () => ({ status: 200, headers: { etag: '"1"' }, body: { type: 'json', value: 7 } })
    await w.read('a', ACT)
    w.now += 20_000
    w.answer = () => ({ status: 304, headers: { date: 'now' }, body: { type: 'empty' } })
    expect(await w.read('a', CONFIRM)).toEqual({ number: 7, older: false })
    expect(w.asked[1]?.headers).toContainEqual({ name: 'if-none-match', value: '"1"' })
    w.now += 20_000
    expect((await w.read('a', CONFIRM)).number).toBe(7)
    expect(w.asked[2]?.headers).toContainEqual({ name: 'if-none-match', value: '"1"' })
  })

  it('takes the pages of one walk together', async () => {
    const w = world()
    const perform = async (request: HttpRequest): Promise<Answered> => {
      w.asked.push(request)
      return Promise.resolve({ at: w.now, tookMs: 1, result: { type: 'response', response: w.answer(request) } })
    }
    const next: HttpRequest = { ...LIST, url: 'http://api/things?page=2' }
    for (const key of ['a', 'b']) {
      const observer = w.shared.begin({ scope: 's', key, use: CONFIRM })
      await observer.send(LIST, MAIN, perform)
      await observer.send(next, PAGE, perform)
    }
    expect(w.asked.map(({ url }) => url)).toEqual([LIST.url, next.url])
  })
})
