import { describe, expect, it } from 'vitest'
import { printPath } from '@oasgen/fieldpath'
import { placesOf } from './places.js'

const VALUE = { spec: { password: 'x', users: [{ name: 'a', keys: [{ v: 1 }, { v: 2 }] }, { name: 'b', keys: [] }], none: null, 'odd[]': 1 } }

describe('places of a pattern', () => {
  it.each([
    { pattern: 'spec.password', wanted: ['spec.password'], reason: 'a plain path is its own place' },
    { pattern: 'spec.missing', wanted: ['spec.missing'], reason: 'whether something stands there is not asked' },
    { pattern: 'spec.users[].name', wanted: ['spec.users[0].name', 'spec.users[1].name'], reason: 'one per element' },
    { pattern: 'spec.users[].keys[].v', wanted: ['spec.users[0].keys[0].v', 'spec.users[0].keys[1].v'], reason: 'lists in lists' },
    { pattern: 'spec.users[]', wanted: ['spec.users[0]', 'spec.users[1]'], reason: 'the elements themselves' },
    { pattern: 'spec.none[].x', wanted: [], reason: 'no list, no places' },
    { pattern: "spec['odd[]']", wanted: ["spec['odd[]']"], reason: 'brackets in a name are its own' },
  ])('$pattern: $reason', ({ pattern, wanted }) => {
    expect(placesOf(VALUE, pattern).map(printPath)).toEqual(wanted)
  })
})
