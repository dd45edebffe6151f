import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { EVENTS, NAMESPACES, SECRETS } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { configuration, CONFIGURATIONS, conditionsOf, get, must, openLab, OWNERS, ready, secret, thing, thingPlan, THINGS, until, type Lab } from './lab.js'

let lab: Lab
afterEach(() => lab.close())

const elsewhere = { configurationRef: { name: 'main', namespace: 'elsewhere' } }
const token = { authentication: { bearer: { tokenRef: { namespace: 'elsewhere', name: 'token', key: 'value' } } } }

async function openWithNeighbour(crossNamespace: 'deny' | 'warn' | 'allow'): Promise<void> {
  lab = await openLab()
  await must(lab.kube.create(NAMESPACES, { metadata: { name: 'elsewhere' } }))
  await must(lab.kube.create(SECRETS, secret('token', { value: 'their-token' }, 'elsewhere')))
  await must(lab.kube.create(CONFIGURATIONS, configuration('main', token, 'elsewhere')))
  await must(lab.kube.create(CONFIGURATIONS, configuration('half', token)))
  await lab.putPlan(thingPlan(lab.api.url, { references: [{ path: 'spec.ownerRef', field: 'spec.ownerId', group: 'lab.example', version: 'v1alpha1', kind: 'Owner', plural: 'owners', resolves: 'externalName' }] }))
  lab.start({ seconds: { crossNamespace } })
}

describe('what is in another namespace', () => {
  it('is refused where that is denied: Configurations, their Secrets, references', async () => {
    await openWithNeighbour('deny')
    await must(lab.kube.create(OWNERS, { metadata: { name: 'ada', namespace: 'elsewhere', annotations: { [ANNOTATION.externalName]: '42' } }, spec: {} }))
    await must(lab.kube.create(THINGS, thing('configured', elsewhere)))
    await must(lab.kube.create(THINGS, thing('sealed', { configurationRef: { name: 'half' } })))
    await must(lab.kube.create(THINGS, thing('owned', { ownerRef: { name: 'ada', namespace: 'elsewhere' } })))
    await until('Configuration', async () => conditionsOf(await get(lab, 'configured'))['Synced']?.includes('it is in namespace elsewhere') === true)
    await until('Secret', async () => conditionsOf(await get(lab, 'sealed'))['Synced']?.includes('its Secret elsewhere/token is in another namespace') === true)
    await until('reference', async () => JSON.stringify(conditionsOf(await get(lab, 'owned'))).includes('which --cross-namespace=deny forbids'))
    expect(lab.api.seen).toEqual([])
  })

  it('works with a warning by default, said once per resource', async () => {
    await openWithNeighbour('warn')
    await must(lab.kube.create(THINGS, thing('configured', elsewhere)))
    await must(lab.kube.create(THINGS, thing('own')))
    await ready(lab, 'configured', 'own')
    await sleep(2_000)
    const warnings = lab.log.filter(({ msg }) => msg === 'a resource uses another namespace')
    expect(warnings).toHaveLength(1)
    expect(JSON.stringify(warnings[0])).toContain('Configuration elsewhere/main, Secret elsewhere/token')
    const events = (await must(lab.kube.list(EVENTS, { namespace: 'default' }))).items.filter(({ reason }) => reason === 'CrossNamespaceReference')
    expect(events).toHaveLength(1)
    expect(lab.api.seen.some(({ headers }) => headers['authorization'] === 'Bearer their-token')).toBe(true)
  })

  it('works in silence where it is allowed', async () => {
    await openWithNeighbour('allow')
    await must(lab.kube.create(THINGS, thing('configured', elsewhere)))
    await ready(lab, 'configured')
    expect(lab.log.filter(({ msg }) => msg === 'a resource uses another namespace')).toEqual([])
  })
})

describe('how often a resource is looked at', () => {
  const looks = async (name: string, ms: number): Promise<number> => {
    const [id] = [...lab.api.things].find(([, item]) => item['name'] === name)!
    const from = lab.api.seen.length
    await sleep(ms)
    return lab.api.seen.slice(from).filter(({ path }) => path === `/things/${id}`).length
  }

  it('its own annotation wins over the definition, the definition over the flag', async () => {
    lab = await openLab()
    await lab.putPlan(thingPlan(lab.api.url, { policy: { intervalSeconds: 3600 } }))
    lab.start({ seconds: { resyncSeconds: 1 } })
    await must(lab.kube.create(THINGS, thing('by-definition')))
    await must(lab.kube.create(THINGS, thing('by-annotation', {}, { annotations: { [ANNOTATION.interval]: '1s' } })))
    await ready(lab, 'by-definition', 'by-annotation')
    await sleep(500)
    expect(await looks('by-definition', 2_500)).toBe(0)
    expect(await looks('by-annotation', 2_500)).toBeGreaterThanOrEqual(1)
    await lab.putPlan(thingPlan(lab.api.url, { policy: { intervalSeconds: 1 } }))
    await until('the new Plan runs', () => lab.log.filter(({ msg }) => msg === 'running a plan').length === 2)
    await sleep(1_000)
    expect(await looks('by-definition', 2_500)).toBeGreaterThanOrEqual(1)
  })

  it('without either it is the flag, and a person who cannot wait is served at once', async () => {
    lab = await openLab()
    await lab.putPlan(thingPlan(lab.api.url))
    lab.start({ seconds: { resyncSeconds: 3600 } })
    await must(lab.kube.create(THINGS, thing('calm')))
    await ready(lab, 'calm')
    await sleep(300)
    expect(await looks('calm', 1_500)).toBe(0)
    await must(lab.kube.patch(THINGS, { namespace: 'default', name: 'calm' }, { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.reconcileRequestedAt]: 'please' } } } }))
    expect(await looks('calm', 1_000)).toBe(1)
    const before = lab.writes()
    expect(await looks('calm', 1_000)).toBe(0)
    expect(lab.writes()).toBe(before)
  })
})

describe('what the API fills in', () => {
  it('stays in status: the spec is never written, and what was not asked for is no drift', async () => {
    lab = await openLab()
    const plan = thingPlan(lab.api.url)
    await lab.putPlan({ ...plan, status: [...plan.status, { path: 'size', from: 'size', type: 'integer' }] })
    lab.api.fault = ({ method, body }) => {
      if (method === 'POST' && body !== undefined) body['size'] = 7
      return undefined
    }
    lab.start()
    await must(lab.kube.create(THINGS, thing('filled')))
    await ready(lab, 'filled')
    await sleep(2_500)
    const object = await get(lab, 'filled')
    expect(object).toMatchObject({ spec: { name: 'filled', color: 'red' }, status: { size: 7 }, metadata: { generation: 1 } })
    expect(object?.spec).not.toHaveProperty('size')
    expect(lab.api.count('PUT')).toBe(0)
    const [id] = [...lab.api.things.keys()]
    lab.api.things.get(id!)!['size'] = 8
    await until('status follows', async () => JSON.stringify((await get(lab, 'filled'))?.status ?? {}).includes('"size":8'))
    expect(lab.api.count('PUT')).toBe(0)
  })
})
