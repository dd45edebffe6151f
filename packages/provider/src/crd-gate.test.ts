import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { isAccepted, isEstablished, judgeOwnership, KEPT_WIDE, namesProblem, otherManager } from './crd-gate.js'

const definition = { namespace: 'default', name: 'book' }
const wanted: JsonObject = { metadata: { name: 'books.shop.example' }, spec: { group: 'shop.example', names: { kind: 'Book', plural: 'books' }, versions: [{ name: 'v1alpha1', schema: { a: 1 } }] } }
const live = (changes: JsonObject): JsonObject => ({ ...wanted, ...changes })
const owned = (owner: string): JsonObject => ({ metadata: { name: 'books.shop.example', annotations: { 'krateo.io/restdefinition': owner } } })

describe('judgeOwnership', () => {
  const rows = [
    { reason: 'nothing there', live: undefined, isNamedInStatus: false, want: 'own' },
    { reason: 'ours', live: live(owned('default/book')), isNamedInStatus: false, want: 'own' },
    { reason: 'ours, and still as wide as its resources need', live: live({ metadata: { name: 'books.shop.example', annotations: { 'krateo.io/restdefinition': 'default/book', [KEPT_WIDE]: 'true' } } }), isNamedInStatus: false, want: 'takeOver' },
    { reason: 'a running installation of the reference', live: live({ spec: { group: 'shop.example' } }), isNamedInStatus: true, want: 'takeOver' },
    { reason: 'the same content, put there by GitOps', live: live({ status: { conditions: [] } }), isNamedInStatus: false, want: 'adopt' },
    { reason: 'somebody else made it', live: live({ spec: { group: 'shop.example', other: true } }), isNamedInStatus: false, want: 'PRV0101' },
    { reason: 'another RestDefinition has it', live: live(owned('other/book')), isNamedInStatus: false, want: 'PRV0102' },
    { reason: 'another RestDefinition has it, whatever our status says', live: live(owned('other/book')), isNamedInStatus: true, want: 'PRV0102' },
    { reason: 'left behind by one that is gone', live: live({ ...owned('gone/book'), spec: { group: 'shop.example', other: true } }), isNamedInStatus: false, want: 'takeOver' },
  ]
  it.each(rows)('$reason: $want', ({ live: found, isNamedInStatus, want }) => {
    const verdict = judgeOwnership({ wanted, live: found, definition, isNamedInStatus, exists: (owner) => owner === 'other/book' })
    expect(verdict.type === 'refuse' ? verdict.finding.code : verdict.type).toBe(want)
  })

  it('tells who else owns the schema', () => {
    const managed = (...entries: readonly JsonObject[]): JsonObject => ({ metadata: { managedFields: entries } })
    const versions = { 'f:spec': { 'f:versions': {} } }
    expect(otherManager(managed({ manager: 'oasgen-provider', fieldsV1: versions }))).toBeUndefined()
    expect(otherManager(managed({ manager: 'kubectl', fieldsV1: { 'f:metadata': {} } }, { manager: 'kube-apiserver', fieldsV1: { 'f:status': {} } }))).toBeUndefined()
    expect(otherManager(managed({ manager: 'kustomize-controller', fieldsV1: versions }))).toBe('kustomize-controller')
  })

  it.each([['abc', true], ['true', true], ['7', true], ['6', false], ['abcd', false], [undefined, false]] as const)('a change is confirmed by %s: %s', (value, want) => {
    const annotations = value === undefined ? {} : { 'krateo.io/accept-schema-change': value }
    expect(isAccepted({ metadata: { generation: 7, annotations } }, 'abc')).toBe(want)
  })
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
