import { describe, expect, it } from 'vitest'
import { readConditions, setConditions, timestamp, type StoredCondition, type WantedCondition } from './index.js'

const start = Date.UTC(2026, 0, 1)
const later = start + 60_000
const ready: WantedCondition = { type: 'Ready', status: 'True', reason: 'Available', message: '', observedGeneration: 1 }
const synced: WantedCondition = { type: 'Synced', status: 'True', reason: 'ReconcileSuccess', message: '', observedGeneration: 1 }

describe('setConditions', () => {
  const first = setConditions([], [ready, synced], start)

  it('stamps new conditions', () => {
    expect(first.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual([
      ['Ready', '2026-01-01T00:00:00Z'], ['Synced', '2026-01-01T00:00:00Z'],
    ])
  })

  it('gives the very same array back when nothing changed', () => {
    expect(setConditions(first, [ready, synced], later)).toBe(first)
    expect(setConditions(first, [synced, ready], later), 'the order of the wanted ones is none').toBe(first)
  })

  it('keeps the time while the status stays, and moves it with the status', () => {
    const generation = setConditions(first, [{ ...ready, observedGeneration: 2, message: 'm' }, synced], later)
    expect(generation[0]).toMatchObject({ observedGeneration: 2, message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' })
    expect(generation[1]).toBe(first[1])
    const down = setConditions(first, [{ ...ready, status: 'False', reason: 'Unavailable' }, synced], later)
    expect(down[0]).toMatchObject({ status: 'False', lastTransitionTime: '2026-01-01T00:01:00Z' })
  })

  it('drops ours that are not wanted, keeps those of others', () => {
    const other: StoredCondition = { type: 'Audited', status: 'True', reason: 'X', message: '', observedGeneration: 0 }
    const stalled: WantedCondition = { type: 'Stalled', status: 'True', reason: 'Refused', message: '', observedGeneration: 1 }
    const stuck = setConditions([...first, other], [ready, synced, stalled], later)
    expect(stuck.map(({ type }) => type)).toEqual(['Ready', 'Synced', 'Audited', 'Stalled'])
    expect(setConditions(stuck, [ready, synced], later).map(({ type }) => type)).toEqual(['Ready', 'Synced', 'Audited'])
  })

  it('adds a missing time', () => {
    const { lastTransitionTime: _, ...untimed } = first[0] as StoredCondition
    expect(setConditions([untimed], [ready], later)[0]?.lastTransitionTime).toBe(timestamp(later))
  })
})

describe('readConditions', () => {
  it('reads what is a condition and leaves out what is none', () => {
    expect(readConditions([
      { type: 'Ready', status: 'True', reason: 'A', message: 'm', observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:00Z' },
      { type: 'Synced', status: 'yes' }, { status: 'True' }, 'x', null,
      { type: 'Old', status: 'Unknown' },
    ])).toEqual([
      { type: 'Ready', status: 'True', reason: 'A', message: 'm', observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:00Z' },
      { type: 'Old', status: 'Unknown', reason: '', message: '', observedGeneration: 0 },
    ])
    expect(readConditions(undefined)).toEqual([])
    expect(readConditions({})).toEqual([])
  })
})
