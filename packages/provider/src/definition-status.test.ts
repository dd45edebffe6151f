import { describe, expect, it } from 'vitest'
import { finding } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import { nextStatus, wantedConditions, type DefinitionState } from './definition-status.js'

const broken = finding('PRV0106', { uri: 'configmap://default/a/b', why: 'there is no ConfigMap default/a' })

/** kstatus: Stalled = Failed, Reconciling = InProgress, else Ready decides; Ready=False alone is never Failed. */
function kstatus(state: DefinitionState): string {
  const conditions = wantedConditions(state, 1)
  const isTrue = (type: string): boolean => conditions.some((condition) => condition.type === type && condition.status === 'True')
  if (isTrue('Stalled')) return 'Failed'
  return isTrue('Reconciling') || !isTrue('Ready') ? 'InProgress' : 'Current'
}

describe('conditions of a RestDefinition', () => {
  const rows: readonly { state: DefinitionState; ready: string; tools: string; reason: string }[] = [
    { state: { type: 'ready' }, ready: 'True', tools: 'Current', reason: 'all is well' },
    { state: { type: 'progressing', message: 'm' }, ready: 'False', tools: 'InProgress', reason: 'it goes on by itself' },
    { state: { type: 'failing', message: 'm', reason: 'R' }, ready: 'False', tools: 'InProgress', reason: 'an error that is retried is no failure' },
    { state: { type: 'stalled', finding: broken }, ready: 'False', tools: 'Failed', reason: 'a person must act' },
    { state: { type: 'degraded', finding: broken, duration: 'lasting' }, ready: 'True', tools: 'Failed', reason: 'the last good Plan serves, and a person must act' },
    { state: { type: 'degraded', finding: broken, duration: 'passing' }, ready: 'True', tools: 'InProgress', reason: 'the last good Plan serves, and it may pass' },
    { state: { type: 'dormant', finding: broken }, ready: 'True', tools: 'Current', reason: 'nothing more was asked for' },
    { state: { type: 'deleting', message: 'm' }, ready: 'False', tools: 'InProgress', reason: 'not gone yet' },
    { state: { type: 'paused' }, ready: 'Unknown', tools: 'InProgress', reason: 'nobody looks' },
  ]
  it.each(rows)('$state.type: $reason', ({ state, ready, tools }) => {
    expect(wantedConditions(state, 1).find(({ type }) => type === 'Ready')?.status).toBe(ready)
    expect(kstatus(state)).toBe(tools)
  })

  it('writes nothing when nothing changed, and a changed generation when it did', () => {
    const object: JsonObject = { metadata: { generation: 1 } }
    const first = nextStatus(object, { state: { type: 'ready' }, facts: { planHash: 'p' }, generation: 1, now: 0 })
    expect(first).toMatchObject({ observedGeneration: 1, planHash: 'p', oasPath: '' })
    expect(nextStatus({ ...object, status: first! }, { state: { type: 'ready' }, facts: { planHash: 'p' }, generation: 1, now: 60_000 })).toBeUndefined()
    expect(nextStatus({ ...object, status: first! }, { state: { type: 'ready' }, facts: {}, generation: 2, now: 60_000 })).toMatchObject({ observedGeneration: 2, planHash: 'p' })
  })

  it('keeps at most 32 findings, the worst first, and says how many there are', () => {
    const many = Array.from({ length: 40 }, (_, index) => finding('PRV0108', { kind: `K${index}`, group: 'g' } as never))
    const status = nextStatus({}, { state: { type: 'ready' }, facts: { findings: [...many, broken] }, generation: 1, now: 0 })
    expect(status?.['findingsTotal']).toBe(41)
    expect(status?.['findings']).toMatchObject([{ code: 'PRV0106' }, ...Array.from({ length: 31 }, () => ({ code: 'PRV0108' }))])
    expect(status?.['findings']).toHaveLength(32)
  })
})
