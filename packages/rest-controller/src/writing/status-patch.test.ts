import { describe, expect, it } from 'vitest'
import { mergePatch, type JsonObject } from '@oasgen/json'
import { finding } from '@oasgen/diagnostics'
import type { KubeError } from '@oasgen/kube'
import { acceptableStatus, statusPatch } from './status-patch.js'

describe('statusPatch', () => {
  it.each<{ name: string; reason: string; old: JsonObject | undefined; next: JsonObject }>([
    { name: 'first status', reason: 'there is nothing to remove', old: undefined, next: { id: 1 } },
    { name: 'a field that is gone', reason: 'a merge patch removes only what it names', old: { id: 1, name: 'x' }, next: { id: 1 } },
    { name: 'a nested field that is gone', reason: 'at every depth', old: { reconcile: { sent: { a: '1', b: '2' } } }, next: { reconcile: { sent: { a: '1' } } } },
    { name: 'an object in place of a text', reason: 'the kind of value may change', old: { owner: 'x' }, next: { owner: { id: 1 } } },
    { name: 'a list', reason: 'lists are replaced as a whole', old: { conditions: [{ type: 'Ready' }] }, next: { conditions: [{ type: 'Synced' }, { type: 'Ready' }] } },
    { name: 'exact numbers', reason: 'a number beyond 2^53 stays what it is', old: { id: 9007199254740993n }, next: { id: 9007199254740995n } },
  ])('$name: $reason', ({ old, next }) => {
    expect(mergePatch(old ?? null, statusPatch(old, next))).toEqual(next)
  })

  it('is empty when nothing changes, so that nothing is written', () => {
    expect(statusPatch({ id: 1, reconcile: { sent: { a: '1' } }, conditions: [{ type: 'Ready' }] }, { id: 1, reconcile: { sent: { a: '1' } }, conditions: [{ type: 'Ready' }] })).toEqual({})
  })
})

describe('acceptableStatus', () => {
  const refusal = (...fields: readonly string[]): KubeError => ({
    kind: 'invalid', code: 422, reason: 'Invalid', message: '', sent: 'answered', finding: finding('KUB0107', { verb: 'patch', about: 'a', message: '' }),
    causes: fields.map((field) => ({ field, reason: 'FieldValueTypeInvalid', message: '' })),
  })
  const status = { conditions: [], observedGeneration: 1, reconcile: {}, id: 1, size: 'large' }

  it.each([
    { name: 'a named field', reason: 'only it is left out', error: refusal('status.size'), want: { status: { conditions: [], observedGeneration: 1, reconcile: {}, id: 1 }, without: ['size'] } },
    { name: 'a field below', reason: 'its whole top-level field goes', error: refusal('status.size[0].unit', 'status.id'), want: { status: { conditions: [], observedGeneration: 1, reconcile: {} }, without: ['id', 'size'] } },
    { name: 'no field named', reason: 'what we need ourselves is written at least', error: refusal(), want: { status: { conditions: [], observedGeneration: 1, reconcile: {} }, without: ['id', 'size'] } },
    { name: 'one of ours', reason: 'leaving it out would help nobody', error: refusal('status.conditions[0].reason'), want: undefined },
  ])('$name: $reason', ({ error, want }) => {
    expect(acceptableStatus(status, error)).toEqual(want)
  })
})
