import { describe, expect, it } from 'vitest'
import type { JsonValue } from '@oasgen/json'
import { readDiscovery, typeOf } from './discovery.js'
import { errorOfAnswer } from './error.js'
import type { KubeRequest } from './request.js'

const REPO = { group: 'git.example.org', version: 'v1', plural: 'repoes', kind: 'Repo', namespaced: true, singular: 'repo', subresources: ['status'] }

const aggregated: Record<string, JsonValue> = {
  '/api': { kind: 'APIGroupDiscoveryList', items: [{ metadata: {}, versions: [{ version: 'v1', resources: [{ resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced', verbs: ['get'], shortNames: ['po'] }] }] }] },
  '/apis': { kind: 'APIGroupDiscoveryList', items: [
    { metadata: { name: 'git.example.org' }, versions: [{ version: 'v1', resources: [
      { resource: 'repoes', responseKind: { kind: 'Repo' }, scope: 'Namespaced', singularResource: 'repo', verbs: ['get', 'list'], subresources: [{ subresource: 'status' }] },
    ] }] },
    { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale', resources: [] }] },
  ] },
}

const classic: Record<string, JsonValue> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1': { resources: [{ name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get'], shortNames: ['po'] }, { name: 'pods/log', kind: 'Pod' }] },
  '/apis': { kind: 'APIGroupList', groups: [
    { name: 'git.example.org', versions: [{ groupVersion: 'git.example.org/v1alpha1' }, { groupVersion: 'git.example.org/v1' }], preferredVersion: { groupVersion: 'git.example.org/v1' } },
    { name: 'metrics.k8s.io', versions: [{ groupVersion: 'metrics.k8s.io/v1beta1' }] },
  ] },
  '/apis/git.example.org/v1': { resources: [{ name: 'repoes', kind: 'Repo', singularName: 'repo', namespaced: true, verbs: ['get', 'list'] }, { name: 'repoes/status', kind: 'Repo' }] },
  '/apis/git.example.org/v1alpha1': { resources: [{ name: 'repoes', kind: 'Repo', singularName: 'repo', namespaced: true, verbs: ['get'] }] },
}

const ask = (answers: Record<string, JsonValue>) => (request: KubeRequest) => {
  const value = answers[request.path]
  return Promise.resolve(value === undefined
    ? { ok: false as const, error: errorOfAnswer(request.attempt, { code: 503, retryAfter: undefined, body: undefined, text: '' }) }
    : { ok: true as const, value })
}

describe('discovery', () => {
  it.each([
    { name: 'aggregated', reason: 'two requests', answers: aggregated, stale: ['metrics.k8s.io/v1beta1'] },
    { name: 'classic', reason: 'servers before 1.27, and small ones; an aggregated API that is down hides nothing else', answers: classic, stale: ['metrics.k8s.io/v1beta1'] },
  ])('$name: $reason', async (row) => {
    const discovery = await readDiscovery(ask(row.answers))
    if (!discovery.ok) throw new Error(discovery.error.message)
    expect(typeOf(discovery.value, { group: 'git.example.org', kind: 'Repo' })).toMatchObject(REPO)
    expect(typeOf(discovery.value, { group: '', kind: 'Pod' })).toMatchObject({ shortNames: ['po'] })
    expect(discovery.value.stale).toEqual(row.stale)
  })

  it('fails as a whole when the server cannot be asked', async () => {
    expect((await readDiscovery(ask({}))).ok).toBe(false)
  })
})
