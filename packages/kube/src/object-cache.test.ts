import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareResourceVersions, keyOf, nameOf, resourceVersionOf, type KubeObject } from './object.js'
import { createObjectCache, slimmed, type ObjectChange } from './object-cache.js'

const object = (name: string, version: number, more: object = {}): KubeObject => ({ metadata: { name, uid: `uid-${name}`, resourceVersion: String(version), ...more } })
const tell = (changes: readonly ObjectChange[]): string[] => changes.map((change) => `${change.type} ${nameOf(change.object)}@${resourceVersionOf(change.object)}`)

describe('versions', () => {
  it.each([
    { left: '9', right: '10', want: 'older', reason: 'numbers, not texts' },
    { left: '100000000000000000000', right: '99999999999999999999', want: 'newer', reason: 'beyond what a double or an int64 holds' },
    { left: '7', right: '7', want: 'same', reason: 'equal' },
    { left: 'abc', right: '7', want: 'unknown', reason: 'nobody may guess' },
    { left: '', right: '7', want: 'unknown', reason: 'nothing is no version' },
  ])('$left is $want: $reason', ({ left, right, want }) => {
    const order = compareResourceVersions(left, right)
    expect(order === undefined ? 'unknown' : order === 0 ? 'same' : order < 0 ? 'older' : 'newer').toBe(want)
  })
})

describe('the cache', () => {
  it('answers every event with the change that it made', () => {
    const cache = createObjectCache()
    expect(tell(cache.apply({ type: 'added', object: object('a', 1) }))).toEqual(['added a@1'])
    expect(tell(cache.apply({ type: 'updated', object: object('a', 1) }))).toEqual([])
    expect(tell(cache.apply({ type: 'updated', object: object('a', 3) }))).toEqual(['updated a@3'])
    expect(tell(cache.apply({ type: 'updated', object: object('a', 2) }))).toEqual([])
    expect(tell(cache.apply({ type: 'deleted', object: object('a', 2) }))).toEqual([])
    expect(tell(cache.apply({ type: 'deleted', object: object('a', 4) }))).toEqual(['deleted a@4'])
    expect(tell(cache.apply({ type: 'deleted', object: object('a', 5) }))).toEqual([])
  })

  it('keeps what was remembered from a write when an older list comes', () => {
    const cache = createObjectCache()
    cache.replace([object('a', 1)], '1')
    expect(tell(cache.remember(object('a', 5), '1'))).toEqual(['updated a@5'])
    expect(tell(cache.remember(object('new', 6), '1'))).toEqual(['added new@6'])
    expect(tell(cache.replace([object('a', 1)], '4'))).toEqual([])
    expect(tell(cache.replace([object('a', 5)], '7'))).toEqual(['deleted new@6'])
  })

  it('does not bring back from a write what is known to be deleted', () => {
    const cache = createObjectCache()
    cache.apply({ type: 'added', object: object('a', 1) })
    cache.apply({ type: 'deleted', object: object('a', 9) })
    expect(cache.remember(object('a', 8), '9')).toEqual([])
  })

  it('believes a list without version whatever it says: a restored store', () => {
    const cache = createObjectCache()
    cache.replace([object('a', 9)], '9')
    expect(tell(cache.replace([object('a', 2)], undefined))).toEqual(['updated a@2'])
  })

  it('never goes backwards, whatever order events come in, and its changes replay to its state', () => {
    const event = fc.record({
      type: fc.constantFrom('added' as const, 'updated' as const, 'deleted' as const), name: fc.constantFrom('a', 'b', 'c'), version: fc.integer({ min: 1, max: 60 }),
    })
    fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const cache = createObjectCache({ parity: (one) => [Number(resourceVersionOf(one)) % 2 === 0 ? 'even' : 'odd'] })
      const replayed = new Map<string, KubeObject>()
      for (const { type, name, version } of events) {
        for (const change of cache.apply({ type, object: object(name, version) })) {
          const before = replayed.get(keyOf(change.object))
          if (before !== undefined) expect(Number(resourceVersionOf(change.object))).toBeGreaterThanOrEqual(Number(resourceVersionOf(before)))
          if (change.type === 'deleted') replayed.delete(keyOf(change.object))
          else replayed.set(keyOf(change.object), change.object)
        }
      }
      expect([...replayed.values()]).toEqual(expect.arrayContaining([...cache.list()]))
      expect(cache.size).toBe(replayed.size)
      const indexed = [...cache.byIndex('parity', 'even'), ...cache.byIndex('parity', 'odd')]
      expect(indexed.map(keyOf).sort()).toEqual([...cache.keys()].sort())
    }))
  })
})

describe('slimming', () => {
  it('leaves alone what has nothing to drop', () => {
    const one = object('a', 1)
    expect(slimmed(one)).toBe(one)
  })
})
