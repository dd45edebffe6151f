import { readFileSync } from 'node:fs'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { compileSubject } from '../drive/conform.js'
import { createApi, type ApiOptions, type ScriptedApi } from './api.js'
import type { Answer } from './answer.js'
import { SECRET_VALUES } from './credentials.js'
import { readSwitches, SWITCHES } from './switches.js'

const folder = new URL('../../../../specs/conform/', import.meta.url)

function plan(kind: string): ApiOptions['plan'] {
  const definitions = loadAll(readFileSync(new URL('definitions.yaml', folder), 'utf8'), undefined, { schema: CORE_SCHEMA }) as JsonObject[]
  const definition = definitions.find(({ spec }) => ((spec as JsonObject).resource as JsonObject).kind === kind)
  const subject = compileSubject({ uri: 'openapi.yaml', bytes: readFileSync(new URL('openapi.yaml', folder)) }, definition ?? {})
  if ('findings' in subject) throw new Error(subject.findings.map(({ message }) => message).join())
  return subject.plan
}

interface Lab {
  readonly api: ScriptedApi
  readonly clock: { now: number }
  readonly ask: (line: string, body?: JsonValue, headers?: Readonly<Record<string, string>>) => string
}

function open(kind: string, switches = '', options: Partial<ApiOptions> = {}): Lab {
  const clock = { now: 1_000_000 }
  const api = createApi({ plan: plan(kind), switches: readSwitches(switches) ?? [], now: () => clock.now, ...options })
  const ask: Lab['ask'] = (line, body, headers = {}) => {
    const [method = '', url = ''] = line.split(' ')
    return told(api.handle({ method, url, origin: 'http://api', text: body === undefined ? '' : JSON.stringify(body), headers: { authorization: `Bearer ${SECRET_VALUES['value']}`, 'content-type': 'application/json', ...headers } }))
  }
  return { api, clock, ask }
}

function told(answer: Answer): string {
  return answer.type === 'hang' ? 'hangs' : `${answer.status}${answer.damage === undefined ? '' : ` ${answer.damage}`}${answer.body === '' ? '' : ` ${answer.body}`}`
}

function names(list: string): readonly unknown[] {
  const read = readJson(list.slice(4))
  return ((read.ok ? (read.value as JsonObject).items : []) as readonly JsonObject[]).map(({ name }) => name)
}

describe('the scripted API of a definition', () => {
  it('remembers: made, read, changed, deleted', () => {
    const { ask, api } = open('Plain')
    expect(ask('POST /things', { name: 'a', size: 1 })).toBe('201 {"name":"a","size":1,"id":"id-1"}')
    expect(ask('GET /things/id-1')).toBe('200 {"name":"a","size":1,"id":"id-1"}')
    expect(ask('PUT /things/id-1', { name: 'b' })).toBe('200 {"id":"id-1","name":"b"}')
    expect(names(ask('GET /things'))).toEqual(['somebody-elses-0', 'somebody-elses-1', 'b'])
    expect(ask('DELETE /things/id-1')).toBe('204')
    expect(ask('GET /things/id-1')).toMatch(/^404/)
    expect(api.ledger.map(({ effect }) => effect)).toEqual(['created', 'none', 'updated', 'none', 'deleted', 'none'])
  })

  it('asks for credentials', () => expect(open('Plain').ask('GET /things', undefined, { authorization: 'Bearer wrong' })).toMatch(/^401/))
  it('says what it does not have', () => expect(open('Plain').ask('GET /thongs')).toMatch(/^404/))

  it('counts objects of one owner that are there at once', () => {
    const { ask, api } = open('Plain')
    ask('POST /things', { name: 'a' })
    ask('POST /things', { name: 'b' })
    expect(api.duplicates()).toBe(0)
    ask('POST /things', { name: 'a' })
    expect(api.duplicates()).toBe(1)
  })

  const before: readonly { readonly name: string; readonly want: RegExp }[] = [
    { name: 'error5xxBefore', want: /^500/ }, { name: 'throttledSeconds', want: /^429/ }, { name: 'throttledDate', want: /^429/ }, { name: 'conflict', want: /^409/ }, { name: 'hangBefore', want: /^hangs/ },
    { name: 'htmlError', want: /^502 <!doctype/ }, { name: 'htmlSuccess', want: /^200 <!doctype/ }, { name: 'errorInSuccess', want: /^200 {"error"/ }, { name: 'unauthorised', want: /^401/ }, { name: 'forbidden', want: /^403/ },
  ]
  it.each(before)('$name: nothing is done, twice, and then all is well', ({ name, want }) => {
    const { ask, api } = open('Plain', name)
    for (let time = 0; time < 2; time++) expect(ask('POST /things', { name: 'a' })).toMatch(want)
    expect(api.made()).toBe(0)
    expect(ask('POST /things', { name: 'a' })).toMatch(/^201/)
  })

  const after: readonly { readonly name: string; readonly want: RegExp }[] = [
    { name: 'error5xxAfter', want: /^503/ }, { name: 'hangAfter', want: /^hangs/ }, { name: 'resetMidBody', want: /^201 middle/ }, { name: 'wrongContentType', want: /^201 Everything/ }, { name: 'hugeBody', want: /^201 huge/ },
    { name: 'emptyBody', want: /^201$/ },
  ]
  it.each(after)('$name: it is done all the same', ({ name, want }) => {
    const { ask, api } = open('Plain', name)
    expect(ask('POST /things', { name: 'a' })).toMatch(want)
    expect(api.made()).toBe(1)
  })

  it('lets faults happen to the verbs that are named', () => {
    const { ask } = open('Plain', 'error5xxBefore', { verbs: ['update'] })
    expect(ask('POST /things', { name: 'a' })).toMatch(/^201/)
    expect(ask('PUT /things/id-1', { name: 'a' })).toMatch(/^500/)
  })

  it('eventual: reads lag, and arrive', () => {
    const { ask, clock } = open('Plain', 'eventual')
    ask('POST /things', { name: 'a' })
    const early = Array.from({ length: 20 }, () => ask('GET /things/id-1').slice(0, 3))
    expect(early).toContain('404')
    clock.now += 1_000
    expect(ask('GET /things/id-1')).toMatch(/^200/)
  })

  it.each([
    ['TokenPaged', (at: number) => `/things?cursor=after-${at}`], ['NumberPaged', (at: number) => `/things?page=${at / 2 + 1}`], ['OffsetPaged', (at: number) => `/things?offset=${at}`],
    ['LinkPaged', (at: number) => `/things?conform_after=${at}`], ['UrlPaged', (at: number) => `/things?conform_after=${at}`],
  ] as const)('paged, %s: two at a time, ours last', (kind, page) => {
    const { ask } = open(kind, 'paged')
    ask('POST /things', { name: 'ours' })
    expect([ask('GET /things'), ...[2, 4].map((at) => ask(`GET ${page(at)}`))].map((list) => names(list).length)).toEqual([2, 2, 2])
    expect(names(ask(`GET ${page(4)}`))).toContain('ours')
  })

  it('async: goes on as an operation', () => {
    const { ask, clock, api } = open('Slow', 'async')
    expect(ask('POST /things', { name: 'a' })).toMatch(/^202/)
    expect(api.made()).toBe(0)
    expect(ask('GET /operations/op-1')).toBe('200 {"status":"running"}')
    clock.now += 1_000
    expect(ask('GET /operations/op-1')).toBe('200 {"status":"done"}')
    expect(api.made()).toBe(1)
  })

  it('softDelete: can be read as deleted where the definition knows what that looks like', () => {
    const { ask } = open('Soft', 'softDelete')
    ask('POST /things', { name: 'a' })
    ask('DELETE /things/id-1')
    expect(ask('GET /things/id-1')).toContain('"state":"deleted"')
    expect(ask('DELETE /things/id-1')).toMatch(/^404/)
  })

  it('etag: not modified, and not over somebody else\'s change', () => {
    const { ask } = open('Plain', 'etag')
    ask('POST /things', { name: 'a' })
    expect(ask('GET /things/id-1', undefined, { 'if-none-match': '"v1"' })).toBe('304')
    expect(ask('PUT /things/id-1', { name: 'b' }, { 'if-match': '"v0"' })).toMatch(/^412/)
  })

  it.each([
    ['Plain', 'dropped', '200 {"name":"a","size":1,"id":"id-1"}'], ['Plain', 'renamed', '200 {"name":"a","size":1,"id":"id-1","color_value":"red"}'], ['Renamed', '', '200 {"name":"a","size":1,"id":"id-1","colour":"red"}'],
    ['Plain', 'decorated', '200 {"name":"[a]","color":"red","size":1,"id":"id-1"}'], ['Secretive', 'writeOnly', '200 {"name":"a","color":"red","size":1,"id":"id-1"}'],
  ])('%s %s: %s', (kind, switches, want) => {
    const { ask } = open(kind, switches)
    ask('POST /things', { name: 'a', color: 'red', size: 1 })
    expect(ask('GET /things/id-1')).toBe(want)
  })

  it('makes one object of one idempotency key', () => {
    const { ask, api } = open('Keyed')
    for (let time = 0; time < 2; time++) expect(ask('POST /things', { name: 'a' }, { 'idempotency-key': 'k' })).toMatch(/^201/)
    expect(api.made()).toBe(1)
  })

  it('is the same each time for the same seed', () => {
    const run = (seed: number): string => {
      const { ask } = open('Plain', 'eventual+reorder', { seed })
      return ['POST /things', ...Array.from({ length: 10 }, () => 'GET /things')].map((line) => ask(line, line.startsWith('POST') ? { name: 'a' } : undefined)).join('\n')
    }
    expect(run(7)).toBe(run(7))
    expect(run(7)).not.toBe(run(8))
  })
})

it('every switch says what it does', () => {
  for (const { about } of Object.values(SWITCHES)) expect(about.length).toBeGreaterThan(10)
})
