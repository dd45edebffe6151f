import { describe, expect, it } from 'vitest'
import type { ResourceType } from './object.js'
import {
  buildAccessReview, buildCreate, buildDelete, buildDeleteCollection, buildGet, buildList, buildPatch, buildUpdate, buildWatch, named, type KubeRequest,
} from './request.js'
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS } from './well-known.js'

const REPOS: ResourceType = { group: 'git.example.org', version: 'v1alpha1', plural: 'repoes', kind: 'Repo', namespaced: true }
const ref = { namespace: 'team a', name: 'x' }

describe('requests as values', () => {
  it.each<{ name: string; reason: string; given: KubeRequest; line: string; body?: unknown }>([
    { name: 'get', reason: 'names are percent-encoded', given: buildGet(REPOS, ref), line: 'GET /apis/git.example.org/v1alpha1/namespaces/team%20a/repoes/x' },
    { name: 'get core', reason: 'the core group has its own root', given: buildGet(CONFIG_MAPS, { namespace: 'default', name: 'a' }), line: 'GET /api/v1/namespaces/default/configmaps/a' },
    {
      name: 'get cluster-wide', reason: 'a namespace that makes no sense is ignored', line: 'GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions/a.b',
      given: buildGet(CUSTOM_RESOURCE_DEFINITIONS, { namespace: 'default', name: 'a.b' }),
    },
    { name: 'list', reason: 'lists are paged', given: buildList(REPOS, {}), line: 'GET /apis/git.example.org/v1alpha1/repoes?limit=500' },
    {
      name: 'list one page on', reason: 'selectors are kept on every page', line: 'GET /apis/git.example.org/v1alpha1/namespaces/n/repoes?labelSelector=a%3Db%2Cc&limit=10&continue=to%2Bken',
      given: buildList(REPOS, { namespace: 'n', labelSelector: 'a=b,c', limit: 10, continue: 'to+ken' }),
    },
    {
      name: 'watch one object', reason: 'RBAC with resourceNames allows exactly this', given: buildWatch(REPOS, { namespace: 'n', fieldSelector: named('x'), resourceVersion: '7' }),
      line: 'GET /apis/git.example.org/v1alpha1/namespaces/n/repoes?fieldSelector=metadata.name%3Dx&watch=true&allowWatchBookmarks=true&resourceVersion=7',
    },
    {
      name: 'watch with the first state', reason: 'the three parameters go together', given: buildWatch(REPOS, { sendInitialEvents: true }),
      line: 'GET /apis/git.example.org/v1alpha1/repoes?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
    },
    {
      name: 'create', reason: 'type and place come from the type and the metadata', given: buildCreate(REPOS, { metadata: { namespace: 'n', name: 'x' } }, { dryRun: true, fieldValidation: 'Strict' }),
      line: 'POST /apis/git.example.org/v1alpha1/namespaces/n/repoes?dryRun=All&fieldValidation=Strict',
      body: { apiVersion: 'git.example.org/v1alpha1', kind: 'Repo', metadata: { namespace: 'n', name: 'x' } },
    },
    {
      name: 'update status', reason: 'the subresource is a path of its own', given: buildUpdate(REPOS, { metadata: { namespace: 'n', name: 'x' } }, { subresource: 'status' }),
      line: 'PUT /apis/git.example.org/v1alpha1/namespaces/n/repoes/x/status',
    },
    {
      name: 'apply', reason: 'name and type are filled in; the manager is not optional', line: 'PATCH /apis/git.example.org/v1alpha1/namespaces/n/repoes/x?fieldManager=oasgen&force=true',
      given: buildPatch({ type: REPOS, ref: { namespace: 'n', name: 'x' } }, { type: 'apply', body: { spec: {} }, fieldManager: 'oasgen', force: true }),
      body: { spec: {}, apiVersion: 'git.example.org/v1alpha1', kind: 'Repo', metadata: { namespace: 'n', name: 'x' } },
    },
    {
      name: 'JSON patch', reason: 'the operations are the body', given: buildPatch({ type: REPOS, ref: { namespace: 'n', name: 'x' } }, { type: 'json', operations: [{ op: 'remove', path: '/a' }] }),
      line: 'PATCH /apis/git.example.org/v1alpha1/namespaces/n/repoes/x', body: [{ op: 'remove', path: '/a' }],
    },
    {
      name: 'delete', reason: 'only the object that was seen is deleted', given: buildDelete(REPOS, { namespace: 'n', name: 'x' }, { preconditions: { uid: 'u' }, propagation: 'Foreground' }),
      line: 'DELETE /apis/git.example.org/v1alpha1/namespaces/n/repoes/x',
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'u' }, propagationPolicy: 'Foreground' },
    },
    {
      name: 'delete many', reason: 'a scope and nothing outside it', given: buildDeleteCollection(REPOS, { namespace: 'n', labelSelector: 'a=b' }),
      line: 'DELETE /apis/git.example.org/v1alpha1/namespaces/n/repoes?labelSelector=a%3Db',
    },
    {
      name: 'may we', reason: 'about ourselves without a subject', given: buildAccessReview({ verb: 'create', group: '', resource: 'secrets', namespace: 'n' }),
      line: 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    },
  ])('$name: $reason', (row) => {
    expect(`${row.given.method} ${row.given.path}`).toBe(row.line)
    if (row.body !== undefined) expect(row.given.body).toEqual(row.body)
  })

  it('names what is attempted, for messages', () => {
    expect(buildGet(REPOS, ref).attempt).toEqual({ verb: 'get', about: 'Repo team a/x' })
    expect(buildList(REPOS, { namespace: 'n', fieldSelector: named('x') }).attempt.about).toBe('repoes.git.example.org in n (metadata.name=x)')
  })
})
