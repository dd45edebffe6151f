import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject } from '@oasgen/json'
import { SECRETS } from '@oasgen/kube'
import { FINALIZER } from '@oasgen/wire'
import { configuration, CONFIGURATIONS, conditionsOf, get, hasFinalizer, must, openLab, OWNERS, ready, secret, thing, thingPlan, THINGS, until, type Lab } from './lab.js'

/** An interval so long that nothing in these tests happens because of it. */
const NEVER = 3600

describe('what wakes a resource', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
    const plan = thingPlan(lab.api.url, {
      secrets: [{ field: 'spec.password', path: 'spec.passwordSecretRef', form: 'text' }],
      references: [{ path: 'spec.ownerRef', field: 'spec.ownerId', group: 'lab.example', version: 'v1alpha1', kind: 'Owner', plural: 'owners', resolves: 'externalName' }],
    })
    const body = plan.actions.create!.call!.body!
    const fields = [...body.fields, { path: 'password', sources: [{ from: 'secretField', path: 'spec.passwordSecretRef', form: 'text' }], writeOnly: true }, { path: 'owner', sources: [{ from: 'reference', path: 'spec.ownerRef' }] }] as const
    const withFields = { ...body, fields }
    const { create, update } = plan.actions
    const rules = [{ path: 'password', writeOnly: true, secret: true }] as const
    await lab.putPlan({
      ...plan,
      compare: { ...plan.compare, ignored: ['configurationRef', 'passwordSecretRef', 'ownerRef'], rules },
      actions: { ...plan.actions, create: { call: { ...create!.call!, body: withFields } }, update: { call: { ...update!.call!, body: withFields } } },
    })
    await must(lab.kube.create(SECRETS, secret('token', { value: 'token-1' })))
    await must(lab.kube.create(SECRETS, secret('password', { value: 'password-1' })))
    await must(lab.kube.create(CONFIGURATIONS, configuration('main', { authentication: { bearer: { tokenRef: { namespace: 'default', name: 'token', key: 'value' } } } })))
    lab.start({ seconds: { resyncSeconds: NEVER } })
    await must(lab.kube.create(THINGS, thing('plain')))
    await must(lab.kube.create(THINGS, thing('configured', { configurationRef: { name: 'main' } })))
    await must(lab.kube.create(THINGS, thing('sealed', { passwordSecretRef: { name: 'password', key: 'value' } })))
    await ready(lab, 'plain', 'configured', 'sealed')
  })
  afterAll(() => lab.close())

  /** Names of the things that were read or written since. */
  const seenSince = async (from: number): Promise<readonly string[]> => {
    await sleep(400)
    const names = lab.api.seen.slice(from).map(({ path }) => lab.api.things.get(path.replace('/things/', ''))?.['name'])
    return [...new Set(names)].map(String).toSorted()
  }

  it('a Secret that its Configuration names, and only those who use it', async () => {
    const from = lab.api.seen.length
    await must(lab.kube.patch(SECRETS, { namespace: 'default', name: 'token' }, { type: 'merge', body: secret('token', { value: 'token-2' }) }))
    expect(await seenSince(from)).toEqual(['configured'])
    expect(lab.api.seen.at(-1)?.headers['authorization']).toBe('Bearer token-2')
  })

  it('a Secret that a field names: the new value is sent', async () => {
    const from = lab.api.seen.length
    await must(lab.kube.patch(SECRETS, { namespace: 'default', name: 'password' }, { type: 'merge', body: secret('password', { value: 'password-2' }) }))
    await until('the new password is there', () => [...lab.api.things.values()].some(({ password }) => password === 'password-2'))
    expect(await seenSince(from)).toEqual(['sealed'])
    expect(JSON.stringify(lab.log)).not.toContain('password-2')
    expect(JSON.stringify((await get(lab, 'sealed'))?.status)).not.toContain('password-2')
  })

  it('its Configuration, and not when only metadata of it changes', async () => {
    const from = lab.api.seen.length
    await must(lab.kube.patch(CONFIGURATIONS, { namespace: 'default', name: 'main' }, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } }))
    expect(await seenSince(from)).toEqual([])
    await must(lab.kube.patch(CONFIGURATIONS, { namespace: 'default', name: 'main' }, { type: 'merge', body: { spec: { headers: [{ name: 'X-Tenant', value: 'blue' }] } } }))
    expect(await seenSince(from)).toEqual(['configured'])
    expect(lab.api.seen.at(-1)?.headers['x-tenant']).toBe('blue')
  })

  it('a Configuration that becomes the default, for those who name none', async () => {
    const from = lab.api.seen.length
    await must(lab.kube.create(CONFIGURATIONS, configuration('standard', { default: true, headers: [{ name: 'X-Standard', value: 'yes' }] })))
    expect(await seenSince(from)).toEqual(['plain', 'sealed'])
    expect(lab.api.seen.at(-1)?.headers['x-standard']).toBe('yes')
  })

  it('two defaults, which are none: it is said and nothing is sent', async () => {
    const from = lab.api.seen.length
    await must(lab.kube.create(CONFIGURATIONS, configuration('second', { default: true })))
    await until('the condition says it', async () => conditionsOf(await get(lab, 'plain'))['Synced']?.includes('several default Configurations: second, standard') === true)
    expect(await seenSince(from)).toEqual([])
    await must(lab.kube.delete(CONFIGURATIONS, { namespace: 'default', name: 'second' }))
    await until('all is well again', async () => conditionsOf(await get(lab, 'plain'))['Synced']?.startsWith('True') === true)
  })

  it('a reference: waited for with a condition that names what is missing, then filled', async () => {
    await must(lab.kube.create(THINGS, thing('owned', { ownerRef: { name: 'ada' } })))
    await until('the condition names it', async () => conditionsOf(await get(lab, 'owned'))['Reconciling']?.includes('Owner default/ada does not exist') === true)
    await must(lab.kube.create(OWNERS, { metadata: { name: 'ada', namespace: 'default' }, spec: {} }))
    await until('the condition names what it lacks', async () => conditionsOf(await get(lab, 'owned'))['Reconciling']?.includes('has no external name yet') === true)
    await must(lab.kube.patchStatus(OWNERS, { namespace: 'default', name: 'ada' }, { type: 'merge', body: { status: { id: 42 } } }))
    await must(lab.kube.patch(OWNERS, { namespace: 'default', name: 'ada' }, { type: 'merge', body: { metadata: { annotations: { 'krateo.io/external-name': '42' } } } }))
    await ready(lab, 'owned')
    // A number in status is a number in the body, though annotations are text.
    expect([...lab.api.things.values()].find(({ name }) => name === 'owned')).toMatchObject({ owner: 42 })
  })

  it('nothing by status or bookkeeping of what it refers to', async () => {
    const from = lab.api.seen.length
    await must(lab.kube.patchStatus(OWNERS, { namespace: 'default', name: 'ada' }, { type: 'merge', body: { status: { conditions: [{ type: 'Ready', status: 'True' }] } } }))
    expect(await seenSince(from)).toEqual([])
  })

  it('guards what others refer to until they are gone', async () => {
    expect(hasFinalizer(await get(lab, 'ada', OWNERS), 'things.lab.example/still-refers-to-it')).toBe(true)
    await must(lab.kube.delete(OWNERS, { namespace: 'default', name: 'ada' }))
    await sleep(500)
    expect(await get(lab, 'ada', OWNERS)).toBeDefined()
    await must(lab.kube.delete(THINGS, { namespace: 'default', name: 'owned' }))
    await until('both are gone', async () => (await get(lab, 'owned')) === undefined && (await get(lab, 'ada', OWNERS)) === undefined)
  })

  it('its Plan: without a restart, everything is looked at under the new one', async () => {
    const from = lab.api.seen.length
    const plan = thingPlan(lab.api.url)
    const { get: read } = plan.actions
    await lab.putPlan({ ...plan, actions: { ...plan.actions, get: { call: { ...read!.call!, queries: [{ name: 'v', value: '2' }] } } } })
    await until('all were read by the new Plan', () => lab.api.seen.slice(from).filter(({ path }) => path.endsWith('?v=2')).length >= 3)
  })

  it('is not harmed by a bad Plan: the last good one goes on and the log says why', async () => {
    await must(lab.kube.patch({ group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true }, { namespace: 'default', name: 'thing-controller-plan' }, { type: 'merge', body: { data: { 'plan.json': '{"format":1,"requires":["timeTravel"]}' } } }))
    await until('the log says it', () => lab.log.some((line) => JSON.stringify(line).includes('timeTravel')))
    await must(lab.kube.create(THINGS, thing('later')))
    await ready(lab, 'later')
    expect(lab.api.seen.filter(({ path }) => path.endsWith('?v=2')).length).toBeGreaterThan(3)
  })

  it('nothing of a Configuration that is deleted while it is needed', async () => {
    expect(hasFinalizer(await get(lab, 'main', CONFIGURATIONS), FINALIZER.configurationInUse)).toBe(true)
    await must(lab.kube.delete(CONFIGURATIONS, { namespace: 'default', name: 'main' }))
    await must(lab.kube.delete(SECRETS, { namespace: 'default', name: 'token' }))
    await sleep(300)
    expect(await get(lab, 'main', CONFIGURATIONS)).toBeDefined()
    await must(lab.kube.delete(THINGS, { namespace: 'default', name: 'configured' }))
    await until('all of it is gone', async () => (await get(lab, 'configured')) === undefined && (await get(lab, 'main', CONFIGURATIONS)) === undefined)
    const last = lab.api.seen.findLast(({ method }) => method === 'DELETE')
    expect(last?.headers['authorization']).toBe('Bearer token-2')
    expect([...lab.api.things.values()].some((object) => isObject(object as never) && object['name'] === 'configured')).toBe(false)
  })
})
