import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import type { ReferencePlan } from '@oasgen/plan'
import { valueOf } from './references.js'

const PLAN: ReferencePlan = { path: 'spec.zoneRef', field: 'spec.zone', group: 'dns.example', version: 'v1', kind: 'Zone', plural: 'zones', resolves: 'externalName' }
const conditions = (status: string): JsonObject => ({ conditions: [{ type: 'Ready', status, reason: 'x', lastTransitionTime: '2026-01-01T00:00:00Z' }] })

describe('what a reference stands for', () => {
  it.each<{ readonly name?: string; readonly status?: JsonObject; readonly resolves: string; readonly want: unknown; readonly reason: string }>([
    { name: 'z1', resolves: 'externalName', want: 'z1', reason: 'the identity of the other' },
    { name: '7', status: { id: 7 }, resolves: 'externalName', want: 7, reason: 'a number stays one' },
    { name: '{"spec.a":"x","spec.b":"y"}', resolves: 'externalName', want: undefined, reason: 'of several values nobody knows which' },
    { resolves: 'externalName', want: undefined, reason: 'it does not exist yet' },
    { name: 'z1', resolves: 'spec.name', want: 'example.', reason: 'a field of what exists' },
    { status: { observedGeneration: -1 }, resolves: 'spec.name', want: undefined, reason: 'nobody has looked at it yet: it may not exist' },
    { status: { observedGeneration: 1, ...conditions('False') }, resolves: 'spec.name', want: undefined, reason: 'looked at, and not made yet' },
    { status: { observedGeneration: 1, ...conditions('True') }, resolves: 'spec.name', want: 'example.', reason: 'one that needs no identity' },
    { resolves: 'spec.name', want: 'example.', reason: 'a kind of somebody else that says nothing' },
    { status: { id: 'z1' }, resolves: 'status.id', want: 'z1', reason: 'status is written for what exists only' },
  ])('$resolves of $name, $status: $reason', ({ name, status, resolves, want }) => {
    const other = { metadata: { name: 'z', namespace: 'default', ...(name !== undefined && { annotations: { 'krateo.io/external-name': name } }) }, spec: { name: 'example.' }, ...(status && { status }) }
    expect(valueOf(other, { ...PLAN, resolves })).toEqual(want === undefined ? undefined : { state: 'resolved', value: want })
  })
})
