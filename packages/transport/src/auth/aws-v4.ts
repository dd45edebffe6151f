import { createHash, createHmac } from 'node:crypto'
import type { Header, Signable } from './credentials.js'

/** AWS Signature Version 4, header form. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
export interface AwsV4Signing {
  readonly region: string
  readonly service: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly at: number
}

/** Headers that gateways and libraries add or change on the way; signing them would break the signature. */
const UNSIGNED = new Set([
  'authorization', 'user-agent', 'accept-encoding', 'connection', 'expect', 'te', 'transfer-encoding', 'upgrade', 'x-amzn-trace-id', 'proxy-authorization',
])

/** The headers to add: date, token, content hash (S3 wants it) and the authorization. */
export function signAwsV4(request: Signable, signing: AwsV4Signing): readonly Header[] {
  const stamp = `${new Date(signing.at).toISOString().replace(/[-:]|\.\d{3}/g, '')}`
  const bodyHash = sha256Hex(request.body ?? '')
  const added: Header[] = [['x-amz-date', stamp]]
  if (signing.sessionToken !== undefined) added.push(['x-amz-security-token', signing.sessionToken])
  if (isS3(signing.service)) added.push(['x-amz-content-sha256', bodyHash])
  const names = new Set(added.map(([name]) => name))
  const headers = canonicalHeaders([...request.headers.filter(([name]) => !names.has(name)), ...added], request.url.host)
  const signedNames = headers.map(([name]) => name).join(';')
  const canonical = [
    request.method, canonicalPath(request.url.pathname, signing.service), canonicalQuery(request.url.search),
    ...headers.map(([name, value]) => `${name}:${value}`), '', signedNames, bodyHash,
  ].join('\n')
  const scope = `${stamp.slice(0, 8)}/${signing.region}/${signing.service}/aws4_request`
  const signature = createHmac('sha256', signingKey(signing, stamp.slice(0, 8))).update(`AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${sha256Hex(canonical)}`).digest('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${signing.accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`
  return [...added, ['authorization', authorization]]
}

function isS3(service: string): boolean {
  return service === 's3' || service === 's3express' || service === 's3-object-lambda'
}

function signingKey({ secretAccessKey, region, service }: AwsV4Signing, day: string): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>((key, part) => createHmac('sha256', key).update(part).digest(), Buffer.from(`AWS4${secretAccessKey}`))
}

/** Sorted by name, values trimmed with runs of spaces made one, repeated names joined. */
function canonicalHeaders(headers: readonly Header[], host: string): readonly Header[] {
  const byName = new Map<string, string[]>([['host', [host]]])
  for (const [name, value] of headers) {
    if (UNSIGNED.has(name)) continue
    const clean = value.trim().replace(/ +/g, ' ')
    if (name === 'host') byName.set(name, [clean])
    else byName.set(name, [...(byName.get(name) ?? []), clean])
  }
  return [...byName].map(([name, values]) => [name, values.join(',')] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Every service but S3 normalises the path and encodes each segment a second time. */
function canonicalPath(pathname: string, service: string): string {
  if (isS3(service)) return pathname
  const segments = pathname.replace(/\/{2,}/g, '/').split('/')
  return segments.map((segment) => encodeStrictly(segment)).join('/') || '/'
}

function canonicalQuery(search: string): string {
  if (search.length < 2) return ''
  const pairs = search.slice(1).split('&').filter((pair) => pair !== '').map((pair) => {
    const [name = '', ...rest] = pair.split('=')
    return [encodeStrictly(decoded(name)), encodeStrictly(decoded(rest.join('=')))] as const
  })
  return pairs.sort(([a, av], [b, bv]) => (a === b ? (av < bv ? -1 : 1) : a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`).join('&')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986 unreserved characters stay, everything else is percent-encoded in upper case. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
