import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../integration/stack/stack.js'
import { applyExample, openExample, type ExampleLab } from './lab.js'

const AUTH = { authorization: `Basic ${Buffer.from('admin:testpass').toString('base64')}` }
const RECORDS = '/v1/buckets/team/collections/notes/records'

describe('Kinto: envelopes, upserts, 403 for what is absent, pages by a header', () => {
  let lab: ExampleLab

  beforeAll(async () => {
    lab = await openExample({ name: 'kinto', published: 18200, group: 'kinto.example', plurals: {}, health: '/v1/__heartbeat__', headers: AUTH })
  })
  afterAll(() => lab?.close())

  const records = async (): Promise<readonly Record<string, unknown>[]> => (await lab.call('GET', RECORDS)).list('data')

  it('brings what the example says', async () => {
    lab.shown()
    await applyExample(lab)
    for (const [kind, name] of [['Bucket', 'team'], ['Collection', 'notes'], ['Note', 'shopping']] as const) await lab.ready(kind, name)
    expect(await records()).toMatchObject([{ title: 'Shopping', text: 'Bread, milk, a rain coat', tags: ['home', 'errands'] }])
    expect((await lab.call('GET', '/v1/buckets/team')).body).toMatchObject({ data: { owner: 'platform' } })
    expect((await lab.call('GET', '/v1/buckets/team/collections/notes')).body).toMatchObject({ permissions: { read: ['system.Everyone'] } })
    expect(lab.asked('POST', RECORDS)).toBe(1)
    expect(lab.asked('PUT', '/v1/buckets/team')).toBe(1)
  })

  it('leaves alone what is as it should be', async () => {
    lab.shown()
    await lab.expectSteady()
  })

  it('corrects what others change, and leaves to them what is theirs', async () => {
    lab.shown()
    const [note] = await records()
    await lab.call('PATCH', `${RECORDS}/${String(note?.['id'])}`, { data: { text: 'meddled' } })
    await lab.call('PATCH', '/v1/buckets/team/collections/notes', { permissions: { read: ['system.Authenticated'], 'record:create': ['system.Authenticated'] } })
    await until('the text is put back', async () => (await records())[0]?.['text'] === 'Bread, milk, a rain coat')
    const permissions = async (): Promise<unknown> => (await lab.call('GET', '/v1/buckets/team/collections/notes')).at('permissions', 'read')
    await until('the permission is put back', async () => JSON.stringify(await permissions()) === '["system.Everyone"]')
  })

  it('sends an edit', async () => {
    lab.shown()
    await lab.edit('Note', 'shopping', { text: 'Bread', tags: ['errands'] })
    await lab.edit('Bucket', 'team', { data: { owner: 'research' } })
    await until('the record has it', async () => (await records())[0]?.['text'] === 'Bread')
    expect((await records())[0]).toMatchObject({ title: 'Shopping', tags: ['errands'] })
    await until('the bucket has it', async () => (await lab.call('GET', '/v1/buckets/team')).at('data', 'owner') === 'research')
    await lab.ready('Note', 'shopping')
  })

  it('makes no second record when it is killed before it knew the answer, also where the first is pages away', async () => {
    lab.shown()
    lab.proxy.swallow(({ method, path }) => method === 'POST' && path === RECORDS, async () => {
      // Newest come first, five a page: the one that was made is on the second page now.
      for (let index = 0; index < 8; index++) await lab.call('POST', RECORDS, { data: { title: `other ${index}` } })
      lab.stack.killController('note-controller')
    })
    const { spec, ...note } = lab.manifest('Note')
    await lab.stack.apply({ ...note, metadata: { name: 'killed', namespace: 'default' }, spec: { ...(spec as object), title: 'Killed' } })
    await lab.ready('Note', 'killed')
    expect((await lab.call('GET', `${RECORDS}?title=Killed`)).list('data')).toHaveLength(1)
  })

  it('deletes, the children before their parents whatever the order', async () => {
    lab.shown()
    await Promise.all([lab.remove('Bucket', 'team'), lab.remove('Note', 'shopping'), lab.remove('Note', 'killed'), lab.remove('Collection', 'notes')])
    expect((await lab.call('GET', '/v1/buckets')).body).toEqual({ data: [] })
    expect(lab.proxy.ledger.filter(({ method }) => method === 'DELETE').map(({ path }) => path.split('/').length)).toEqual([8, 8, 6, 4])
  })
})
