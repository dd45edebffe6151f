import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '@oasgen/json'
import type { CallPlan, ParameterPlan, Plan } from '@oasgen/plan'
import { maskedText } from '@oasgen/wire'
import { headerText, pairsOf, pathText } from './parameter-text.js'
import { prepare, type PreparedPlan } from './prepare.js'
import { customResource, reconcile, answer, world } from './reconcile.testing.js'

const LIST: JsonValue = ['blue', 'black', 'brown']
const OBJECT: JsonValue = { R: 100, G: 200, B: 150 }

function parameter(place: ParameterPlan['in'], style: ParameterPlan['style'], explode: boolean, more: Partial<ParameterPlan> = {}): ParameterPlan {
  return { name: 'color', in: place, style, explode, sources: [], ...more }
}

/** The table of the OpenAPI specification, section "Style Examples". */
describe('styles of a path', () => {
  const rows: readonly (readonly [ParameterPlan['style'], boolean, JsonValue, string])[] = [
    ['simple', false, 'blue', 'blue'], ['simple', false, LIST, 'blue,black,brown'], ['simple', false, OBJECT, 'R,100,G,200,B,150'],
    ['simple', true, LIST, 'blue,black,brown'], ['simple', true, OBJECT, 'R=100,G=200,B=150'],
    ['label', false, 'blue', '.blue'], ['label', false, LIST, '.blue,black,brown'], ['label', false, OBJECT, '.R,100,G,200,B,150'],
    ['label', true, LIST, '.blue.black.brown'], ['label', true, OBJECT, '.R=100.G=200.B=150'],
    ['matrix', false, 'blue', ';color=blue'], ['matrix', false, LIST, ';color=blue,black,brown'], ['matrix', false, OBJECT, ';color=R,100,G,200,B,150'],
    ['matrix', true, LIST, ';color=blue;color=black;color=brown'], ['matrix', true, OBJECT, ';R=100;G=200;B=150'],
  ]
  it.each(rows)('%s, explode %s, %j → %s', (style, explode, value, expected) => {
    expect(maskedText(pathText(parameter('path', style, explode), value))).toBe(expected)
  })
})

describe('styles of a query', () => {
  const rows: readonly (readonly [ParameterPlan['style'], boolean, JsonValue, string])[] = [
    ['form', false, 'blue', 'color=blue'], ['form', false, LIST, 'color=blue,black,brown'], ['form', false, OBJECT, 'color=R,100,G,200,B,150'],
    ['form', true, LIST, 'color=blue&color=black&color=brown'], ['form', true, OBJECT, 'R=100&G=200&B=150'],
    ['form', true, '', 'color='], ['form', true, [], ''], ['form', true, true, 'color=true'], ['form', true, [null, 'a'], 'color=a'],
    ['spaceDelimited', false, LIST, 'color=blue%20black%20brown'], ['spaceDelimited', false, OBJECT, 'color=R%20100%20G%20200%20B%20150'],
    ['pipeDelimited', false, LIST, 'color=blue%7Cblack%7Cbrown'], ['pipeDelimited', false, OBJECT, 'color=R%7C100%7CG%7C200%7CB%7C150'],
    ['deepObject', true, OBJECT, 'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150'],
    ['deepObject', true, { a: { b: [1, 2] } }, 'color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bb%5D=2'],
  ]
  it.each(rows)('%s, explode %s, %j → %s', (style, explode, value, expected) => {
    expect(queryOf(parameter('query', style, explode), value)).toBe(expected)
  })

  it('encodes what would end the value, and leaves reserved characters alone where they are allowed', () => {
    expect(queryOf(parameter('query', 'form', true), 'a&b=c#d?e/f')).toBe('color=a%26b%3Dc%23d%3Fe%2Ff')
    expect(queryOf(parameter('query', 'form', true, { allowReserved: true }), 'a/b?c:d&e#f')).toBe('color=a/b?c:d%26e%23f')
  })
})

function queryOf(plan: ParameterPlan, value: JsonValue): string {
  return pairsOf(plan, value).map((pair) => `${pair.name}=${maskedText(pair.value)}`).join('&')
}

describe('styles of a header', () => {
  it.each<readonly [boolean, JsonValue, string]>([[false, 'a b', 'a b'], [false, LIST, 'blue,black,brown'], [false, OBJECT, 'R,100,G,200,B,150'], [true, OBJECT, 'R=100,G=200,B=150']])('explode %s, %j → %s', (explode, value, expected) => {
    expect(maskedText(headerText(parameter('header', 'simple', explode), value))).toBe(expected)
  })
})

const get: CallPlan = {
  method: 'GET', server: 0, path: ['/things/', { parameter: 'id' }, '/parts'], response: { successCodes: ['200'] },
  parameters: [
    { name: 'id', in: 'path', required: true, style: 'simple', explode: false, sources: [{ from: 'resource', path: 'spec.id' }] },
    { name: 'q', in: 'query', style: 'form', explode: true, sources: [{ from: 'resource', path: 'spec.q' }] },
  ],
}
const plan: Plan = {
  format: 1, requires: [], definition: { namespace: 'd', name: 'd' }, resource: { group: 'g.test', version: 'v1', kind: 'Thing', plural: 'things' }, servers: [{ url: 'https://api.test/v1' }],
  auth: {}, identity: { parts: [] }, actions: { get: { call: get } }, status: [], compare: { scope: 'fullSpec', ignored: ['id', 'q'], rules: [] }, policy: {},
}
const prepared = prepare(plan).value as PreparedPlan

describe('any value', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', 'E', 'F', '?', '#', '&', '=', ';', '@', ' ', '\n', '\0', 'é', '😀', '\ud800') }))

  it('stays in its segment of the path and in its pair of the query, or is refused', () => {
    let reached = 0
    fc.assert(fc.property(text, text, (id, q) => {
      const sent: string[] = []
      const w = world(customResource('Thing', { id, q }), (request) => { sent.push(maskedText(request.url)); return answer(404) })
      reconcile(prepared, w)
      const [address] = sent
      if (address === undefined) return
      reached += 1
      const url = new URL(address)
      expect(url.origin).toBe('https://api.test')
      expect(url.pathname.split('/').map((segment, at) => (at === 3 ? '…' : segment))).toEqual(['', 'v1', 'things', '…', 'parts'])
      expect(url.hash).toBe('')
      expect([...url.searchParams.keys()].every((name) => name === 'q')).toBe(true)
      const given = wellFormed(id)
      expect(decodeURIComponent(url.pathname.split('/')[3] ?? '')).toBe(given)
    }), { numRuns: 500 })
    expect(reached).toBeGreaterThan(100)
  })
})

/** A lone surrogate is no character: it is sent as the replacement character. */
function wellFormed(given: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(given))
}
