import { describe, expect, it } from 'vitest'
import type { Exchange } from '@oasgen/wire'
import { createExchangeRing } from './exchange-ring.js'

function exchange(method: 'GET' | 'POST', { status = 200, length = 100, why = 'observe', url = 'http://api/things/1' }: { status?: number; length?: number; why?: string; url?: string } = {}): Exchange {
  return {
    at: 0, tookMs: 1, purpose: { action: method === 'GET' ? 'get' : 'create', call: 'main', why }, request: { method, url, headers: [] },
    result: { type: 'response', response: { status, headers: { 'content-length': String(length) }, body: { type: 'json', value: { password: 'secret' } } } },
  }
}
const methods = (ring: ReturnType<typeof createExchangeRing>, key: string): readonly string[] => ring.of(key).map((shown) => (shown as unknown as Exchange).request.method)

describe('the ring of exchanges', () => {
  it('keeps what was written, however often it was looked at since', () => {
    const ring = createExchangeRing()
    ring.add('a', [exchange('POST')], 'news', 0)
    for (let n = 0; n < 100; n++) ring.add('a', [exchange('GET')], 'news', 0)
    expect(methods(ring, 'a')).toEqual(['POST', 'GET'])
  })

  it('keeps looks that found something else', () => {
    const ring = createExchangeRing()
    for (const status of [200, 200, 500, 500, 200]) ring.add('a', [exchange('GET', { status })], 'news', 0)
    expect(ring.of('a')).toHaveLength(3)
  })

  it('keeps the last sixteen of a resource', () => {
    const ring = createExchangeRing()
    for (let n = 0; n < 40; n++) ring.add('a', [exchange('POST')], 'news', 0)
    expect(ring.of('a')).toHaveLength(16)
  })

  it('drops the resources that were quiet longest when there is too much in all', () => {
    const ring = createExchangeRing()
    for (let n = 0; n < 300; n++) ring.add(`r${n}`, [exchange('GET', { length: 30_000 })], 'news', 0)
    const keys = ring.keys()
    expect(keys.length).toBeLessThan(150)
    expect(keys.at(-1)).toBe('r299')
    expect(keys).not.toContain('r0')
  })

  it('leaves large bodies out and masks what it shows', () => {
    const ring = createExchangeRing()
    ring.add('a', [exchange('GET', { length: 1_000_000 })], 'news', 0)
    ring.add('a', [exchange('POST')], 'news', 0)
    expect(JSON.stringify(ring.of('a'))).toContain('not kept')
    expect(JSON.stringify(ring.of('a'))).not.toContain('"secret"')
  })

  it('keeps one look a minute that found all well', () => {
    const ring = createExchangeRing()
    for (let n = 0; n < 100; n++) ring.add('a', [exchange('GET', { url: `http://api/${n}` })], 'quiet', n * 1_000)
    expect(ring.of('a')).toHaveLength(2)
  })

  it('forgets a resource', () => {
    const ring = createExchangeRing()
    ring.add('a', [exchange('GET')], 'news', 0)
    ring.forget('a')
    expect(ring.keys()).toEqual([])
  })

  it('moves the time of a look that was answered as before, once a minute, and of nothing else', () => {
    const ring = createExchangeRing()
    const times = (): readonly unknown[] => ring.of('a').map((shown) => (shown as unknown as Exchange).at)
    ring.touch('a', { at: 5, tookMs: 1 }, 0)
    expect(ring.keys()).toEqual([])
    ring.add('a', [exchange('GET')], 'quiet', 0)
    ring.touch('a', { at: 30_000, tookMs: 1 }, 30_000)
    expect(times()).toEqual([0])
    ring.touch('a', { at: 60_000, tookMs: 1 }, 60_000)
    expect(times()).toEqual([60_000])
    ring.add('a', [exchange('POST')], 'news', 60_001)
    ring.touch('a', { at: 200_000, tookMs: 1 }, 200_000)
    expect(times()).toEqual([60_000, 0])
  })
})
