import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCredential } from './exec-credentials.js'
import { loadKubeconfig } from './kubeconfig.js'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'kubeconfig-')) })
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const config = (user: string, cluster = '', current = 'it'): string => `
apiVersion: v1
kind: Config
current-context: ${current}
clusters:
- name: c
  cluster: {server: "https://api.example.org:6443"${cluster}}
contexts:
- name: it
  context: {cluster: c, user: u, namespace: team}
users:
- name: u
  user: ${user}
`

describe('simple kubeconfigs', () => {
  it.each([
    { name: 'token', reason: 'service accounts and our own control plane', user: '{token: abc}', want: { token: 'abc' } },
    { name: 'user and password', reason: 'old but alive', user: '{username: a, password: b}', want: { basic: { username: 'a', password: 'b' } } },
    { name: 'certificate data', reason: 'kind, k3s, kubeadm', user: '{client-certificate-data: QQ==, client-key-data: Qg==}', want: { clientCert: { cert: 'A', key: 'B' } } },
    { name: 'token file', reason: 'relative to the kubeconfig', user: '{tokenFile: t}', want: { tokenFile: 'FOLDER/t' } },
    { name: 'impersonation', reason: 'as kubectl --as', user: '{token: abc, as: bob, as-groups: [dev]}', want: { token: 'abc', impersonate: { user: 'bob', groups: ['dev'] } } },
    { name: 'nobody', reason: 'anonymous access is the server’s decision', user: '{}', want: {} },
  ])('$name: $reason', async (row) => {
    const path = await file('config', config(row.user))
    const { value, findings } = await loadKubeconfig({ path, env: {} })
    expect(findings).toEqual([])
    const want = JSON.parse(JSON.stringify(row.want).replace('FOLDER', folder)) as object
    expect(value).toEqual({ server: 'https://api.example.org:6443', namespace: 'team', ...want })
  })

  it('reads what concerns the cluster', async () => {
    const path = await file('config', config('{token: a}', ', certificate-authority-data: Q0E=, tls-server-name: other, proxy-url: "http://p:1", insecure-skip-tls-verify: true'))
    expect((await loadKubeconfig({ path, env: {} })).value).toMatchObject({ ca: 'CA', tlsServerName: 'other', proxy: 'http://p:1', insecure: true })
  })

  it('reads JSON as well, without the YAML library', async () => {
    const path = await file('config.json', JSON.stringify({
      'current-context': 'it', clusters: [{ name: 'c', cluster: { server: 'https://x' } }], contexts: [{ name: 'it', context: { cluster: 'c' } }],
    }))
    expect((await loadKubeconfig({ path, env: {} })).value).toEqual({ server: 'https://x' })
  })

  it('merges the files of KUBECONFIG: the first that names something wins', async () => {
    const first = await file('first', 'current-context: it\nusers: [{name: u, user: {token: first}}]')
    const second = await file('second', config('{token: second}', '', 'other'))
    const { value } = await loadKubeconfig({ env: { KUBECONFIG: [first, join(folder, 'absent'), second].join(delimiter) } })
    expect(value).toMatchObject({ server: 'https://api.example.org:6443', token: 'first' })
  })
})

describe('what is wrong with a kubeconfig', () => {
  it.each([
    { name: 'no file', code: 'KUB0201', reason: 'the way out is in the help', text: undefined, context: undefined },
    { name: 'no YAML', code: 'KUB0202', reason: 'the parser says where', text: 'a: [', context: undefined },
    { name: 'no mapping', code: 'KUB0202', reason: 'a list is no kubeconfig', text: '- a', context: undefined },
    { name: 'no server', code: 'KUB0202', reason: 'an address that is no URL', text: config('{}').replace('https://api.example.org:6443', 'nowhere'), context: undefined },
    { name: 'unknown context', code: 'KUB0203', reason: 'the known ones are listed', text: config('{}'), context: 'other' },
    { name: 'cloud provider', code: 'KUB0207', reason: 'removed from kubectl in 1.26', text: config('{auth-provider: {name: gcp}}'), context: undefined },
    { name: 'strange proxy', code: 'KUB0206', reason: 'only HTTP and SOCKS5 proxies', text: config('{}', ', proxy-url: "ftp://u:p@x"'), context: undefined },
    { name: 'missing authority', code: 'KUB0202', reason: 'the file that is named is not there', text: config('{}', ', certificate-authority: nothing.crt'), context: undefined },
  ])('$name: $reason', async (row) => {
    const path = row.text === undefined ? join(folder, 'absent') : await file('wrong', row.text)
    const { value, findings } = await loadKubeconfig({ path, env: {}, ...(row.context !== undefined && { context: row.context }) })
    expect(value).toBeUndefined()
    expect(findings.map((finding) => finding.code)).toEqual([row.code])
  })
})

describe('OIDC', () => {
  const jwt = (ends: number): string => ['{"alg":"none"}', JSON.stringify({ exp: ends }), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')

  it('a token that is still good is used; the library that knows the rest is loaded only now', async () => {
    const token = jwt(4_102_444_800)
    const user = `{auth-provider: {name: oidc, config: {id-token: ${token}, client-id: c, idp-issuer-url: "https://issuer.invalid", refresh-token: r}}}`
    const { value } = await loadKubeconfig({ path: await file('oidc', config(user)), env: {} })
    expect(await value?.credentials?.current()).toMatchObject({ ok: true, value: { authorization: `Bearer ${token}` } })
  })

  it('an issuer that cannot be asked is a problem with a reason', async () => {
    const user = `{auth-provider: {name: oidc, config: {id-token: ${jwt(1)}, client-id: c, idp-issuer-url: "https://127.0.0.1:1", refresh-token: r}}}`
    const { value } = await loadKubeconfig({ path: await file('oidc', config(user)), env: {} })
    expect(await value?.credentials?.current()).toEqual({ ok: false, problem: expect.stringMatching(/^the identity provider of the kubeconfig/) as unknown })
  })
})

describe('exec plugins', () => {
  it('get the cluster, and their token serves until it ends or is refused', async () => {
    const plugin = await file('plugin.sh', `#!/bin/sh
echo run >> "${folder}/runs"
server=$(echo "$KUBERNETES_EXEC_INFO" | sed 's/.*"server":"\\([^"]*\\)".*/\\1/')
echo "{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$1-$EXTRA-$server\\"}}"
`)
    await chmod(plugin, 0o755)
    const user = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh, args: [arg], env: [{name: EXTRA, value: env}], provideClusterInfo: true}}`
    const { value } = await loadKubeconfig({ path: await file('exec', config(user)), env: {} })
    const source = value?.credentials
    const answers = await Promise.all([source?.current(), source?.current(), source?.current()])
    expect(answers[0]).toEqual({ ok: true, value: { authorization: 'Bearer arg-env-https://api.example.org:6443' } })
    await source?.refresh()
    const runs = await import('node:fs/promises').then((fs) => fs.readFile(`${folder}/runs`, 'utf8'))
    expect(runs).toBe('run\nrun\n')
  })

  it('that fail say why, with the hint of the kubeconfig', async () => {
    const plugin = await file('failing.sh', '#!/bin/sh\necho "log in first" >&2\nexit 3\n')
    await chmod(plugin, 0o755)
    const { value } = await loadKubeconfig({ path: await file('exec', config('{exec: {command: ./failing.sh, installHint: Run the log-in.}}')), env: {} })
    expect(await value?.credentials?.current()).toEqual({ ok: false, problem: expect.stringContaining('ended with 3: log in first Run the log-in.') as unknown })
  })

  it.each([
    { name: 'a token with an end', reason: 'renewed ten seconds before', status: { token: 't', expirationTimestamp: '1970-01-01T00:01:40Z' }, want: { freshUntil: 5 + 90_000 } },
    { name: 'a certificate', reason: 'goes into the handshake', status: { clientCertificateData: 'C', clientKeyData: 'K' }, want: { value: { clientCert: { cert: 'C', key: 'K' } } } },
    { name: 'nothing', reason: 'is a finding, not an anonymous request', status: {}, want: { ok: false } },
  ])('answer with $name: $reason', (row) => {
    expect(readCredential(JSON.stringify({ status: row.status }), 'x', 0, 5)).toMatchObject(row.want)
  })
})
