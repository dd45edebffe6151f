import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { isEstablished, judgeGroup, judgeOwnership, namesProblem } from './crd-gate.js'

const definition = { namespace: 'default', name: 'book' }
const wanted: JsonObject = { metadata: { name: 'books.shop.example' }, spec: { group: 'shop.example', names: { kind: 'Book', plural: 'books' }, versions: [{ name: 'v1alpha1', schema: { a: 1 } }] } }
const live = (changes: JsonObject): JsonObject => ({ ...wanted, ...changes })
const owned = (owner: string): JsonObject => ({ metadata: { name: 'books.shop.example', annotations: { 'krateo.io/restdefinition': owner } } })

describe('judgeOwnership', () => {
  const rows = [
    { reason: 'nothing there', live: undefined, isNamedInStatus: false, want: 'write' },
    { reason: 'ours', live: live(owned('default/book')), isNamedInStatus: false, want: 'write' },
    { reason: 'a running installation of the reference', live: live({ spec: { group: 'shop.example' } }), isNamedInStatus: true, want: 'write' },
    { reason: 'the same content, put there by GitOps', live: live({ status: { conditions: [] } }), isNamedInStatus: false, want: 'write' },
    { reason: 'somebody else made it', live: live({ spec: { group: 'shop.example', other: true } }), isNamedInStatus: false, want: 'PRV0101' },
    { reason: 'another RestDefinition has it', live: live(owned('other/book')), isNamedInStatus: false, want: 'PRV0102' },
    { reason: 'another RestDefinition has it, whatever our status says', live: live(owned('other/book')), isNamedInStatus: true, want: 'PRV0102' },
  ]
  it.each(rows)('$reason: $want', ({ live: found, isNamedInStatus, want }) => {
    const verdict = judgeOwnership({ wanted, live: found, definition, isNamedInStatus })
    expect(verdict.type === 'write' ? 'write' : verdict.finding.code).toBe(want)
  })
})

describe('judgeGroup', () => {
  it.each([
    ['shop.example', [], undefined],
    ['apps.k8s.io', [], 'PRV0103'],
    ['k8s.io', [], 'PRV0103'],
    ['node.kubernetes.io', [], 'PRV0103'],
    ['notk8s.io', [], undefined],
    ['shop.example', ['*.example'], undefined],
    ['shop.example', ['other.example'], 'PRV0103'],
  ] as const)('%s with %j', (group, allowed, want) => expect(judgeGroup(group, allowed)?.code).toBe(want))
})

describe('what the server says of a CRD', () => {
  const crd = (...conditions: readonly JsonObject[]): JsonObject => ({ status: { conditions } })
  it('is served only when names are accepted and it is established', () => {
    expect(isEstablished(crd({ type: 'NamesAccepted', status: 'True' }, { type: 'Established', status: 'True' }))).toBe(true)
    expect(isEstablished(crd({ type: 'Established', status: 'True' }))).toBe(false)
    expect(isEstablished({})).toBe(false)
  })
  it('tells why names are refused', () => {
    expect(namesProblem(crd({ type: 'NamesAccepted', status: 'False', message: '"book" is already in use' }))).toBe('"book" is already in use')
    expect(namesProblem(crd({ type: 'NamesAccepted', status: 'True', message: 'no conflicts found' }))).toBeUndefined()
  })
})
