import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inClusterConfig, proxyFor } from './config.js'

const ENV = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }

describe('in a cluster', () => {
  let account: string
  beforeAll(async () => {
    account = await mkdtemp(join(tmpdir(), 'account-'))
    await writeFile(join(account, 'token'), 't')
    await writeFile(join(account, 'namespace'), 'krateo\n')
  })
  afterAll(() => rm(account, { recursive: true }))

  it('takes address from the environment and the rest from the mounted account', () => {
    expect(inClusterConfig(ENV, account).value).toEqual({
      server: 'https://10.0.0.1:443', caFile: `${account}/ca.crt`, tokenFile: `${account}/token`, namespace: 'krateo',
    })
  })

  it('brackets an IPv6 address', () => {
    expect(inClusterConfig({ ...ENV, KUBERNETES_SERVICE_HOST: 'fd00::1' }, account).value?.server).toBe('https://[fd00::1]:443')
  })

  it.each([
    { name: 'no address', env: {}, folder: '', reason: 'not in a pod at all', problem: 'KUBERNETES_SERVICE_HOST is not set' },
    { name: 'no token', env: ENV, folder: '/nowhere', reason: 'the account is not mounted', problem: 'there is no /nowhere/token' },
  ])('$name: $reason', (row) => {
    expect(inClusterConfig(row.env, row.folder).findings).toMatchObject([{ code: 'KUB0204', message: `not in a cluster: ${row.problem}` }])
  })
})

describe('proxies from the environment, by the rules of Go', () => {
  it.each([
    { server: 'https://api.example.org', env: { HTTPS_PROXY: 'http://p:1' }, proxy: 'http://p:1', reason: 'https asks HTTPS_PROXY' },
    { server: 'https://api.example.org', env: { https_proxy: 'p:1' }, proxy: 'http://p:1', reason: 'lower case and no scheme are allowed' },
    { server: 'http://api.example.org', env: { HTTPS_PROXY: 'http://p:1' }, proxy: undefined, reason: 'http asks HTTP_PROXY' },
    { server: 'https://api.example.org', env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example.org' }, proxy: undefined, reason: 'a name excludes its sub-domains' },
    { server: 'https://example.org', env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example.org' }, proxy: 'http://p:1', reason: 'a leading dot excludes only sub-domains' },
    { server: 'https://10.96.0.1:443', env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.96.0.0/12' }, proxy: undefined, reason: 'networks' },
    { server: 'https://10.112.0.1:443', env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.96.0.0/12' }, proxy: 'http://p:1', reason: 'outside the network' },
    { server: 'https://api.org:6443', env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.org:443' }, proxy: 'http://p:1', reason: 'another port' },
    { server: 'https://127.0.0.1:6443', env: { HTTPS_PROXY: 'http://p:1' }, proxy: undefined, reason: 'loopback never' },
    { server: 'https://api.org', env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, proxy: undefined, reason: 'a star excludes all' },
  ])('$server: $reason', (row) => {
    expect(proxyFor(row.server, row.env)).toBe(row.proxy)
  })
})
