import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../integration/stack/stack.js'
import { applyExample, openExample, type ExampleLab } from './lab.js'

const DATABASES = '/api/v2/tenants/acme/databases'
const COLLECTIONS = `${DATABASES}/library/collections`

describe('Chroma: empty answers, one parameter with two meanings, other names in updates', () => {
  let lab: ExampleLab

  beforeAll(async () => {
    lab = await openExample({ name: 'chroma', published: 18400, group: 'chroma.example', plurals: {}, health: '/api/v2/heartbeat' })
  })
  afterAll(() => lab?.close())

  const collections = async (): Promise<readonly Record<string, unknown>[]> => (await lab.call('GET', COLLECTIONS)).list()

  it('brings what the example says', async () => {
    lab.shown()
    await applyExample(lab)
    for (const [kind, name] of [['Tenant', 'acme'], ['Database', 'library'], ['Collection', 'books']] as const) await lab.ready(kind, name)
    expect(await collections()).toMatchObject([{ name: 'books', metadata: { language: 'en', shelf: 3 } }])
    for (const path of ['/api/v2/tenants', DATABASES, COLLECTIONS]) expect(lab.asked('POST', path)).toBe(1)
  })

  it('leaves alone what is as it should be', async () => {
    lab.shown()
    await lab.expectSteady()
  })

  it('corrects what others change, the name too', async () => {
    lab.shown()
    const [before] = await collections()
    await lab.call('PUT', `${COLLECTIONS}/${String(before?.['id'])}`, { new_name: 'meddled', new_metadata: { language: 'fr' } })
    await until('it is put back', async () => (await collections())[0]?.['name'] === 'books')
    expect(await collections()).toMatchObject([{ id: before?.['id'], metadata: { language: 'en', shelf: 3 } }])
  })

  it('sends an edit, a new name too', async () => {
    lab.shown()
    const [before] = await collections()
    await lab.edit('Collection', 'books', { name: 'novels', metadata: { language: 'de', shelf: null } })
    await until('it has another name', async () => (await collections())[0]?.['name'] === 'novels')
    expect(await collections()).toMatchObject([{ id: before?.['id'], metadata: { language: 'de' } }])
    await lab.ready('Collection', 'books')
    await lab.expectSteady()
  })

  it('makes no second collection, and believes no conflict, when it is killed before it knew the answer', async () => {
    lab.shown()
    lab.proxy.swallow(({ method, path }) => method === 'POST' && path === COLLECTIONS, () => lab.stack.killController('collection-controller'))
    const { spec, ...collection } = lab.manifest('Collection')
    await lab.stack.apply({ ...collection, metadata: { name: 'killed', namespace: 'default' }, spec: { ...(spec as object), name: 'killed' } })
    await lab.ready('Collection', 'killed')
    expect((await collections()).filter(({ name }) => name === 'killed')).toHaveLength(1)
    expect(lab.asked('POST', COLLECTIONS)).toBe(2)
  })

  it('deletes what can be deleted, by the name that the collection has now', async () => {
    lab.shown()
    await Promise.all([lab.remove('Database', 'library'), lab.remove('Collection', 'books'), lab.remove('Collection', 'killed'), lab.remove('Tenant', 'acme')])
    expect((await lab.call('GET', DATABASES)).body).toEqual([])
    expect(lab.proxy.ledger.filter(({ method }) => method === 'DELETE').map(({ path }) => path).sort()).toEqual([`${COLLECTIONS}/killed`, `${COLLECTIONS}/novels`, `${DATABASES}/library`].sort())
  })
})
