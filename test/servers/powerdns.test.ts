import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRETS } from '@oasgen/kube'
import { must, until } from '../integration/stack/stack.js'
import { applyExample, openExample, type ExampleLab } from './lab.js'

const API = '/api/v1/servers/localhost'
const ZONE = `${API}/zones/example.org.`

describe('PowerDNS: a document behind a key, fields that are never read back, records by command, lists in place of 404', () => {
  let lab: ExampleLab

  beforeAll(async () => {
    lab = await openExample({ name: 'powerdns', published: 18081, group: 'powerdns.example', plurals: { ZoneMetadata: 'zonemetadata' }, health: API, headers: { 'x-api-key': 'testkey' } })
  })
  afterAll(() => lab?.close())

  const www = async (): Promise<readonly string[]> => {
    const sets = (await lab.call('GET', ZONE)).list('rrsets').filter(({ name }) => name === 'www.example.org.')
    return sets.flatMap(({ records }) => (records as readonly { readonly content: string }[]).map(({ content }) => content))
  }
  const metadata = async (): Promise<unknown> => (await lab.call('GET', `${ZONE}/metadata/ALLOW-AXFR-FROM`)).at('metadata')

  it('brings what the example says', async () => {
    lab.shown()
    await applyExample(lab)
    for (const [kind, name] of [['Zone', 'example-org'], ['Record', 'www'], ['ZoneMetadata', 'transfers'], ['TsigKey', 'transfer-key']] as const) await lab.ready(kind, name)
    expect((await lab.call('GET', ZONE)).body).toMatchObject({ kind: 'Native', soa_edit_api: 'DEFAULT' })
    expect((await lab.call('GET', `${ZONE}?rrset_name=example.org.&rrset_type=NS`)).body).toMatchObject({ rrsets: [{ records: [{ content: 'ns1.example.org.' }] }] })
    expect(await www()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(await metadata()).toEqual(['127.0.0.1', '10.0.0.0/8'])
    for (const path of [`${API}/zones?rrsets=false`, `${API}/tsigkeys`]) expect(lab.asked('POST', path)).toBe(1)
  })

  it('hands on the key that the server made', async () => {
    lab.shown()
    const secret = await must(lab.stack.kube.get(SECRETS, { namespace: 'default', name: 'transfer-key' }))
    const { body } = await lab.call('GET', `${API}/tsigkeys/transfer-key.`)
    const data = (secret as unknown as { readonly data: Readonly<Record<string, string>> }).data
    expect(Buffer.from(data['tsig'] ?? '', 'base64').toString()).toBe((body as unknown as { readonly key: string }).key)
  })

  it('leaves alone what is as it should be, although records come back sorted and name servers never do', async () => {
    lab.shown()
    await lab.expectSteady()
  })

  it('corrects what others change', async () => {
    lab.shown()
    await lab.call('PATCH', ZONE, { rrsets: [{ name: 'www.example.org.', type: 'A', ttl: 300, changetype: 'REPLACE', records: [{ content: '203.0.113.9', disabled: false }] }] })
    await lab.call('PUT', `${ZONE}/metadata/ALLOW-AXFR-FROM`, { metadata: ['0.0.0.0/0'] })
    await until('the records are put back', async () => JSON.stringify(await www()) === '["192.0.2.1","192.0.2.2"]')
    await until('the metadata are put back', async () => JSON.stringify(await metadata()) === '["127.0.0.1","10.0.0.0/8"]')
  })

  it('makes again what others delete, although it reads as an empty list', async () => {
    lab.shown()
    await lab.call('DELETE', `${ZONE}/metadata/ALLOW-AXFR-FROM`)
    await until('the metadata are there again', async () => JSON.stringify(await metadata()) === '["127.0.0.1","10.0.0.0/8"]')
  })

  it('sends edits, answered 204 or not', async () => {
    lab.shown()
    await lab.edit('Zone', 'example-org', { account: 'team-a' })
    await lab.edit('Record', 'www', { ttl: 60, records: [{ content: '192.0.2.1' }, { content: '192.0.2.7', disabled: true }] })
    await lab.edit('TsigKey', 'transfer-key', { name: 'renamed-key' })
    await until('the zone has its account', async () => (await lab.call('GET', ZONE)).at('account') === 'team-a')
    await until('the records are changed', async () => JSON.stringify(await www()) === '["192.0.2.1","192.0.2.7"]')
    await until('the key has its new name', async () => (await lab.call('GET', `${API}/tsigkeys/renamed-key.`)).status === 200)
    expect((await lab.call('GET', `${API}/tsigkeys/transfer-key.`)).status).toBe(404)
    for (const [kind, name] of [['Zone', 'example-org'], ['Record', 'www'], ['TsigKey', 'transfer-key']] as const) await lab.ready(kind, name)
    await lab.expectSteady()
  })

  it('makes no second zone when it is killed before it knew the answer', async () => {
    lab.shown()
    lab.proxy.swallow(({ method, path }) => method === 'POST' && path.startsWith(`${API}/zones`), () => lab.stack.killController('zone-controller'))
    const { spec, ...zone } = lab.manifest('Zone')
    await lab.stack.apply({ ...zone, metadata: { name: 'killed', namespace: 'default' }, spec: { ...(spec as object), name: 'killed.example.' } })
    await lab.ready('Zone', 'killed')
    expect(lab.asked('POST', `${API}/zones?rrsets=false`)).toBe(2)
  })

  it('deletes, what is in a zone before the zone', async () => {
    lab.shown()
    await Promise.all([
      lab.remove('Zone', 'example-org'), lab.remove('Zone', 'killed'), lab.remove('Record', 'www'), lab.remove('ZoneMetadata', 'transfers'), lab.remove('TsigKey', 'transfer-key'),
    ])
    expect((await lab.call('GET', `${API}/zones`)).body).toEqual([])
    expect((await lab.call('GET', `${API}/tsigkeys`)).body).toEqual([])
  })
})
