import { describe, expect, it } from 'vitest'
import { joinUri, resolveUri, splitUri } from './uri.js'

const BASE = 'http://a/b/c/d;p?q'

/** RFC 3986, section 5.4, with the abnormal ones. */
const RFC: readonly (readonly [string, string])[] = [
  ['g:h', 'g:h'], ['g', 'http://a/b/c/g'], ['./g', 'http://a/b/c/g'], ['g/', 'http://a/b/c/g/'], ['/g', 'http://a/g'], ['//g', 'http://g'],
  ['?y', 'http://a/b/c/d;p?y'], ['g?y', 'http://a/b/c/g?y'], ['#s', 'http://a/b/c/d;p?q#s'], ['g#s', 'http://a/b/c/g#s'], ['g?y#s', 'http://a/b/c/g?y#s'],
  [';x', 'http://a/b/c/;x'], ['', 'http://a/b/c/d;p?q'], ['.', 'http://a/b/c/'], ['./', 'http://a/b/c/'], ['..', 'http://a/b/'], ['../', 'http://a/b/'],
  ['../g', 'http://a/b/g'], ['../..', 'http://a/'], ['../../g', 'http://a/g'], ['../../../g', 'http://a/g'], ['/./g', 'http://a/g'], ['/../g', 'http://a/g'],
  ['g.', 'http://a/b/c/g.'], ['..g', 'http://a/b/c/..g'], ['./../g', 'http://a/b/g'], ['./g/.', 'http://a/b/c/g/'], ['g/../h', 'http://a/b/c/h'],
  ['g?y/../x', 'http://a/b/c/g?y/../x'],
]

describe('resolveUri', () => {
  it.each(RFC)('resolves %j as the RFC does', (reference, want) => {
    expect(resolveUri(BASE, reference)).toBe(want)
  })

  it.each([
    { reason: 'files of a ConfigMap are its keys', base: 'configmap://ns/name/openapi.yaml', reference: './common.yaml', want: 'configmap://ns/name/common.yaml' },
    { reason: 'no way out of it', base: 'configmap://ns/name/openapi.yaml', reference: '../../../x', want: 'configmap://ns/x' },
    { reason: 'files in a repository', base: 'github://o/r/api/openapi.yaml', reference: '../shared/a.yaml', want: 'github://o/r/shared/a.yaml' },
    { reason: 'a base without scheme', base: 'specs/openapi.yaml', reference: 'common.yaml', want: 'specs/common.yaml' },
    { reason: 'out of a relative base', base: 'specs/openapi.yaml', reference: '../../x.yaml', want: '../x.yaml' },
    { reason: 'an empty path below a host', base: 'http://a', reference: 'x', want: 'http://a/x' },
    { reason: 'a file of Windows', base: 'file:///C:/docs/a.yaml', reference: 'b.yaml', want: 'file:///C:/docs/b.yaml' },
  ])('$reason', ({ base, reference, want }) => {
    expect(resolveUri(base, reference)).toBe(want)
  })

  it.each(['http://h:80/p?q#f', 'configmap://a/b/c', 'urn:x:y', '/p', '?q', '#', '', 'a b'])('joins %j again', (text) => {
    expect(joinUri(splitUri(text))).toBe(text)
  })
})
