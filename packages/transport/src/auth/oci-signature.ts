import { createHash, sign, type KeyObject } from 'node:crypto'
import type { Header, Signable } from './credentials.js'

/** Oracle's request signing: draft-cavage HTTP signatures, `rsa-sha256`. https://docs.oracle.com/iaas/Content/API/Concepts/signingrequests.htm */
export interface OciSigning {
  /** `<tenancy>/<user>/<fingerprint>`, or `ST$<token>`. */
  readonly keyId: string
  readonly key: KeyObject
  readonly at: number
  /** The federation endpoint signs without `host`. */
  readonly without?: 'host'
}

export function signOci(request: Signable, { keyId, key, at, without }: OciSigning): readonly Header[] {
  const date = request.headers.find(([name]) => name === 'date')?.[1] ?? new Date(at).toUTCString()
  const added: Header[] = [['date', date]]
  const values = new Map<string, string>([['date', date], ['(request-target)', `${request.method.toLowerCase()} ${request.url.pathname}${request.url.search}`]])
  if (without !== 'host') values.set('host', hostOf(request))
  if (carriesBody(request.method)) {
    const body = bodyHeaders(request)
    added.push(...body)
    for (const [name, value] of body) values.set(name, value)
  }
  for (const [name, value] of request.headers) if (name === 'opc-obo-token') values.set(name, value)
  const text = [...values].map(([name, value]) => `${name}: ${value.trim()}`).join('\n')
  const signature = sign('sha256', Buffer.from(text), key).toString('base64')
  const names = [...values.keys()].join(' ')
  return [...added, ['authorization', `Signature version="1",headers="${names}",keyId="${keyId}",algorithm="rsa-sha256",signature="${signature}"`]]
}

function hostOf(request: Signable): string {
  return request.headers.find(([name]) => name === 'host')?.[1] ?? request.url.host
}

function carriesBody(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH'
}

/** An action without a body is signed with the hash of nothing and the length 0. */
function bodyHeaders(request: Signable): readonly Header[] {
  const body = request.body ?? new Uint8Array()
  const type = request.headers.find(([name]) => name === 'content-type')?.[1] ?? 'application/json'
  return [
    ['content-length', String(body.length)],
    ['content-type', type],
    ['x-content-sha256', createHash('sha256').update(body).digest('base64')],
  ]
}
