import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../failure.js'
import { compareVersions } from '../registry/custom.js'
import { expand } from '../controllers/workload.js'
import { duplicateFields } from './duplicates.js'
import { negotiate } from './negotiate.js'
import { readResourcePath } from './router.js'
import { matchesLabels, readLabelSelector } from './selectors.js'
import type { ApiRequest } from '../request.js'

describe('duplicate fields', () => {
  it.each([
    { reason: 'none', text: '{"a":1,"b":{"a":1}}', want: [] }, { reason: 'at the top', text: '{"a":1,"a":2}', want: ['a'] },
    { reason: 'in lists', text: '{"l":[{"a":1,"a":2},{"a":1}]}', want: ['l[0].a'] }, { reason: 'escaped alike', text: '{"a":1,"\\u0061":2}', want: ['a'] },
    { reason: 'quotes and braces in texts', text: '{"a":"}\\"{","b":"\\\\","b":1}', want: ['b'] },
  ])('$reason', ({ text, want }) => {
    expect(duplicateFields(text)).toEqual(want)
  })

  it('finds none in what a printer wrote', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => { expect(duplicateFields(JSON.stringify(JSON.parse(text)))).toEqual([]) }))
  })
})

describe('paths', () => {
  it.each([
    { path: '/api/v1/pods', want: { group: '', version: 'v1', namespace: '', resource: 'pods', name: '' } },
    { path: '/api/v1/namespaces/a/pods/b/log', want: { namespace: 'a', resource: 'pods', name: 'b', subresource: 'log' } },
    { path: '/api/v1/namespaces/a', want: { namespace: '', resource: 'namespaces', name: 'a' } },
    { path: '/api/v1/namespaces/a/status', want: { namespace: '', resource: 'namespaces', name: 'a', subresource: 'status' } },
    { path: '/apis/g/v1/things/', want: { group: 'g', resource: 'things', name: '' } },
    { path: '/apis/g/v1/watch/namespaces/a/things/b', want: { namespace: 'a', resource: 'things', name: 'b', watch: true } },
    { path: '/apis/g/v1', want: undefined }, { path: '/healthz', want: undefined },
  ])('$path', ({ path, want }) => {
    const read = readResourcePath(path.split('/').slice(1))
    if (want === undefined) expect(read).toBeUndefined()
    else expect(read).toMatchObject(want)
  })
})

describe('label selectors', () => {
  it('never break, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      const read = readLabelSelector(text)
      if (!(read instanceof Failure)) matchesLabels(read, { a: 'b' })
    }))
  })
})

describe('the form of an answer', () => {
  const asked = (accept: string): ReturnType<typeof negotiate> => negotiate({ headers: { accept }, query: new Map(), path: '/' } as unknown as ApiRequest, 'object')
  it.each([
    { reason: 'kubectl asks for tables first', accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json', want: { as: 'Table', format: 'json' } },
    { reason: 'what is not known is passed over', accept: 'application/json;as=Table;v=v9;g=meta.k8s.io,application/json', want: { as: 'object' } },
    { reason: 'quality decides', accept: 'application/json;q=0.1,application/yaml', want: { format: 'yaml' } },
    { reason: 'protobuf falls back to JSON', accept: 'application/vnd.kubernetes.protobuf', want: { format: 'json' } },
  ])('$reason', ({ accept, want }) => {
    expect(asked(accept)).toMatchObject(want)
  })
  it('is refused when there is none', () => {
    expect(asked('text/html')).toMatchObject({ code: 406 })
  })
})

it('versions are ordered as Kubernetes does', () => {
  expect(['v1alpha1', 'foo', 'v2', 'v10', 'v1beta2', 'v1', 'v1beta10', 'bar'].sort(compareVersions)).toEqual(['v10', 'v2', 'v1', 'v1beta10', 'v1beta2', 'v1alpha1', 'bar', 'foo'])
})

it.each([
  { reason: 'a variable', text: '--x=$(A)', want: '--x=1' }, { reason: 'an unknown one stays', text: '$(B)', want: '$(B)' }, { reason: 'an escape', text: '$$(A) $$', want: '$(A) $' },
])('expands $reason', ({ text, want }) => {
  expect(expand(text, { A: '1' })).toBe(want)
})
