import { describe, expect, it } from 'vitest'
import { readSourceUri } from './index.js'

const digest = `sha256:${'a'.repeat(64)}`

describe('readSourceUri', () => {
  it.each([
    { reason: 'the usual one', given: 'configmap://ns/name/openapi.yaml', want: { kind: 'configMap', namespace: 'ns', name: 'name', key: 'openapi.yaml' } },
    { reason: 'the scheme has no case', given: 'ConfigMap://ns/name/k', want: { kind: 'configMap', uri: 'configmap://ns/name/k' } },
    { reason: 'same form', given: 'secret://ns/a.b/key', want: { kind: 'secret', namespace: 'ns', name: 'a.b', key: 'key' } },
    { reason: 'the reference takes plain http in clusters', given: 'http://svc.ns.svc:8080/openapi', want: { kind: 'http', url: 'http://svc.ns.svc:8080/openapi' } },
    { reason: 'a query is part of the address, a fragment is not', given: 'https://H.example/a?b=c#d', want: { kind: 'http', url: 'https://h.example/a?b=c' } },
    { reason: 'a host alone has the path /', given: 'https://h', want: { kind: 'http', url: 'https://h/' } },
    { reason: 'IPv6', given: 'http://[::1]:8080/x', want: { kind: 'http', url: 'http://[::1]:8080/x' } },
    { reason: 'tag', given: 'oci://ghcr.io/org/docs/api:1.2', want: { kind: 'oci', registry: 'ghcr.io', repository: 'org/docs/api', tag: '1.2' } },
    { reason: 'port, digest and file', given: `oci://localhost:5000/api@${digest}#specs/a.yaml`, want: { kind: 'oci', registry: 'localhost:5000', repository: 'api', digest, file: 'specs/a.yaml' } },
    { reason: 'no tag means latest', given: 'oci://ghcr.io/api', want: { kind: 'oci', tag: 'latest' } },
    { reason: 'tag and digest together', given: `oci://r.io/a:v1@${digest}`, want: { kind: 'oci', tag: 'v1', digest } },
    { reason: 'ref', given: 'github://o/r/path/to/file.yaml@v1.0', want: { kind: 'github', host: 'github.com', owner: 'o', repository: 'r', path: 'path/to/file.yaml', ref: 'v1.0' } },
    { reason: 'branches hold slashes', given: 'github://o/r/f.json@feature/x', want: { ref: 'feature/x', path: 'f.json' } },
    { reason: 'without ref the default branch', given: 'github://o/r/f.json', want: { kind: 'github', path: 'f.json' } },
    { reason: 'enterprise server', given: 'github://ghe.example.com/o/r/f.json@main', want: { host: 'ghe.example.com', owner: 'o', repository: 'r', path: 'f.json' } },
    { reason: 'a plain path is a file', given: './openapi.yaml', want: { kind: 'file', path: './openapi.yaml' } },
    { reason: 'absolute path of the reference', given: '/some/file', want: { kind: 'file', path: '/some/file' } },
    { reason: 'file URI', given: 'file:///tmp/a%20b.yaml', want: { kind: 'file', path: '/tmp/a b.yaml' } },
    { reason: 'what people write for a file beside them', given: 'file://openapi.yaml', want: { kind: 'file', path: 'openapi.yaml' } },
    { reason: 'a drive letter is no scheme', given: 'C:\\docs\\a.yaml', want: { kind: 'file', path: 'C:\\docs\\a.yaml' } },
  ])('reads $given: $reason', ({ given, want }) => {
    const { value, findings } = readSourceUri(given)
    expect(findings).toEqual([])
    expect(value).toMatchObject(want)
    expect(readSourceUri(value!.uri).value?.uri).toBe(value!.uri)
  })

  it.each([
    { given: '  ', code: 'OAS0101', text: 'empty', reason: 'nothing there' },
    { given: 'configmaps://ns/name/key', code: 'OAS0102', text: 'did you mean `configmap://`', reason: 'a slip in the scheme' },
    { given: 'https:/h/x', code: 'OAS0102', text: 'did you mean `https://…`', reason: 'one slash' },
    { given: 'api.example.com/openapi.json', code: 'OAS0102', text: 'did you mean `https://api.example.com/openapi.json`', reason: 'a host without scheme' },
    { given: 's3://bucket/key', code: 'OAS0102', text: 'no known kind', reason: 'another world' },
    { given: 'configmap://ns/name', code: 'OAS0103', text: '2 of 3 parts', reason: 'the key is missing' },
    { given: 'configmap://ns/name/a/b.yaml', code: 'OAS0103', text: 'invalid configmap source', reason: 'the reference refuses it in these words' },
    { given: 'configmap://Name_Space/name/k', code: 'OAS0103', text: 'namespace', reason: 'no name of a namespace' },
    { given: 'secret://ns//key', code: 'OAS0103', text: 'empty', reason: 'an empty part' },
    { given: 'https://user:pw@h/x', code: 'OAS0104', text: 'password', reason: 'a secret in the definition' },
    { given: 'https:///x', code: 'OAS0103', text: 'no host', reason: 'no host' },
    { given: 'https://h:99999/x', code: 'OAS0103', text: 'no port', reason: 'the port is too large' },
    { given: 'https://h/a b', code: 'OAS0103', text: '%20', reason: 'a space' },
    { given: 'oci://ghcr.io', code: 'OAS0103', text: 'no repository', reason: 'registry alone' },
    { given: 'oci://ghcr.io/Org/api:1', code: 'OAS0103', text: 'lower-case', reason: 'registries refuse upper case' },
    { given: 'oci://ghcr.io/api@sha256:12', code: 'OAS0103', text: '64 hexadecimal', reason: 'a digest that was cut' },
    { given: 'github://o/r', code: 'OAS0103', text: 'no path', reason: 'repository alone' },
    { given: 'github://o/r/../x', code: 'OAS0103', text: 'out of the repository', reason: 'no way out' },
    { given: 'github://o/r/x@', code: 'OAS0103', text: 'empty', reason: 'a ref that is none' },
  ])('refuses $given: $reason', ({ given, code, text }) => {
    const { value, findings } = readSourceUri(given)
    expect(value).toBeUndefined()
    expect(findings.map((finding) => finding.code)).toEqual([code])
    expect(findings[0]?.message).toContain(text)
    expect(findings[0]?.message).not.toContain('pw')
  })
})
