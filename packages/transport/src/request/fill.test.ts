import { Sealed } from '@oasgen/json'
import type { HttpBody } from '@oasgen/wire'
import { describe, expect, it } from 'vitest'
import { SecretUse } from '../secret-values.js'
import { fillRequest } from './fill.js'
import { writeMultipart } from './multipart.js'

const sealed = new Sealed({ namespace: 'n', name: 's', key: 'k' })
const fill = (body: HttpBody, headers: { name: string; value: string }[] = []) => {
  const secrets = new SecretUse(() => ({ value: 'p&q =é\n', version: '1' }), 'key')
  const filled = fillRequest({ method: 'POST', url: 'https://a.example/', headers, body }, secrets)
  return { text: Buffer.from(filled.body ?? []).toString(), headers: Object.fromEntries(filled.headers), places: Object.keys(secrets.sealed ?? {}), carriesSecrets: filled.carriesSecrets }
}

describe('fillRequest', () => {
  it('writes forms as the URL standard does', () => {
    expect(fill({ type: 'form', contentType: 'application/x-www-form-urlencoded', fields: [{ name: 'a b', value: "x'~*!()" }, { name: 'p', value: ['pre-', sealed] }] }))
      .toEqual({ text: "a+b=x%27%7E*%21%28%29&p=pre-p%26q+%3D%C3%A9", headers: { 'content-type': 'application/x-www-form-urlencoded' }, places: ['body:/p'], carriesSecrets: true })
  })

  it('writes texts, bytes and JSON', () => {
    expect(fill({ type: 'text', contentType: 'text/plain', text: ['a ', sealed] })).toMatchObject({ text: 'a p&q =é', places: ['body:'] })
    expect(fill({ type: 'bytes', contentType: 'application/octet-stream', base64: 'aGk=' })).toMatchObject({ text: 'hi', carriesSecrets: false })
    expect(fill({ type: 'json', contentType: 'application/json', value: sealed })).toMatchObject({ text: '"p&q =é"', places: ['body:'] })
    expect(fill({ type: 'json', contentType: 'application/json', value: { a: { b: [1n, 2] } } })).toMatchObject({ text: '{"a":{"b":[1,2]}}', places: [] })
  })

  it('lets a header win over the type of the body, except for multipart', () => {
    const header = [{ name: 'content-type', value: 'application/vnd.x+json' }]
    expect(fill({ type: 'json', contentType: 'application/json', value: {} }, header).headers).toEqual({ 'content-type': 'application/vnd.x+json' })
    expect(fill({ type: 'multipart', contentType: 'multipart/form-data', parts: [] }, header).headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  })

  it('fills the parts of a multipart body', () => {
    const { text, places } = fill({ type: 'multipart', contentType: 'multipart/form-data', parts: [{ name: 'f', filename: 'a"b.txt', value: [sealed] }, { name: 'j', contentType: 'application/json', value: { json: { x: sealed } } }, { name: 'b', value: { base64: 'aGk=' } }] })
    expect(text).toContain('Content-Disposition: form-data; name="f"; filename="a%22b.txt"\r\nContent-Type: application/octet-stream\r\n\r\np&q =é\r\n')
    expect(text).toContain('name="j"\r\nContent-Type: application/json\r\n\r\n{"x":"p&q =é"}\r\n')
    expect(places).toEqual(['body:/f', 'body:/j/x'])
  })

  it('reports the first thing that is missing and fills nothing in its place', () => {
    const secrets = new SecretUse(() => undefined)
    fillRequest({ method: 'GET', url: ['https://a.example/', sealed], headers: [{ name: 'x', value: [sealed] }] }, secrets)
    expect(secrets.problem).toMatchObject({ code: 'NET0202', message: expect.stringContaining('n/s') })
  })

  it('refuses a JSON secret that is none', () => {
    const secrets = new SecretUse(() => ({ value: 'not json', version: '1' }))
    fillRequest({ method: 'POST', url: 'https://a.example/', headers: [], body: { type: 'json', contentType: 'application/json', value: new Sealed(sealed.reference, 'json') } }, secrets)
    expect(secrets.problem).toMatchObject({ code: 'NET0204' })
    expect(JSON.stringify(secrets.problem)).not.toContain('not json')
  })
})

describe('writeMultipart', () => {
  it('is what RFC 7578 shows', () => {
    const { contentType, bytes } = writeMultipart('multipart/form-data', [{ name: 'field', bytes: Buffer.from('value') }], 'AaB03x')
    expect(contentType).toBe('multipart/form-data; boundary=AaB03x')
    expect(Buffer.from(bytes).toString()).toBe('--AaB03x\r\nContent-Disposition: form-data; name="field"\r\n\r\nvalue\r\n--AaB03x--\r\n')
  })
})
