import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { METADATA, MERGER } from '../schema/builtin.js'
import { goPrint, strategicMerge } from './strategic.js'

const pod = MERGER.struct('core.v1.PodSpec')

describe('strategic merge', () => {
  it.each([
    { reason: 'items by merge key', type: pod, from: { containers: [{ name: 'a', image: '1' }, { name: 'b' }] }, patch: { containers: [{ name: 'a', image: '2' }] }, want: { containers: [{ name: 'a', image: '2' }, { name: 'b' }] } },
    { reason: 'deletion by directive', type: pod, from: { containers: [{ name: 'a' }, { name: 'b' }] }, patch: { containers: [{ name: 'a', $patch: 'delete' }] }, want: { containers: [{ name: 'b' }] } },
    { reason: 'the order of the patch', type: pod, from: { containers: [{ name: 'a' }, { name: 'b' }] }, patch: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }, want: { containers: [{ name: 'b' }, { name: 'a' }] } },
    { reason: 'kept keys', type: pod, from: { volumes: [{ name: 'v', emptyDir: {} }] }, patch: { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] }, want: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } },
    { reason: 'lists without a key are one piece', type: pod, from: { tolerations: [{ key: 'a' }] }, patch: { tolerations: [{ key: 'b' }] }, want: { tolerations: [{ key: 'b' }] } },
    { reason: 'null removes', type: pod, from: { nodeSelector: { a: '1', b: '2' } }, patch: { nodeSelector: { a: null } }, want: { nodeSelector: { b: '2' } } },
    { reason: 'a replaced map', type: pod, from: { nodeSelector: { a: '1' } }, patch: { nodeSelector: { $patch: 'replace', b: '2' } }, want: { nodeSelector: { b: '2' } } },
    { reason: 'texts deleted from a list', type: METADATA, from: { finalizers: ['a', 'b'] }, patch: { '$deleteFromPrimitiveList/finalizers': ['a'] }, want: { finalizers: ['b'] } },
    { reason: 'nulls and directives are not stored', type: pod, from: {}, patch: { containers: [{ name: 'a', image: null, $retainKeys: ['name'] }] }, want: { containers: [{ name: 'a' }] } },
  ])('$reason', ({ type, from, patch, want }) => {
    expect(strategicMerge(type, from as JsonObject, patch as unknown as JsonObject)).toEqual(want)
  })

  it('prints values as Go does', () => {
    expect(goPrint({ b: [1, 'x'], a: { c: null } })).toBe('map[a:map[c:<nil>] b:[1 x]]')
  })
})
