import { Sealed, writeJson } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { duration, exchangeLine, isSecretName, maskedExchange, maskedUrl, placeUrl, type Exchange, type ExchangeResult } from './index.js'

const leaf = new Sealed({ namespace: 'default', name: 'db', key: 'password' })

describe('isSecretName', () => {
  const secret = ['Authorization', 'x-api-key', 'X-Auth-Token', 'apikey', 'api_key', 'accessToken', 'password', 'userPassword', 'client_secret',
    'clientSecret', 'Cookie', 'set-cookie', 'sig', 'X-Amz-Signature', 'privateKey', 'db.password', 'PRIVATE-TOKEN', 'passphrase']
  const harmless = ['name', 'id', 'author', 'keyword', 'monkey', 'key', 'pageToken', 'next_token', 'continuationToken', 'idempotency-key',
    'Idempotency-Key', 'publicKey', 'public_key', 'content-type', 'tokens_used', 'secretName', 'design', 'signed', 'x-request-id']
  it.each(secret)('%s is masked', (name) => expect(isSecretName(name)).toBe(true))
  it.each(harmless)('%s is shown', (name) => expect(isSecretName(name)).toBe(false))
})

describe('maskedUrl', () => {
  const rows: readonly { url: string | readonly (string | Sealed)[]; want: string; reason: string }[] = [
    { url: 'https://api.example.com/v1/books?page=2#top', want: 'https://api.example.com/v1/books?page=2', reason: 'nothing secret' },
    { url: 'https://me:pw@api.example.com/x', want: 'https://••••@api.example.com/x', reason: 'user information' },
    { url: 'https://a/x?api_key=1&b=2&access%5Ftoken=3', want: 'https://a/x?api_key=••••&b=2&access%5Ftoken=••••', reason: 'secret parameters' },
    { url: 'https://a/x?token', want: 'https://a/x?token', reason: 'a parameter without a value' },
    { url: ['https://a/', leaf, '/y?q=', leaf], want: 'https://a/••••/y?q=••••', reason: 'sealed parts' },
    { url: 'https://a/x?mail=a@b', want: 'https://a/x?mail=a@b', reason: 'an at sign in the query is no user' },
    { url: 'https://a/x?%zz=1', want: 'https://a/x?%zz=1', reason: 'a broken escape' },
  ]
  it.each(rows)('$want: $reason', ({ url, want }) => expect(maskedUrl(url)).toBe(want))

  it('names a place without its query', () => expect(placeUrl('https://u:p@a/x?y=1')).toBe('https://••••@a/x'))
})

function exchange(result: ExchangeResult): Exchange {
  return {
    purpose: { action: 'create', call: 'main', why: 'create' }, at: 0, tookMs: 3.4, result, sealed: { 'body:/password': 'abc' },
    request: {
      method: 'POST', url: ['https://api.example.com/v1/users/', leaf, '?token=t0p'],
      headers: [{ name: 'authorization', value: 'Bearer t0p' }, { name: 'accept', value: 'application/json' }, { name: 'x-id', value: ['a', leaf] }],
      body: { type: 'json', contentType: 'application/json', value: { name: 'ann', password: 't0p', nested: [{ token: 't0p', left: leaf }], secret: null } },
    },
  }
}

const response: ExchangeResult = {
  type: 'response',
  response: {
    status: 201,
    headers: { 'x-auth-token': 't0p', location: 'https://a/b?sig=t0p', server: 'x' },
    body: { type: 'json', value: { id: 12345678901234567890n, apiKey: 't0p', credentials: { user: 'ann', password: 't0p' }, tokens: { count: 3 } } },
  },
}

describe('maskedExchange', () => {
  it('shows everything but secrets', () => {
    const masked = maskedExchange(exchange(response))
    const text = writeJson(masked as never)
    expect(text).not.toContain('t0p')
    expect(masked.sealed).toBeUndefined()
    expect(masked.request.headers).toEqual([
      { name: 'authorization', value: '••••' }, { name: 'accept', value: 'application/json' }, { name: 'x-id', value: 'a••••' },
    ])
    expect(masked.result).toMatchObject({ response: { status: 201, headers: { server: 'x' }, body: { value: { id: 12345678901234567890n, credentials: { user: 'ann' } } } } })
  })

  it('masks forms, parts and texts too', () => {
    const bodies: readonly NonNullable<Exchange['request']['body']>[] = [
      { type: 'form', contentType: 'x', fields: [{ name: 'password', value: 't0p' }, { name: 'a', value: [leaf] }] },
      { type: 'multipart', contentType: 'x', parts: [{ name: 'token', value: 't0p' }, { name: 'j', value: { json: { secret: 't0p' } } }, { name: 'b', value: [leaf] }] },
      { type: 'text', contentType: 'x', text: ['a', leaf] },
    ]
    for (const body of bodies) {
      const plain = exchange(response)
      const text = JSON.stringify(maskedExchange({ ...plain, request: { ...plain.request, body } }).request)
      expect(text).not.toContain('t0p')
      expect(text).not.toContain('reference')
    }
  })
})

describe('exchangeLine', () => {
  it('tells a response', () => expect(exchangeLine(exchange(response))).toBe('POST /v1/users/••••?token=•••• → 201 in 3 ms'))

  it('tells a failure and whether anything was sent', () => {
    const failure = { reason: 'connect', sent: 'nothing', message: 'connection refused', code: 'NET0001' } as const
    expect(exchangeLine(exchange({ type: 'failure', failure }))).toBe('POST /v1/users/••••?token=•••• → no answer (connection refused) after 3 ms, nothing was sent')
  })

  it.each([[0, '0 ms'], [999, '999 ms'], [999.6, '1.0 s'], [1234, '1.2 s'], [59_999, '1 min'], [125_000, '2 min 5 s']] as const)('%d ms is %s', (ms, want) => {
    expect(duration(ms)).toBe(want)
  })
})
