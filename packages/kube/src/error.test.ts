import { describe, expect, it } from 'vitest'
import { errorOfAnswer, isTransient, kindOf, type KubeErrorKind } from './error.js'

const attempt = { verb: 'create', about: 'ConfigMap n/a' }

describe('kinds of failure', () => {
  it.each<{ code: number; reason: string; kind: KubeErrorKind; why: string }>([
    { code: 409, reason: 'AlreadyExists', kind: 'alreadyExists', why: 'the reason refines the status' },
    { code: 409, reason: 'Conflict', kind: 'conflict', why: 'the object changed meanwhile' },
    { code: 409, reason: '', kind: 'conflict', why: 'a proxy may drop the body' },
    { code: 410, reason: 'Expired', kind: 'gone', why: 'the history is too short' },
    { code: 404, reason: 'NotFound', kind: 'notFound', why: 'object or kind is not there' },
    { code: 422, reason: 'Invalid', kind: 'invalid', why: 'a person must correct it' },
    { code: 413, reason: 'RequestEntityTooLarge', kind: 'tooLarge', why: 'less must be sent' },
    { code: 429, reason: 'TooManyRequests', kind: 'throttled', why: 'nothing was done' },
    { code: 503, reason: 'ServiceUnavailable', kind: 'server', why: 'wait' },
    { code: 500, reason: 'NotFound', kind: 'server', why: 'an answer of 500 says nothing about the object, whatever its reason' },
    { code: 504, reason: 'Timeout', kind: 'server', why: 'wait' },
    { code: 302, reason: '', kind: 'protocol', why: 'API servers do not redirect' },
    { code: 418, reason: '', kind: 'invalid', why: 'an unknown refusal is about the request' },
  ])('$code $reason is $kind: $why', (row) => {
    expect(kindOf(row.code, row.reason)).toBe(row.kind)
  })

  it('reads causes, message and pause of a Status', () => {
    const error = errorOfAnswer(attempt, {
      code: 422, retryAfter: undefined, text: '',
      body: {
        kind: 'Status', reason: 'Invalid', message: 'spec.size: Invalid value',
        details: { retryAfterSeconds: 3, causes: [{ field: 'spec.size', reason: 'FieldValueInvalid', message: 'Invalid value' }] },
      },
    })
    expect(error).toMatchObject({
      kind: 'invalid', code: 422, sent: 'answered', retryAfterMs: 3000,
      causes: [{ field: 'spec.size', reason: 'FieldValueInvalid', message: 'Invalid value' }],
    })
    expect(error.finding).toMatchObject({ code: 'KUB0107', message: 'cannot create ConfigMap n/a: the API server finds it invalid (spec.size: Invalid value)' })
  })

  it('bounds what a strange server says', () => {
    const error = errorOfAnswer(attempt, { code: 502, retryAfter: '120', body: undefined, text: 'x'.repeat(100_000) })
    expect(error.message.length).toBeLessThan(2100)
    expect(error.retryAfterMs).toBe(120_000)
    expect(isTransient(error)).toBe(true)
  })
})
