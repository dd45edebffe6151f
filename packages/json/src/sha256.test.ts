import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hmacSha256, sha256 } from './index.js'

describe('sha256', () => {
  const rows: readonly { input: string; want: string; reason: string }[] = [
    { input: '', want: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', reason: 'the empty text' },
    { input: 'abc', want: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', reason: 'FIPS 180-4, one block' },
    {
      input: 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      want: '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1', reason: 'FIPS 180-4, two blocks',
    },
  ]
  it.each(rows)('$reason', ({ input, want }) => expect(sha256(input)).toBe(want))

  it('equals the platform for every length around the block borders', () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff)
      expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  it('equals the platform for any text, lone surrogates included', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
    }))
    expect(sha256('\ud800')).toBe(sha256('\ufffd'))
  })

  it('hmac equals the platform for short and long keys', () => {
    fc.assert(fc.property(fc.string({ maxLength: 150 }), fc.string(), (key, text) => {
      expect(hmacSha256(key, text)).toBe(createHmac('sha256', key).update(text, 'utf8').digest('hex'))
    }))
  })
})
