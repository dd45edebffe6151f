import { X509Certificate, generateKeyPair, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { TransportFailure } from '@oasgen/wire'
import { readJson, isObject, member } from '@oasgen/json'
import { failureOf } from '../failure.js'
import type { ComposedRequest } from '../request/compose.js'
import type { Header } from './credentials.js'
import { signOci } from './oci-signature.js'
import type { PrivateKeys } from './private-keys.js'
import type { Token, TokenResult } from './token-cache.js'
import { callForToken, jsonObject, jwtExpiry, textMember, type CallToken, type TokenAnswer } from './token-call.js'

/** A token of a principal and the session key that belongs to it. `value` is the keyId without `ST$`. */
export interface OciToken extends Token {
  readonly key: KeyObject
}

export interface PrincipalFetch {
  readonly call: CallToken
  readonly keys: PrivateKeys
  readonly now: () => number
}

/** The only places that instance principals are asked at; tests put a loopback server in their place. */
export interface InstanceEndpoints {
  readonly metadata: string
  readonly federation: (region: string, domain: string) => string
}

export const OCI_ENDPOINTS: InstanceEndpoints = {
  metadata: 'http://169.254.169.254/opc/v2',
  federation: (region, domain) => `https://auth.${region}.${domain}/v1/x509`,
}

const createKeyPair = promisify(generateKeyPair)
const DEFAULT_LIFETIME_MS = 1_200_000

/** Instance principal: the machine's certificate, exchanged for a token that is bound to a fresh session key. */
export async function fetchInstanceToken(fetch: PrincipalFetch, endpoints: InstanceEndpoints = OCI_ENDPOINTS): Promise<TokenResult<OciToken>> {
  const unavailable = (detail: string): TokenResult<OciToken> => failed('instance', detail)
  const read = (path: string) => readMetadata(fetch.call, endpoints.metadata, path)
  const [place, leaf, leafKey, intermediate] = await Promise.all([readRegion(read), read('/identity/cert.pem'), read('/identity/key.pem'), read('/identity/intermediate.pem')])
  if (place === undefined || leaf === undefined || leafKey === undefined || intermediate === undefined) return unavailable('the metadata endpoint does not answer')
  const certificate = readCertificate(leaf)
  const key = fetch.keys.read(leafKey)
  const tenancy = certificate && tenancyOf(certificate)
  if (certificate === undefined || key === undefined || tenancy === undefined) return unavailable('the certificate of the instance cannot be read')
  const session = await createKeyPair('rsa', { modulusLength: 2048 })
  const url = new URL(endpoints.federation(place.region, place.domain))
  const body = Buffer.from(JSON.stringify({
    certificate: unarmoured(leaf),
    publicKey: unarmoured(session.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    intermediateCertificates: [unarmoured(intermediate)],
    fingerprintAlgorithm: 'SHA256',
  }))
  const unsigned = { method: 'POST', url, headers: [['content-type', 'application/json']] as readonly Header[], body }
  const headers = signOci(unsigned, { keyId: `${tenancy}/fed-x509-sha256/${certificate.fingerprint256}`, key, at: fetch.now(), without: 'host' })
  return readFederation(await callForToken(fetch.call, { request: { ...unsigned, headers: [...headers] } }), { principal: 'instance', key: session.privateKey, now: fetch.now })
}

type ReadMetadata = (path: string) => Promise<string | undefined>

async function readMetadata(call: CallToken, base: string, path: string): Promise<string | undefined> {
  const request: ComposedRequest = { method: 'GET', url: new URL(`${base}${path}`), headers: [['authorization', 'Bearer Oracle']] }
  const result = await call({ request, purpose: 'credentialProvider' })
  return result.type === 'response' && result.status === 200 ? result.body.toString('utf8').trim() : undefined
}

interface RegionPlace {
  readonly region: string
  readonly domain: string
}

/** Older regions are known by three letters. */
const SHORT_REGIONS: Readonly<Record<string, string>> = { phx: 'us-phoenix-1', iad: 'us-ashburn-1', fra: 'eu-frankfurt-1', lhr: 'uk-london-1' }

async function readRegion(read: ReadMetadata): Promise<RegionPlace | undefined> {
  const info = await read('/instance/regionInfo')
  const parsed = info === undefined ? undefined : readJson(info)
  if (parsed?.ok === true && isObject(parsed.value)) {
    const region = textMember(parsed.value, 'regionIdentifier')
    const domain = textMember(parsed.value, 'realmDomainComponent')
    if (isHostPart(region) && isHostPart(domain)) return { region, domain }
  }
  const short = (await read('/instance/region'))?.toLowerCase()
  const region = short === undefined ? undefined : SHORT_REGIONS[short] ?? short
  return isHostPart(region) ? { region, domain: 'oraclecloud.com' } : undefined
}

function isHostPart(text: string | undefined): text is string {
  return text !== undefined && /^[a-z0-9][a-z0-9.-]{0,100}$/i.test(text)
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** The tenancy stands in the subject: `OU=opc-tenant:<ocid>` or `O=opc-identity:<ocid>`. */
function tenancyOf(certificate: X509Certificate): string | undefined {
  return /(?:opc-tenant|opc-identity):([^\s,+]+)/.exec(certificate.subject)?.[1]
}

function unarmoured(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----/g, '').replace(/\s+/g, '')
}

export interface WorkloadPlace {
  readonly host: string
  readonly tokenFile: string
  readonly caFile: string
}

/** OKE workload identity: the service account's token, exchanged at the cluster's own endpoint. */
export async function fetchWorkloadToken(fetch: PrincipalFetch, place: WorkloadPlace): Promise<TokenResult<OciToken>> {
  const [serviceToken, ca] = await Promise.all([readText(place.tokenFile), readText(place.caFile)])
  if (serviceToken === undefined) return { type: 'failure', failure: failureOf('NET0214', { file: place.tokenFile, detail: 'there is no such file' }, { reason: 'credentialsMissing' }) }
  const session = await createKeyPair('rsa', { modulusLength: 2048 })
  const podKey = unarmoured(session.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const host = place.host.includes(':') && !place.host.startsWith('[') && !/^[^:]+:\d+$/.test(place.host) ? `[${place.host}]` : place.host
  const url = new URL(/:\d+$/.test(host) ? `https://${host}/resourcePrincipalSessionTokens` : `https://${host}:12250/resourcePrincipalSessionTokens`)
  const headers: Header[] = [['authorization', `Bearer ${serviceToken}`], ['content-type', 'application/json']]
  const answer = await callForToken(fetch.call, { request: { method: 'POST', url, headers, body: Buffer.from(JSON.stringify({ podKey })) }, ...(ca !== undefined && { tls: { ca } }) })
  if ('failure' in answer) return failed('workload', answer.failure.message)
  if (answer.status === 403) return failed('workload', 'the cluster answered 403: it is not an enhanced cluster, or the policy does not name this workload')
  if (answer.status !== 200) return failed('workload', `the cluster answered ${answer.status}`)
  const token = workloadToken(answer)
  return token === undefined ? failed('workload', 'the answer holds no token') : sessionToken(token, session.privateKey, fetch.now)
}

/** A quoted base64 text of JSON with a token that already starts with `ST$`. */
function workloadToken({ body }: TokenAnswer): string | undefined {
  const quoted = body.type === 'json' && typeof body.value === 'string' ? body.value : body.type === 'text' ? body.text.replace(/^"|"$/g, '') : undefined
  const parsed = quoted === undefined ? undefined : readJson(Buffer.from(quoted, 'base64').toString('utf8'))
  const token = parsed?.ok === true && isObject(parsed.value) ? member(parsed.value, 'token') : undefined
  return typeof token === 'string' ? token.replace(/^ST\$/, '') : undefined
}

interface Federation {
  readonly principal: string
  readonly key: KeyObject
  readonly now: () => number
}

function readFederation(answer: TokenAnswer | { readonly failure: TransportFailure }, { principal, key, now }: Federation): TokenResult<OciToken> {
  if ('failure' in answer) return failed(principal, answer.failure.message)
  const object = answer.status === 200 ? jsonObject(answer.body) : undefined
  const token = object === undefined ? undefined : textMember(object, 'token')
  return token === undefined ? failed(principal, `the federation endpoint answered ${answer.status}`) : sessionToken(token, key, now)
}

function sessionToken(value: string, key: KeyObject, now: () => number): TokenResult<OciToken> {
  return { type: 'token', token: { value, key, expiresAt: jwtExpiry(value) ?? now() + DEFAULT_LIFETIME_MS } }
}

function failed(principal: string, detail: string): TokenResult<OciToken> {
  return { type: 'failure', failure: failureOf('NET0215', { principal, detail }, { reason: 'credentialsMissing' }) }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    return undefined
  }
}
