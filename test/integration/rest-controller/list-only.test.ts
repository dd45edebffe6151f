import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { must, openLab, ready, thing, thingPlan, THINGS, until, type Lab } from './lab.js'

const MANY = 25

describe('a kind that only a list serves', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
    lab.api.pageSize = 10
    lab.api.listMs = 30
    await lab.putPlan(thingPlan(lab.api.url, { serve: 'list' }))
    lab.start({ seconds: { resyncSeconds: 1 } })
    const names = Array.from({ length: MANY }, (_, index) => `thing-${index}`)
    await Promise.all(names.map((name) => must(lab.kube.create(THINGS, thing(name)))))
    await ready(lab, ...names)
  })
  afterAll(() => lab.close())

  const walks = (from: number): number => lab.api.seen.slice(from).filter(({ path }) => path === '/things').length

  it('makes each object once, though their look-ups share walks', () => {
    expect(lab.api.count('POST')).toBe(MANY)
    expect(lab.api.things.size).toBe(MANY)
    // Without sharing each look-up and each confirmation is a walk of its own, and so is each periodic look until all are there.
    expect(walks(0)).toBeLessThan(2 * MANY)
  })

  it('reads the list about once per interval for all of them together, to its last page', async () => {
    await sleep(1_200)
    const from = lab.api.seen.length
    const before = lab.writes()
    await sleep(3_000)
    const since = lab.api.seen.slice(from)
    expect(since.every(({ method }) => method === 'GET')).toBe(true)
    // Three seconds at an interval of one, one more or less at the edges, and never one per resource.
    expect(walks(from)).toBeGreaterThanOrEqual(2)
    expect(walks(from)).toBeLessThanOrEqual(5)
    expect(since.filter(({ path }) => path === '/things?page=3').length).toBeGreaterThanOrEqual(2)
    expect(lab.writes()).toBe(before)
  })

  it('asks whether a page has changed where the server gives tags', async () => {
    lab.api.etags = true
    await sleep(2_200)
    const from = lab.api.seen.length
    await sleep(2_200)
    const pages = lab.api.seen.slice(from)
    expect(pages.length).toBeGreaterThan(0)
    expect(pages.every(({ headers }) => headers['if-none-match'] !== undefined)).toBe(true)
  })

  it('still sees what somebody changed outside, and reads anew before it acts', async () => {
    const [id] = [...lab.api.things].find(([, { name }]) => name === 'thing-3')!
    lab.api.things.set(id, { ...lab.api.things.get(id), color: 'green' })
    await until('it is put back', () => lab.api.things.get(id)?.['color'] === 'red')
    const at = lab.api.seen.findIndex(({ method }) => method === 'PUT')
    const read = lab.api.seen.slice(0, at).findLast(({ path }) => path === '/things')!
    expect(lab.api.seen[at]!.at - read.at).toBeLessThan(1_000)
  })

  it('makes an object again that somebody deleted outside, once', async () => {
    const [id] = [...lab.api.things].find(([, { name }]) => name === 'thing-7')!
    lab.api.things.delete(id)
    await until('it is there again', () => [...lab.api.things.values()].some(({ name }) => name === 'thing-7'), 15_000)
    await sleep(1_000)
    expect([...lab.api.things.values()].filter(({ name }) => name === 'thing-7')).toHaveLength(1)
  })

  it('keeps quiet while the list cannot be read', async () => {
    lab.api.fault = () => ({ status: 503 })
    await sleep(1_500)
    lab.api.fault = undefined
    await until('all is well', async () => (await Promise.all([1, 2, 3].map(async (n) => ready(lab, `thing-${n}`)))).length === 3)
    expect(lab.api.things.size).toBe(MANY)
  })
})
