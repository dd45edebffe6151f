import { readJson } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { createMask } from './mask.js'

const masked = (secrets: readonly string[], raw: string) => {
  const read = readJson(raw)
  return read.ok ? createMask(new Set(secrets)).json(read.value, raw) : 'malformed'
}

describe('createMask', () => {
  const rows: readonly { secrets: readonly string[]; raw: string; want: unknown; reason: string }[] = [
    { secrets: ['long-enough-secret'], raw: '{"a":"x long-enough-secret y"}', want: { a: 'x •••• y' }, reason: 'in the middle of a text' },
    { secrets: ['long-enough-secret'], raw: '{"long-enough-secret":1}', want: { '••••': 1 }, reason: 'as a name' },
    { secrets: ['long-enough-secret'], raw: '["\\u006cong-enough-secret"]', want: ['••••'], reason: 'in another spelling' },
    { secrets: ['slash/in/secret'], raw: '["slash\\/in\\/secret"]', want: ['••••'], reason: 'with escaped slashes' },
    { secrets: ['a b c d e f'], raw: '["https://x/?k=a%20b%20c%20d%20e%20f"]', want: ['https://x/?k=••••'], reason: 'percent-encoded' },
    { secrets: ['12345678'], raw: '{"id":12345678,"other":123456789}', want: { id: '••••', other: 123456789 }, reason: 'as a number' },
    { secrets: ['secret-one', 'secret-one-and-more'], raw: '["secret-one-and-more"]', want: ['••••'], reason: 'the longer one first' },
    { secrets: ['admin'], raw: '{"user":"admin","password":"admin","role":"administrator"}', want: { user: 'admin', password: '••••', role: 'administrator' }, reason: 'a short one would damage names' },
    { secrets: ['other-secret-text'], raw: '{"a":{"b":["c"]}}', want: { a: { b: ['c'] } }, reason: 'nothing to do' },
  ]
  it.each(rows)('$reason', ({ secrets, raw, want }) => expect(masked(secrets, raw)).toEqual(want))
})
