import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { finding, type Checked, type Finding } from '@oasgen/diagnostics'
import { fromPlain, isArray, isObject, readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { proxyFor, type ClientCertificate, type ConnectionConfig, type Environment, type Impersonation } from './config.js'
import { messageOf } from './credentials.js'
import { execCredentials, readExec } from './exec-credentials.js'
import { providerCredentials } from './provider-credentials.js'

export interface KubeconfigOptions {
  /** One file; absent = KUBECONFIG (a list of files that are merged as kubectl does), else `~/.kube/config`. */
  readonly path?: string
  /** Absent = the file's current context. */
  readonly context?: string
  readonly env?: Environment
}

/**
 * Reads a kubeconfig as kubectl does. Tokens, certificates and exec plugins are served by ourselves; only for an `auth-provider`
 * (OIDC) the large client library is loaded.
 */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<Checked<ConnectionConfig>> {
  const env = options.env ?? process.env
  const paths = pathsOf(options, env)
  const files = await readFiles(paths)
  if (files.value === undefined) return { value: undefined, findings: files.findings }
  const chosen = choose(files.value, options.context, paths.join(delimiter))
  return chosen.value === undefined ? { value: undefined, findings: chosen.findings } : buildConfig(chosen.value, env)
}

function pathsOf(options: KubeconfigOptions, env: Environment): readonly string[] {
  if (options.path !== undefined && options.path !== '') return [options.path]
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '')
  return listed.length > 0 ? listed : [join(env.HOME ?? homedir(), '.kube', 'config')]
}

/** An entry with the folder of its file, against which its relative paths count. */
interface Entry {
  readonly value: JsonObject
  readonly folder: string
}

interface Merged {
  readonly clusters: ReadonlyMap<string, Entry>
  readonly users: ReadonlyMap<string, Entry>
  readonly contexts: ReadonlyMap<string, Entry>
  readonly currentContext: string
}

async function readFiles(paths: readonly string[]): Promise<Checked<Merged>> {
  const clusters = new Map<string, Entry>()
  const users = new Map<string, Entry>()
  const contexts = new Map<string, Entry>()
  let currentContext = ''
  let found = 0
  for (const path of paths) {
    const file = await readOne(path)
    if (file === 'absent') continue
    if (file.value === undefined) return { value: undefined, findings: file.findings }
    found += 1
    const folder = dirname(path)
    addEntries(clusters, { list: file.value.clusters, member: 'cluster', folder })
    addEntries(users, { list: file.value.users, member: 'user', folder })
    addEntries(contexts, { list: file.value.contexts, member: 'context', folder })
    currentContext ||= textOf(file.value['current-context'])
  }
  if (found === 0) return refuse(finding('KUB0201', { path: paths.join(delimiter) }))
  return { value: { clusters, users, contexts, currentContext }, findings: [] }
}

async function readOne(path: string): Promise<Checked<JsonObject> | 'absent'> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'absent'
    return refuse(finding('KUB0202', { path, problem: messageOf(cause) }))
  }
  const value = await readText(text)
  if (typeof value === 'string') return refuse(finding('KUB0202', { path, problem: value }))
  return isObject(value.value) ? { value: value.value, findings: [] } : refuse(finding('KUB0202', { path, problem: 'it is no YAML mapping' }))
}

/** JSON is YAML, and what our own control plane writes: then the YAML library is never loaded. A string is the problem. */
async function readText(text: string): Promise<{ readonly value: JsonValue } | string> {
  const json = readJson(text)
  if (json.ok) return { value: json.value }
  const { parse } = await import('yaml')
  try {
    return { value: fromPlain(parse(text)) ?? null }
  } catch (cause) {
    return messageOf(cause)
  }
}

interface EntrySource {
  readonly list: JsonValue | undefined
  readonly member: string
  readonly folder: string
}

/** The first file that names an entry wins. */
function addEntries(target: Map<string, Entry>, source: EntrySource): void {
  for (const item of isArray(source.list) ? source.list : []) {
    if (!isObject(item)) continue
    const name = textOf(item.name)
    const value = item[source.member]
    if (!target.has(name)) target.set(name, { value: isObject(value) ? value : {}, folder: source.folder })
  }
}

interface Chosen {
  readonly path: string
  readonly cluster: Entry
  readonly user: Entry
  readonly namespace: string
}

function choose(files: Merged, wanted: string | undefined, path: string): Checked<Chosen> {
  const name = wanted ?? files.currentContext
  const context = files.contexts.get(name)?.value
  const cluster = files.clusters.get(textOf(context?.cluster))
  if (context === undefined || cluster === undefined) {
    const known = [...files.contexts.keys()].join(', ') || 'none'
    return refuse(finding('KUB0203', { path, context: name || '(no current-context)', known }))
  }
  const user = files.users.get(textOf(context.user)) ?? { value: {}, folder: '' }
  return { value: { path, cluster, user, namespace: textOf(context.namespace) }, findings: [] }
}

async function buildConfig(chosen: Chosen, env: Environment): Promise<Checked<ConnectionConfig>> {
  const { cluster, user } = chosen
  const server = textOf(cluster.value.server)
  if (!URL.canParse(server)) return refuse(finding('KUB0202', { path: chosen.path, problem: `the server \`${server}\` is no URL` }))
  const proxy = unusableProxy(cluster.value['proxy-url'])
  if (proxy !== undefined) return refuse(proxy)
  try {
    const base = { ...clusterParts(cluster, server, env), ...(chosen.namespace !== '' && { namespace: chosen.namespace }) }
    const ca = await authorityOf(cluster)
    const secrets = await userParts(chosen, { ...base, ...(ca !== undefined && { ca }) })
    if (secrets.value === undefined) return refuse(...secrets.findings)
    return { value: { ...base, ...(ca !== undefined && { ca }), ...secrets.value, ...impersonationOf(user.value) }, findings: [] }
  } catch (cause) {
    return refuse(finding('KUB0202', { path: chosen.path, problem: messageOf(cause) }))
  }
}

function clusterParts(cluster: Entry, server: string, env: Environment): ConnectionConfig {
  const { value } = cluster
  const proxy = textOf(value['proxy-url']) || proxyFor(server, env)
  const tlsServerName = textOf(value['tls-server-name'])
  return {
    server,
    ...(proxy !== undefined && proxy !== '' && { proxy }),
    ...(tlsServerName !== '' && { tlsServerName }),
    ...(value['insecure-skip-tls-verify'] === true && { insecure: true }),
  }
}

function unusableProxy(value: JsonValue | undefined): Finding | undefined {
  const proxy = textOf(value)
  if (proxy === '' || /^(https?|socks5):\/\/[^/]/.test(proxy)) return undefined
  return finding('KUB0206', { proxy: proxy.replace(/\/\/[^@/]*@/, '//•••@'), problem: 'its scheme is not known' })
}

async function authorityOf(cluster: Entry): Promise<string | undefined> {
  return pem(cluster, 'certificate-authority')
}

/** In kubectl's order of precedence. Files of certificates and keys are read once: a rotation needs a restart, as with kubectl. */
async function userParts(chosen: Chosen, base: ConnectionConfig): Promise<Checked<Partial<ConnectionConfig>>> {
  const { user } = chosen
  const { value } = user
  const clientCert = await certificateOf(user)
  const cert = clientCert === undefined ? {} : { clientCert }
  const exec = readExec(value.exec, user.folder)
  if (exec !== undefined) return { value: { credentials: execCredentials(exec, base) }, findings: [] }
  if (isObject(value['auth-provider'])) return providerParts(chosen, value['auth-provider'])
  const tokenFile = textOf(value.tokenFile)
  const token = textOf(value.token)
  if (tokenFile !== '') return { value: { tokenFile: resolvePath(user.folder, tokenFile), ...cert }, findings: [] }
  if (token !== '') return { value: { token, ...cert }, findings: [] }
  const username = textOf(value.username)
  return { value: username === '' ? cert : { basic: { username, password: textOf(value.password) }, ...cert }, findings: [] }
}

function providerParts(chosen: Chosen, provider: JsonObject): Checked<Partial<ConnectionConfig>> {
  if (provider.name !== 'oidc') return refuse(finding('KUB0207', { path: chosen.path, feature: `the auth provider \`${textOf(provider.name)}\`` }))
  return { value: { credentials: providerCredentials(chosen.user.value) }, findings: [] }
}

async function certificateOf(user: Entry): Promise<ClientCertificate | undefined> {
  const cert = await pem(user, 'client-certificate')
  const key = await pem(user, 'client-key')
  return cert === undefined || key === undefined ? undefined : { cert, key }
}

/** `<name>-data` in base64 wins over the file `<name>`. */
async function pem(entry: Entry, name: string): Promise<string | undefined> {
  const data = textOf(entry.value[`${name}-data`])
  if (data !== '') return Buffer.from(data, 'base64').toString('utf8')
  const path = textOf(entry.value[name])
  return path === '' ? undefined : readFile(resolvePath(entry.folder, path), 'utf8')
}

function impersonationOf(user: JsonObject): { readonly impersonate?: Impersonation } {
  const name = textOf(user.as)
  if (name === '') return {}
  const groups = user['as-groups']
  const extra = user['as-user-extra']
  return {
    impersonate: {
      user: name,
      groups: isArray(groups) ? groups.map(textOf) : [],
      ...(textOf(user['as-uid']) !== '' && { uid: textOf(user['as-uid']) }),
      ...(isObject(extra) && {
        extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, isArray(values) ? values.map(textOf) : []])),
      }),
    },
  }
}

function resolvePath(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}

function refuse(...findings: readonly Finding[]): { readonly value: undefined; readonly findings: readonly Finding[] } {
  return { value: undefined, findings }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
