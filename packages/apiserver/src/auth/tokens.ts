import { createHmac, timingSafeEqual } from 'node:crypto'
import type { TokenIssuer } from '../api/plane.js'
import { text, uidOf } from '../object.js'
import type { User } from '../request.js'
import type { StoreView } from '../store/types.js'

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

interface Claims {
  readonly iss: string
  readonly sub: string
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly nbf: number
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly serviceaccount: { readonly name: string; readonly uid: string }
    readonly [bound: string]: unknown
  }
}

/** ServiceAccount tokens: JWTs that die with their account, signed with a key that never leaves the data folder. */
export function tokenIssuer(key: Uint8Array): TokenIssuer {
  return {
    audience: ISSUER,
    issue: (request) => {
      const seconds = Math.floor(request.at / 1000)
      const bound = request.bound ? { [text(request.bound, 'kind').toLowerCase()]: { name: text(request.bound, 'name'), uid: text(request.bound, 'uid') } } : {}
      const claims: Claims = {
        iss: ISSUER, sub: `system:serviceaccount:${request.namespace}:${request.name}`, aud: request.audiences,
        exp: seconds + request.seconds, iat: seconds, nbf: seconds,
        'kubernetes.io': { namespace: request.namespace, serviceaccount: { name: request.name, uid: request.uid }, ...bound },
      }
      return signed(key, claims)
    },
    verify: (token, at, view) => {
      const claims = readClaims(key, token)
      return claims && userOf(claims, at, view)
    },
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(key: Uint8Array, claims: Claims): string {
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`
}

function readClaims(key: Uint8Array, token: string): Claims | undefined {
  const [header = '', body = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || signature === '') return undefined
  const wanted = createHmac('sha256', key).update(`${header}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims
}

function userOf(claims: Claims, at: number, view: StoreView): User | undefined {
  const { namespace, serviceaccount } = claims['kubernetes.io']
  const account = view.get('serviceaccounts', `${namespace}/${serviceaccount.name}`)
  const seconds = at / 1000
  if (claims.exp <= seconds || !claims.aud.includes(ISSUER) || !account || uidOf(account.object) !== serviceaccount.uid) return undefined
  return serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid)
}

export function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`, uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

