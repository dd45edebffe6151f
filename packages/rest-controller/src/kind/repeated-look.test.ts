import { describe, expect, it } from 'vitest'
import type { Plan } from '@oasgen/plan'
import type { Environment } from '../environment/environment.js'
import { thing, thingPlan } from '../things.testing.js'
import { createRepeatedLooks, isLasting, isRepeatable, type RepeatableLook } from './repeated-look.js'

const plan = thingPlan('http://api')
const call = plan.actions.get!.call!
const withGet = (more: object): Plan => ({ ...plan, actions: { ...plan.actions, get: { call: { ...call, ...more } } } }) as Plan

describe('a Plan whose looks can be repeated', () => {
  it.each<{ readonly reason: string; readonly plan: Plan; readonly is: boolean }>([
    { reason: 'a plain get: resource and answer are all that is looked at', plan, is: true },
    { reason: 'its requests carry headers and parameters of the definition', plan: withGet({ headers: [{ name: 'x-tenant', value: 'a' }] }), is: true },
    { reason: 'only a list serves: its answer is shared', plan: thingPlan('http://api', { serve: 'list' }), is: false },
    { reason: 'an expression asks for the time', plan: { ...plan, conditions: { readyWhen: 'observed.until > string(now)' } } as Plan, is: false },
    { reason: 'an expression reads a header of the answer', plan: withGet({ response: { ...call.response, errorWhen: 'response.headers["x-error"] == "1"' } }), is: false },
    { reason: 'a field comes from a header', plan: withGet({ response: { ...call.response, mappings: [{ from: { in: 'header', path: 'x-rev' }, to: 'status.rev' }] } }), is: false },
    { reason: 'a parameter is computed from the time', plan: withGet({ parameters: [...call.parameters, { name: 'at', in: 'query', style: 'form', explode: true, sources: [{ from: 'cel', program: 'string(now)' }] }] }), is: false },
    { reason: 'what it refers to changes by itself', plan: { ...plan, references: [{ path: 'spec.ownerRef', field: 'spec.ownerId', group: 'g', version: 'v1', kind: 'Owner', plural: 'owners', resolves: 'externalName' }] }, is: false },
    { reason: 'secrets change by themselves', plan: { ...plan, secrets: [{ field: 'spec.password', path: 'spec.passwordSecretRef', form: 'text' }] }, is: false },
  ])('$reason: $is', (row) => expect(isRepeatable(row.plan)).toBe(row.is))
})

describe('a resource that is judged the same later', () => {
  it.each([
    { reason: 'it remembers what was sent', reconcile: { sent: { generation: 1, fields: {} } }, is: true },
    { reason: 'a doubt about an update grows old', reconcile: { unsureUpdateAt: '2026-11-21T00:00:00.000Z' }, is: false },
    { reason: 'an operation has a deadline', reconcile: { operation: { action: 'create', startedAt: '2026-11-21T00:00:00.000Z' } }, is: false },
    { reason: 'what later versions remember may be anything', reconcile: { somethingNew: true }, is: false },
  ])('$reason: $is', ({ reconcile, is }) => expect(isLasting({ ...thing('a'), status: { reconcile } })).toBe(is))

  it('is not one that is being deleted, nor one of which everything is to be shown', () => {
    expect(isLasting(thing('a', {}, { deletionTimestamp: '2026-11-21T00:00:00Z' }))).toBe(false)
    expect(isLasting(thing('a', {}, { annotations: { 'krateo.io/connector-verbose': 'true' } }))).toBe(false)
  })
})

describe('the looks', () => {
  const configured = {} as Environment['configured']
  const object = { metadata: { name: 'main' } }
  const environment = { configured, hmacKey: undefined, configuration: { state: 'found', object }, references: {}, secrets: {} } as Environment
  const resource = thing('a')
  const look = { resource, environment, digest: '200 x' } as unknown as RepeatableLook

  it.each<{ readonly reason: string; readonly resource: typeof resource; readonly environment: Environment; readonly is: boolean }>([
    { reason: 'nothing changed', resource, environment: { ...environment, configuration: { state: 'found', object } }, is: true },
    { reason: 'the resource was written', resource: { ...resource }, environment, is: false },
    { reason: 'the Configuration was written', resource, environment: { ...environment, configuration: { state: 'found', object: { ...object } } }, is: false },
    { reason: 'the Configuration cannot be read any more', resource, environment: { ...environment, configuration: { state: 'unknown', message: 'forbidden' } }, is: false },
    { reason: 'it is sent in another way', resource, environment: { ...environment, configured: {} as Environment['configured'] }, is: false },
  ])('serve again: $reason: $is', (row) => {
    const looks = createRepeatedLooks()
    looks.note('default/a', look)
    expect(looks.find('default/a', row.resource, row.environment) === look).toBe(row.is)
    looks.forget('default/a')
    expect(looks.find('default/a', resource, environment)).toBeUndefined()
  })
})
