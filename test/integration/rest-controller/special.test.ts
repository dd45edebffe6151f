import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isObject, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, NAMESPACES, ownersOf, SECRETS, uidOf } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { renderPrometheus } from '@oasgen/controller'
import { configuration, CONFIGURATIONS, conditionsOf, get, must, openLab, ready, secret, thing, thingPlan, THINGS, until, type Lab } from './lab.js'

describe('special wishes', () => {
  let lab: Lab
  let controller: ReturnType<Lab['start']>
  beforeAll(async () => {
    lab = await openLab()
    await lab.putPlan({
      ...thingPlan(lab.api.url),
      exports: [
        { to: 'Secret', name: '', key: 'id', value: 'observed.id', from: 'observe' },
        { to: 'ConfigMap', name: '', key: 'color', value: 'observed.color', from: 'observe' },
      ],
    })
    controller = lab.start()
  })
  afterAll(() => lab.close())
  afterEach(() => {
    lab.api.fault = undefined
    lab.api.applied = undefined
  })
  const patch = (name: string, body: JsonObject): Promise<unknown> => must(lab.kube.patch(THINGS, { namespace: 'default', name }, { type: 'merge', body }))
  const exported = async (type: typeof SECRETS, name: string): Promise<JsonObject | undefined> => {
    const read = await lab.kube.get(type, { namespace: 'default', name })
    return read.ok ? read.value : undefined
  }

  const dataOf = async (type: typeof SECRETS, name: string): Promise<JsonObject> => {
    const data = (await exported(type, name))?.data
    return isObject(data) ? data : {}
  }

  it('exports values into objects that the resource owns', async () => {
    await must(lab.kube.create(CONFIG_MAPS, { metadata: { name: 'shared', namespace: 'default' }, data: { theirs: 'kept' } }))
    await must(lab.kube.create(THINGS, thing('shared')))
    await ready(lab, 'shared')
    await until('the values are exported', async () => (await exported(SECRETS, 'shared')) !== undefined)
    const [map, own] = [await exported(CONFIG_MAPS, 'shared'), await exported(SECRETS, 'shared')]
    expect(map?.data).toEqual({ theirs: 'kept', color: 'red' })
    expect(own?.data).toEqual({ id: Buffer.from('t1').toString('base64') })
    expect(ownersOf(own!).map(({ uid }) => uid)).toEqual([uidOf((await get(lab, 'shared'))!)])
    // Somebody else made it: it must not go with the resource.
    expect(ownersOf(map!)).toEqual([])
  })

  it('puts an exported value back when it was changed or deleted, and follows the object', async () => {
    await must(lab.kube.patch(CONFIG_MAPS, { namespace: 'default', name: 'shared' }, { type: 'merge', body: { data: { color: 'wrong' } } }))
    await must(lab.kube.delete(SECRETS, { namespace: 'default', name: 'shared' }))
    await until('both are as they should be', async () => (await dataOf(CONFIG_MAPS, 'shared')).color === 'red' && (await exported(SECRETS, 'shared')) !== undefined)
    await patch('shared', { spec: { color: 'blue' } })
    await until('the new value is exported', async () => (await dataOf(CONFIG_MAPS, 'shared')).color === 'blue')
  })

  it('writes nothing more once everything is exported', async () => {
    await sleep(1_200)
    const before = lab.writes()
    await sleep(1_500)
    expect(lab.writes()).toBe(before)
  })

  it('leaves a key of somebody else alone and says so', async () => {
    await must(lab.kube.patch(CONFIG_MAPS, { namespace: 'default', name: 'taken' }, { type: 'apply', body: { data: { color: 'theirs' } }, fieldManager: 'somebody', force: true }))
    await must(lab.kube.create(THINGS, thing('taken')))
    await ready(lab, 'taken')
    await until('the log says it', () => lab.log.some((line) => JSON.stringify(line).includes('belongs to somebody else')))
    expect((await exported(CONFIG_MAPS, 'taken'))?.data).toEqual({ color: 'theirs' })
  })

  it('prints exchanges of one resource, masked, when it asks for it', async () => {
    await must(lab.kube.create(SECRETS, secret('loud', { value: 'very-secret-token' })))
    await must(lab.kube.create(CONFIGURATIONS, configuration('loud', { authentication: { bearer: { tokenRef: { namespace: 'default', name: 'loud', key: 'value' } } } })))
    lab.api.applied = ({ method, body, headers }) => (method === 'POST' ? { status: 201, body: { ...body, id: 'loud', password: 'their-secret', echo: headers['authorization'] } } : undefined)
    await must(lab.kube.create(THINGS, thing('loud', { configurationRef: { name: 'loud' } }, { annotations: { [ANNOTATION.connectorVerbose]: 'true' } })))
    await until('the POST is printed', () => lab.printed.some((text) => text.includes('> POST')))
    const text = lab.printed.join('')
    expect(text).toContain('--- default/loud: create (create)')
    expect(text).toContain('> {"name":"loud","color":"red"}')
    expect(text).toContain('< 201 after')
    expect(text).not.toMatch(/very-secret-token|their-secret/)
    expect(text).not.toContain('default/shared')
  })

  it('shows the last exchanges of a resource, masked, and which there are', () => {
    const shown = JSON.stringify(controller.exchanges(new URLSearchParams('resource=default/loud')))
    expect(shown).toContain('"method":"POST"')
    expect(shown).not.toMatch(/very-secret-token|their-secret/)
    expect(controller.exchanges(new URLSearchParams())).toMatchObject({ 'things.lab.example': expect.arrayContaining(['default/shared', 'default/loud']) as unknown })
  })

  it('says on each resource that certificates are not verified, and takes it back', async () => {
    await must(lab.kube.create(CONFIGURATIONS, configuration('open', { tls: { insecureSkipVerify: true } })))
    await must(lab.kube.create(THINGS, thing('open', { configurationRef: { name: 'open' } })))
    await until('the condition is there', async () => conditionsOf(await get(lab, 'open'))['TLSVerified']?.startsWith('False/InsecureSkipVerify') === true)
    await ready(lab, 'open')
    await must(lab.kube.patch(CONFIGURATIONS, { namespace: 'default', name: 'open' }, { type: 'merge', body: { spec: { tls: { insecureSkipVerify: false } } } }))
    await until('the condition is gone', async () => conditionsOf(await get(lab, 'open'))['TLSVerified'] === undefined)
  })

  it('refuses to follow a Configuration to another host', async () => {
    await must(lab.kube.create(CONFIGURATIONS, configuration('moving', { baseURL: lab.api.url })))
    await must(lab.kube.create(THINGS, thing('moving', { configurationRef: { name: 'moving' } })))
    await ready(lab, 'moving')
    const posts = lab.api.count('POST')
    await must(lab.kube.patch(CONFIGURATIONS, { namespace: 'default', name: 'moving' }, { type: 'merge', body: { spec: { baseURL: lab.api.url.replace('127.0.0.1', 'localhost') } } }))
    await until('it is said', async () => conditionsOf(await get(lab, 'moving'))['Stalled']?.startsWith('True/ServerChanged') === true)
    expect(lab.api.count('POST')).toBe(posts)
  })

  it('says which Secret is missing, and goes on when it is there', async () => {
    await must(lab.kube.create(CONFIGURATIONS, configuration('hollow', { authentication: { bearer: { tokenRef: { namespace: 'default', name: 'hollow', key: 'value' } } } })))
    await lab.putPlan({ ...thingPlan(lab.api.url), actions: withoutAnonymous(thingPlan(lab.api.url).actions) })
    await must(lab.kube.create(THINGS, thing('hollow', { configurationRef: { name: 'hollow' } })))
    await until('it is said', async () => conditionsOf(await get(lab, 'hollow'))['Synced']?.includes('Secret default/hollow') === true)
    expect([...lab.api.things.values()].some(({ name }) => name === 'hollow')).toBe(false)
    await must(lab.kube.create(SECRETS, secret('hollow', { value: 'now' })))
    await ready(lab, 'hollow')
    await lab.putPlan(thingPlan(lab.api.url))
  })

  it('obeys a 429 for everybody who uses the same Configuration, and nobody else waits', async () => {
    await must(lab.kube.create(CONFIGURATIONS, configuration('patient', { headers: [{ name: 'X-Budget', value: 'patient' }] })))
    for (const name of ['patient-1', 'patient-2', 'patient-3']) await must(lab.kube.create(THINGS, thing(name, { configurationRef: { name: 'patient' } })))
    await ready(lab, 'patient-1', 'patient-2', 'patient-3')
    let told: number | undefined
    lab.api.fault = ({ headers }) => {
      if (headers['x-budget'] === undefined || told !== undefined) return undefined
      told = Date.now()
      return { status: 429, headers: { 'retry-after': '3' } }
    }
    await until('somebody was told', () => told !== undefined)
    const from = lab.api.seen.length
    await sleep(2_500)
    const since = lab.api.seen.slice(from)
    expect(since.filter(({ headers, at }) => headers['x-budget'] !== undefined && at - told! > 100)).toEqual([])
    expect(since.filter(({ headers }) => headers['x-budget'] === undefined).length).toBeGreaterThan(3)
    await until('work goes on', () => lab.api.seen.slice(from).some(({ headers }) => headers['x-budget'] !== undefined))
  })

  it('ends a namespace in which everything is deleted at once', async () => {
    await must(lab.kube.create(NAMESPACES, { metadata: { name: 'brief' } }))
    await must(lab.kube.create(SECRETS, secret('token', { value: 'brief-token' }, 'brief')))
    await must(lab.kube.create(CONFIGURATIONS, configuration('main', { authentication: { bearer: { tokenRef: { namespace: 'brief', name: 'token', key: 'value' } } } }, 'brief')))
    for (const name of ['a', 'b', 'c']) await must(lab.kube.create(THINGS, { ...thing(`brief-${name}`, { configurationRef: { name: 'main' } }), metadata: { name: `brief-${name}`, namespace: 'brief' } }))
    await until('they are made', () => [...lab.api.things.values()].filter(({ name }) => String(name).startsWith('brief-')).length === 3)
    await sleep(300)
    await must(lab.kube.delete(NAMESPACES, { name: 'brief' }))
    await until('the namespace is gone', async () => !(await lab.kube.get(NAMESPACES, { name: 'brief' })).ok, 15_000)
    expect([...lab.api.things.values()].filter(({ name }) => String(name).startsWith('brief-'))).toEqual([])
    expect(lab.api.seen.filter(({ method }) => method === 'DELETE').slice(-3).every(({ headers }) => headers['authorization'] === 'Bearer brief-token')).toBe(true)
  })

  it('waits with its own deletion for those that refer to it, and says so', async () => {
    await must(lab.kube.create(THINGS, thing('parent')))
    await ready(lab, 'parent')
    await patch('parent', { metadata: { finalizers: ['composition.krateo.io/finalizer', 'leaves.lab.example/still-refers-to-it'] } })
    await must(lab.kube.delete(THINGS, { namespace: 'default', name: 'parent' }))
    await until('it says for whom', async () => conditionsOf(await get(lab, 'parent'))['Reconciling']?.includes('leaves.lab.example') === true)
    expect([...lab.api.things.values()].some(({ name }) => name === 'parent')).toBe(true)
    await patch('parent', { metadata: { annotations: { 'krateo.io/ignore-references': 'true' } } })
    await until('the object is gone outside', () => ![...lab.api.things.values()].some(({ name }) => name === 'parent'))
    await patch('parent', { metadata: { finalizers: [] } }).catch(() => undefined)
  })

  it('leaves out a field of status that the API server refuses, and writes the rest', async () => {
    const plan = thingPlan(lab.api.url)
    await lab.putPlan({ ...plan, status: [...plan.status, { path: 'size', from: 'size', type: 'any' }] })
    await must(lab.kube.create(THINGS, thing('odd', { size: 'large' })))
    await ready(lab, 'odd')
    const status = (await get(lab, 'odd'))?.status as JsonObject
    expect(status).toMatchObject({ id: expect.any(String) as string })
    expect(status.size).toBeUndefined()
    expect(lab.log.some((line) => JSON.stringify(line).includes('does not accept these fields of status'))).toBe(true)
  })

  it('serves metrics under the names of the reference', () => {
    const text = renderPrometheus(lab.metrics.snapshot())
    for (const name of ['workqueue_depth', 'workqueue_adds_total', 'workqueue_queue_duration_seconds', 'workqueue_work_duration_seconds', 'workqueue_unfinished_work_seconds', 'controller_reconcile_total', 'controller_reconcile_duration_seconds', 'leader_election_master_status', 'oasgen_resources']) expect(text).toContain(name)
    expect(text).toMatch(/oasgen_resources\{kind="Thing",state="ready"\} [1-9]/)
    expect(text).toMatch(/leader_election_master_status\{name="things\.lab\.example"\} 1/)
  })
})

function withoutAnonymous<T>(actions: T): T {
  return JSON.parse(JSON.stringify(actions).replaceAll(',{"schemes":[]}', '')) as T
}
