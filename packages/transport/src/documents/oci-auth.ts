import { isObject, member, readJson, type JsonObject } from '@oasgen/json'
import { parameters } from '../auth/digest.js'
import type { Header } from '../auth/credentials.js'
import { getFollowing, type Download } from './get.js'
import { basicValue } from './http.js'
import type { DocumentCredentials } from './source.js'

/** User and password of a registry: given directly, or its entry in a docker configuration. */
export interface RegistryLogin {
  readonly username: string
  readonly password: string
}

export function registryLogin(credentials: DocumentCredentials | undefined, registry: string): RegistryLogin | undefined {
  if (credentials?.dockerConfig !== undefined) return fromDockerConfig(credentials.dockerConfig, registry)
  const password = credentials?.password ?? credentials?.token
  return password === undefined ? undefined : { username: credentials?.username?.trim() ?? 'oauth2', password: password.trim() }
}

function fromDockerConfig(text: string, registry: string): RegistryLogin | undefined {
  const read = readJson(text)
  const auths = read.ok && isObject(read.value) ? member(read.value, 'auths') : undefined
  if (!isObject(auths)) return undefined
  const wanted = hostOf(registry)
  const entry = Object.entries(auths).find(([key]) => hostOf(key) === wanted)?.[1]
  return isObject(entry) ? loginOf(entry) : undefined
}

const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').split('/')[0] ?? ''
  return DOCKER_HUB.has(host) ? 'docker.io' : host
}

function loginOf(entry: JsonObject): RegistryLogin | undefined {
  const auth = member(entry, 'auth')
  if (typeof auth === 'string' && auth !== '') {
    const pair = Buffer.from(auth, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    return colon < 0 ? undefined : { username: pair.slice(0, colon), password: pair.slice(colon + 1) }
  }
  const username = member(entry, 'username')
  const password = member(entry, 'password')
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined
}

export interface Challenge {
  readonly download: Download
  readonly header: string
  readonly login: RegistryLogin | undefined
  readonly registry: URL
  readonly repository: string
}

/** Answers a registry's 401: Basic at once, Bearer by way of its token service. Undefined = it cannot be answered. */
export async function answerChallenge({ download, header, login, registry, repository }: Challenge): Promise<readonly Header[] | undefined> {
  if (/^\s*Basic\b/i.test(header)) return login === undefined ? undefined : [['authorization', basicValue(login.username, login.password)]]
  const given = /^\s*Bearer\b/i.test(header) ? parameters(header.replace(/^\s*Bearer\s*/i, '')) : undefined
  const realm = given?.get('realm')
  const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined
  if (given === undefined || url === undefined || (registry.protocol === 'https:' && url.protocol !== 'https:')) return undefined
  const service = given.get('service')
  if (service !== undefined) url.searchParams.set('service', service)
  url.searchParams.set('scope', given.get('scope') ?? `repository:${repository}:pull`)
  const credentials: readonly Header[] = login === undefined ? [] : [['authorization', basicValue(login.username, login.password)]]
  const got = await getFollowing(download, { url, headers: [['accept', 'application/json']], credentials, maxBytes: 1024 * 1024 })
  if (got.type === 'failure' || got.status !== 200) return undefined
  const read = readJson(got.body.toString('utf8'))
  const token = read.ok && isObject(read.value) ? member(read.value, 'token') ?? member(read.value, 'access_token') : undefined
  return typeof token === 'string' && token !== '' ? [['authorization', `Bearer ${token}`]] : undefined
}
