import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { planHash, planSchema, printPlan, readPlan } from './read-plan.js'
import type { Plan } from './plan.js'

const golden = (name: string): string => readFileSync(new URL(`../../../specs/plan/${name}`, import.meta.url), 'utf8')
const bookshop = (): JsonObject => JSON.parse(golden('bookshop/plan.json')) as JsonObject

describe('readPlan', () => {
  it('reads the golden Plan, from text and from a value', () => {
    expect(readPlan(golden('bookshop/plan.json')).findings).toEqual([])
    expect(readPlan(bookshop()).value).toEqual(bookshop())
  })

  const rows: readonly { readonly name: string; readonly reason: string; readonly given: string | JsonObject; readonly want: string }[] = [
    { name: 'no JSON', reason: 'a ConfigMap was cut', given: '{"format":', want: 'PLN0001' },
    { name: 'a feature of tomorrow', reason: 'the provider is newer', given: { ...bookshop(), requires: ['telepathy'] }, want: 'PLN0002' },
    { name: 'another format', reason: 'nothing else can be known of it', given: { ...bookshop(), format: 2 }, want: 'PLN0003' },
    { name: 'a missing part', reason: 'reading it later would be a crash', given: { ...bookshop(), servers: undefined as never }, want: 'PLN0003' },
    { name: 'a path that is none', reason: 'prepare relies on parsed paths', given: { ...bookshop(), status: [{ path: 'a..b', from: 'a', type: 'any' }] }, want: 'PLN0003' },
    { name: 'a word that is none', reason: 'unions are closed', given: { ...bookshop(), status: [{ path: 'a', from: 'a', type: 'text' }] }, want: 'PLN0003' },
  ]
  it.each(rows)('$name: $want ($reason)', ({ given, want }) => {
    const { value, findings } = readPlan(given)
    expect(value).toBeUndefined()
    expect(findings.map(({ code }) => code)).toEqual([want])
  })

  it('lets pass members that it does not know', () => {
    expect(readPlan({ ...bookshop(), comment: 'x' }).findings).toEqual([])
  })
})

describe('printPlan', () => {
  it('gives one text per Plan, whatever the order of members', () => {
    const plan = bookshop() as unknown as Plan
    const shuffled = Object.fromEntries(Object.entries(bookshop()).toReversed()) as unknown as Plan
    expect(printPlan(plan).text).toBe(printPlan(shuffled).text)
    expect(planHash(plan)).toBe(planHash(shuffled))
  })

  it('tells a Plan that is too large', () => {
    const plan = { ...bookshop(), policy: { management: 'x'.repeat(600_000) } } as unknown as Plan
    expect(printPlan(plan).findings.map(({ code }) => code)).toEqual(['PLN0004'])
  })
})

it('publishes the schema that is in specs', () => {
  expect(JSON.parse(golden('schema.json'))).toEqual(planSchema())
})
