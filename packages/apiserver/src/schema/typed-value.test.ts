import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { builtinTable, tableName } from './type-table.js'
import { readTyped } from './typed-value.js'

const read = (name: string, object: JsonObject): ReturnType<typeof readTyped> => readTyped(builtinTable, builtinTable.get(name), object, {})

describe('typed values', () => {
  it('has every type that a type names', () => {
    for (const name of ['core.v1.Pod', 'apps.v1.Deployment', 'apiextensions.v1.CustomResourceDefinition', 'flowcontrol.v1.FlowSchema']) expect(builtinTable.find(name)).toBeDefined()
    expect(tableName('rbac.authorization.k8s.io', 'v1', 'Role')).toBe('rbac.v1.Role')
  })

  it.each([
    { reason: 'unknown fields go, with their paths', type: 'core.v1.PodSpec', object: { containers: [{ name: 'a', foo: 1 }], bar: 1 }, want: { containers: [{ name: 'a', resources: {} }] }, unknown: ['bar', 'containers[0].foo'] },
    { reason: 'empty values go, unless they are pointers', type: 'apps.v1.ReplicaSetSpec', object: { replicas: 0, minReadySeconds: 0, selector: null }, want: { replicas: 0, selector: null, template: { metadata: {}, spec: { containers: null } } }, unknown: [] },
    { reason: 'members of another type in place', type: 'core.v1.Volume', object: { name: 'v', emptyDir: {} }, want: { name: 'v', emptyDir: {} }, unknown: [] },
    { reason: 'times in UTC, quantities in canonical form', type: 'core.v1.ResourceRequirements', object: { limits: { cpu: '1000m' } }, want: { limits: { cpu: '1' } }, unknown: [] },
  ])('$reason', ({ type, object, want, unknown }) => {
    const result = read(type, object as JsonObject)
    expect([result.object, result.unknown]).toEqual([want, unknown])
  })

  it.each([
    { reason: 'a text for a number', type: 'apps.v1.Deployment', object: { spec: { replicas: 'x' } }, want: 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32' },
    { reason: 'a number that is too large', type: 'apps.v1.Deployment', object: { spec: { replicas: 2 ** 40 } }, want: 'json: cannot unmarshal number 1099511627776 into Go struct field DeploymentSpec.spec.replicas of type int32' },
    { reason: 'broken base64', type: 'core.v1.Secret', object: { data: { a: '!!' } }, want: 'illegal base64 data at input byte 0' },
  ])('tells $reason', ({ type, object, want }) => {
    expect(read(type, object as JsonObject).problem).toBe(want)
  })
})
