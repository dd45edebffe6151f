import { describe, expect, it } from 'vitest'
import type { JsonObject, Sealed } from '@oasgen/json'
import { withListSecrets, withReferences } from './effective.js'

const REFERENCE = { path: 'spec.zoneRef', field: 'spec.zone.id', group: 'g', version: 'v1', kind: 'Zone', plural: 'zones', resolves: 'externalName' }

describe('ids that references stand for', () => {
  it.each([
    { spec: { zoneRef: { name: 'z' } }, state: { state: 'resolved', value: 7 }, wanted: { zoneRef: { name: 'z' }, zone: { id: 7 } }, reason: 'as if the user had written it' },
    { spec: { zone: { id: 3 } }, state: { state: 'resolved', value: 7 }, wanted: { zone: { id: 3 } }, reason: 'what the user wrote stays' },
    { spec: { zoneRef: { name: 'z' } }, state: { state: 'waiting', message: 'x' }, wanted: { zoneRef: { name: 'z' } }, reason: 'nothing is known yet' },
    { spec: {}, state: undefined, wanted: {}, reason: 'there is no reference' },
  ] as const)('$wanted: $reason', ({ spec, state, wanted }) => {
    expect(withReferences({ spec } as unknown as JsonObject, [REFERENCE], state === undefined ? {} : { 'spec.zoneRef': state })).toEqual({ spec: wanted })
  })
})

describe('secrets inside of lists', () => {
  const secrets = [{ path: 'spec.users[].passwordSecretRef', field: 'spec.users[].password', form: 'text' as const }, { path: 'spec.keySecretRef', field: 'spec.key', form: 'text' as const }]

  it('stand where their references stood, element by element', () => {
    const resource = { spec: { keySecretRef: { name: 'a', key: 'b' }, users: [{ name: 'ann', passwordSecretRef: { name: 's', key: 'k' } }, { name: 'bob' }] } }
    const { spec } = withListSecrets(resource, secrets, 'ns') as unknown as typeof resource
    expect(spec.keySecretRef).toEqual({ name: 'a', key: 'b' })
    const [ann, bob] = spec.users as unknown as readonly JsonObject[]
    if (ann === undefined) throw new Error('the first user is missing')
    expect([Object.keys(ann), bob]).toEqual([['name', 'password'], { name: 'bob' }])
    expect((ann['password'] as Sealed).reference).toEqual({ namespace: 'ns', name: 's', key: 'k' })
  })

  it('change nothing where there are none', () => {
    const resource = { spec: { users: [{ name: 'ann' }] } }
    expect(withListSecrets(resource, secrets.slice(1), 'ns')).toBe(resource)
  })
})
