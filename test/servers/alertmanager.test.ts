import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject } from '@oasgen/json'
import { until } from '../integration/stack/stack.js'
import { applyExample, openExample, type ExampleLab } from './lab.js'

interface Silence {
  readonly id: string
  readonly comment: string
  readonly status: { readonly state: string }
  readonly matchers: readonly { readonly name: string; readonly value: string }[]
}

describe('Alertmanager: create answers an id, update may answer another, nothing is ever deleted', () => {
  let lab: ExampleLab

  beforeAll(async () => {
    lab = await openExample({ name: 'alertmanager', published: 18093, group: 'alertmanager.example', plurals: {}, health: '/-/ready' })
  })
  afterAll(() => lab?.close())

  const silences = async (state: string): Promise<readonly Silence[]> =>
    ((await lab.call('GET', '/api/v2/silences')).body as unknown as readonly Silence[]).filter(({ status }) => status.state === state)
  const idOf = async (name: string): Promise<string> => {
    const { status } = await lab.ready('Silence', name)
    return isObject(status) && typeof status['id'] === 'string' ? status['id'] : ''
  }

  it('brings what the example says', async () => {
    lab.shown()
    await applyExample(lab)
    const id = await idOf('maintenance')
    expect(await silences('active')).toMatchObject([{ id, comment: 'the database is moved', matchers: [{ name: 'alertname' }, { name: 'cluster' }] }])
    expect(lab.asked('POST', '/api/v2/silences')).toBe(1)
  })

  it('leaves alone what is as it should be, although the server rewrites the start', async () => {
    lab.shown()
    await lab.expectSteady()
  })

  it('sends an edit under the same id', async () => {
    lab.shown()
    const before = await idOf('maintenance')
    await lab.edit('Silence', 'maintenance', { endsAt: '2098-01-01T00:00:00Z' })
    await until('the end is moved', async () => (await lab.call('GET', `/api/v2/silence/${before}`)).at('endsAt') === '2098-01-01T00:00:00.000Z')
    expect(await idOf('maintenance')).toBe(before)
    await lab.expectSteady()
  })

  it('follows an edit to the new silence that it makes', async () => {
    lab.shown()
    const before = await idOf('maintenance')
    await lab.edit('Silence', 'maintenance', { matchers: [{ name: 'alertname', value: 'DatabaseDown', isRegex: false }, { name: 'cluster', value: 'green', isRegex: false }] })
    await until('the old one is ended', async () => (await silences('expired')).some(({ id }) => id === before))
    const after = await idOf('maintenance')
    expect(after).not.toBe(before)
    expect(await silences('active')).toMatchObject([{ id: after, matchers: [{}, { value: 'green' }] }])
    await lab.expectSteady()
  })

  it('makes it again when somebody ends it', async () => {
    lab.shown()
    const before = await idOf('maintenance')
    await lab.call('DELETE', `/api/v2/silence/${before}`)
    await until('there is another', async () => (await silences('active')).length === 1)
    await until('the resource knows it', async () => (await idOf('maintenance')) !== before)
  })

  it('makes no second silence when it is killed before it knew the answer', async () => {
    lab.shown()
    lab.proxy.swallow(({ method }) => method === 'POST', () => lab.stack.killController('silence-controller'))
    const { spec, ...silence } = lab.manifest('Silence')
    await lab.stack.apply({ ...silence, metadata: { name: 'killed', namespace: 'default' }, spec: { ...(spec as object), comment: 'killed' } })
    const id = await idOf('killed')
    expect((await silences('active')).filter(({ comment }) => comment === 'killed')).toMatchObject([{ id }])
  })

  it('is done with a silence whose end has come', async () => {
    lab.shown()
    const endsAt = new Date(Date.now() + 6000).toISOString()
    const { spec, ...silence } = lab.manifest('Silence')
    await lab.stack.apply({ ...silence, metadata: { name: 'short', namespace: 'default' }, spec: { ...(spec as object), comment: 'short', endsAt } })
    const id = await idOf('short')
    await until('it has expired', async () => (await lab.call('GET', `/api/v2/silence/${id}`)).at('status', 'state') === 'expired')
    await lab.expectSteady()
    expect(await idOf('short')).toBe(id)
  })

  it('deletes, which is to expire', async () => {
    lab.shown()
    await Promise.all(['maintenance', 'killed', 'short'].map((name) => lab.remove('Silence', name)))
    expect(await silences('active')).toEqual([])
  })
})
