import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { assessResource, takeoverText } from './assess-state.js'

const PENDING = 'krateo.io/external-create-pending'
const SUCCEEDED = 'krateo.io/external-create-succeeded'
const FAILED = 'krateo.io/external-create-failed'
const ready = { type: 'Ready', status: 'True' }
const [early, late] = ['2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z']

interface Row {
  readonly reason: string
  readonly annotations?: JsonObject
  readonly metadata?: JsonObject
  readonly status?: JsonObject
  readonly assigned?: readonly string[]
  readonly findby?: false
  readonly is: object
}

const ROWS: readonly Row[] = [
  { reason: 'the id in status is enough', status: { id: 7 }, is: { type: 'takenOver', by: 'identity' } },
  { reason: 'every part of the id is needed', assigned: ['status.org', 'status.id'], status: { id: 7 }, annotations: { [SUCCEEDED]: early }, is: { type: 'takenOver', by: 'look-up' } },
  { reason: 'nested ids', assigned: ['status.metadata.id'], status: { metadata: { id: 'x' } }, is: { type: 'takenOver', by: 'identity' } },
  { reason: 'an id that the user chose, and Ready', assigned: [], status: { conditions: [ready] }, is: { type: 'takenOver', by: 'identity' } },
  { reason: 'an id that the user chose, and never seen', assigned: [], is: { type: 'new' } },
  { reason: 'made, and the id was lost: found in the list', annotations: { [PENDING]: early, [SUCCEEDED]: late }, is: { type: 'takenOver', by: 'look-up' } },
  { reason: 'made, the id lost, and no list', annotations: { [SUCCEEDED]: late }, findby: false, is: { type: 'unknownCreate', since: late } },
  { reason: 'a create without an end', annotations: { [PENDING]: late }, is: { type: 'unknownCreate', since: late } },
  { reason: 'begun again after a failure, and no end', annotations: { [PENDING]: late, [FAILED]: early }, is: { type: 'unknownCreate', since: late } },
  { reason: 'refused by the API: nothing was made', annotations: { [PENDING]: early, [FAILED]: late }, is: { type: 'new' } },
  { reason: 'pending is stale where an id is known', annotations: { [PENDING]: late }, status: { id: 7 }, is: { type: 'takenOver', by: 'identity' } },
  { reason: 'never touched', is: { type: 'new' } },
  { reason: 'being deleted', metadata: { deletionTimestamp: late }, status: { id: 7 }, is: { type: 'deleting' } },
  { reason: 'paused stays paused', annotations: { 'krateo.io/paused': 'true' }, is: { type: 'held', by: 'krateo.io/paused: "true"' } },
]

describe('what becomes of what the reference left', () => {
  it.each(ROWS)('$reason', ({ annotations = {}, metadata = {}, status, assigned = ['status.id'], findby, is }) => {
    const takeover = assessResource({ metadata: { name: 'a', annotations, ...metadata }, spec: {}, ...(status && { status }) }, { assigned, hasFindby: findby !== false })
    expect(takeover).toEqual(is)
    expect(takeoverText(takeover)).not.toBe('')
  })
})
