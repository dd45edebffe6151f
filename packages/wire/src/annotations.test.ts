import { equalJson, objectFrom, type JsonObject } from '@oasgen/json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  headerOf, mediaTypeOf, printExternalName, readCreateAttempt, readCreateResolved, readExternalName, requestHeader, withHeader,
} from './index.js'

describe('external name', () => {
  const rows: readonly { fields: JsonObject; want: string | undefined; reason: string }[] = [
    { fields: { id: 'abc' }, want: 'abc', reason: 'one text' },
    { fields: { id: 9007199254740993n }, want: '9007199254740993', reason: 'one number, exact' },
    { fields: { id: '{1234-5678}' }, want: '{1234-5678}', reason: 'braces alone make no object' },
    { fields: { id: '{"a":1}' }, want: '{"id":"{\\"a\\":1}"}', reason: 'a text that looks like an object is written as one' },
    { fields: { id: ' x ' }, want: '{"id":" x "}', reason: 'blanks at the ends would be lost' },
    { fields: { id: '' }, want: '{"id":""}', reason: 'the empty text would mean: no name yet' },
    { fields: { 'meta.id': 1, owner: 'ann' }, want: '{"meta.id":1,"owner":"ann"}', reason: 'several, by status path' },
    { fields: {}, want: undefined, reason: 'none' },
  ]
  it.each(rows)('$fields: $reason', ({ fields, want }) => expect(printExternalName(fields)).toBe(want))

  it('is absent when blank', () => {
    expect(readExternalName(undefined)).toBeUndefined()
    expect(readExternalName('  ')).toBeUndefined()
  })

  it('what was printed reads back', () => {
    const fields = fc.array(fc.tuple(fc.string(), fc.oneof(fc.string(), fc.bigInt(), fc.boolean())), { minLength: 1, maxLength: 3 })
    fc.assert(fc.property(fields.map(objectFrom), (given) => {
      const back = readExternalName(printExternalName(given))
      if (back?.type === 'fields') expect(equalJson(back.fields, given)).toBe(true)
      else expect(back?.text).toBe(String(Object.values(given)[0] as string | bigint))
    }))
  })
})

describe('the answer to an unknown create', () => {
  const rows: readonly { text: string | undefined; want: unknown; reason: string }[] = [
    { text: undefined, want: undefined, reason: 'no answer yet' },
    { text: '', want: undefined, reason: 'blank is no answer' },
    { text: 'none', want: { type: 'none' }, reason: 'it was not made' },
    { text: ' created=42 ', want: { type: 'created', name: { type: 'bare', text: '42' } }, reason: 'it was made' },
    { text: 'created={"id":4,"owner":"a"}', want: { type: 'created', name: { type: 'fields', fields: { id: 4, owner: 'a' } } }, reason: 'with several values' },
    { text: 'created=', want: { type: 'malformed', problem: 'expected the id of the object behind `created=`' }, reason: 'without an id' },
    { text: 'yes', want: { type: 'malformed', problem: 'expected `created=<id>` or `none`' }, reason: 'another word' },
  ]
  it.each(rows)('$text: $reason', ({ text, want }) => expect(readCreateResolved(text)).toEqual(want))
})

describe('the attempt', () => {
  it.each([[undefined, 0], ['', 0], ['3', 3], ['x', undefined], ['-1', undefined], ['1.5', undefined]] as const)('%s is %s', (text, want) => {
    expect(readCreateAttempt(text)).toBe(want)
  })
})

describe('headers', () => {
  it('are found by any case, own ones only', () => {
    expect(headerOf({ etag: 'x' }, 'ETag')).toBe('x')
    expect(headerOf({}, 'constructor')).toBeUndefined()
    expect(mediaTypeOf({ 'content-type': 'Application/JSON; charset=utf-8' })).toBe('application/json')
    expect(mediaTypeOf({})).toBe('')
  })

  it('stand once in a request', () => {
    const headers = [{ name: 'Accept', value: 'a' }, { name: 'x', value: 'y' }, { name: 'accept', value: 'b' }]
    expect(requestHeader(headers, 'accept')).toBe('a')
    expect(withHeader(headers, 'ACCEPT', 'c')).toEqual([{ name: 'accept', value: 'c' }, { name: 'x', value: 'y' }])
    expect(withHeader([], 'If-Match', '1')).toEqual([{ name: 'if-match', value: '1' }])
  })
})
