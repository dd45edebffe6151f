import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import type { AccessAttributes } from '../api/plane.js'
import type { User } from '../request.js'
import { Store } from '../store/store.js'
import { ANONYMOUS, authenticate } from './authenticate.js'
import { rbac } from './rbac.js'
import { ISSUER, tokenIssuer } from './tokens.js'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const GROUP = 'rbac.authorization.k8s.io'

function cluster(objects: readonly (readonly [resource: string, key: string, object: JsonObject])[]): Store {
  const store = new Store()
  store.commit(objects.map(([resource, key, object]) => ({ type: 'put', resource, key, object })))
  return store
}

const bob: User = { name: 'bob', groups: ['devs', 'system:authenticated'] }
const role = (name: string, rules: readonly JsonObject[]): JsonObject => ({ kind: 'Role', metadata: { name }, rules })
const store = cluster([
  [`roles.${GROUP}`, 'ns/reader', role('reader', [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }, { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['one'] }])],
  [`rolebindings.${GROUP}`, 'ns/b', { kind: 'RoleBinding', metadata: { name: 'b', namespace: 'ns' }, roleRef: { kind: 'Role', name: 'reader' }, subjects: [{ kind: 'User', name: 'bob' }] }],
  [`clusterroles.${GROUP}`, 'scaler', { kind: 'ClusterRole', metadata: { name: 'scaler' }, rules: [{ verbs: ['*'], apiGroups: ['apps'], resources: ['*/scale'] }, { verbs: ['get'], nonResourceURLs: ['/healthz', '/api/*'] }] }],
  [`clusterrolebindings.${GROUP}`, 'cb', { kind: 'ClusterRoleBinding', metadata: { name: 'cb' }, roleRef: { kind: 'ClusterRole', name: 'scaler' }, subjects: [{ kind: 'Group', name: 'devs' }] }],
])

describe('RBAC', () => {
  const pods = { user: bob, group: '', resource: 'pods', namespace: 'ns' }
  it.each<{ reason: string; asked: AccessAttributes; want: boolean }>([
    { reason: 'a verb of the role', asked: { ...pods, verb: 'get' }, want: true }, { reason: 'another verb', asked: { ...pods, verb: 'delete' }, want: false },
    { reason: 'another namespace', asked: { ...pods, verb: 'get', namespace: 'other' }, want: false }, { reason: 'all namespaces', asked: { ...pods, verb: 'list', namespace: '' }, want: false },
    { reason: 'a subresource that is named', asked: { ...pods, verb: 'get', subresource: 'log' }, want: true }, { reason: 'one that is not', asked: { ...pods, verb: 'get', subresource: 'exec' }, want: false },
    { reason: 'a name that is listed', asked: { ...pods, verb: 'get', resource: 'secrets', name: 'one' }, want: true }, { reason: 'a name that is not', asked: { ...pods, verb: 'get', resource: 'secrets', name: 'two' }, want: false },
    { reason: 'a subresource of anything', asked: { user: bob, verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'x' }, want: true },
    { reason: 'not the thing itself', asked: { user: bob, verb: 'update', group: 'apps', resource: 'deployments', namespace: 'x' }, want: false },
    { reason: 'a path below a star', asked: { user: bob, verb: 'get', path: '/api/v1' }, want: true }, { reason: 'another path', asked: { user: bob, verb: 'get', path: '/metrics' }, want: false },
    { reason: 'masters', asked: { user: { name: 'x', groups: ['system:masters'] }, verb: 'nuke', resource: 'all' }, want: true },
  ])('$reason', ({ asked, want }) => {
    expect(rbac.decide(store, asked).allowed).toBe(want)
  })

  it('lets nobody give away what they do not hold', () => {
    const granting = (rules: readonly JsonObject[]): string | undefined => rbac.escalation(store, bob, { group: GROUP, resource: 'roles', object: { ...role('new', rules), metadata: { name: 'new', namespace: 'ns' } } })
    expect(granting([{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }])).toBeUndefined()
    expect(granting([{ verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods'] }])).toContain('{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}')
  })
})

describe('tokens', () => {
  const tokens = tokenIssuer(Buffer.alloc(32, 7))
  const accounts = cluster([['serviceaccounts', 'ns/bot', { metadata: { name: 'bot', namespace: 'ns', uid: 'u1' } }]])
  const request = { namespace: 'ns', name: 'bot', uid: 'u1', audiences: [ISSUER], seconds: 600, at: NOW }
  const token = tokens.issue(request)
  it('name their account, as long as they last', () => {
    expect(tokens.verify(token, NOW, accounts)).toMatchObject({ name: 'system:serviceaccount:ns:bot', uid: 'u1' })
    expect(tokens.verify(token, NOW + 600_000, accounts)).toBeUndefined()
  })

  it.each([
    { reason: 'another key', given: tokenIssuer(Buffer.alloc(32, 8)).issue(request) }, { reason: 'another account of the name', given: tokens.issue({ ...request, uid: 'u2' }) },
    { reason: 'another audience', given: tokens.issue({ ...request, audiences: ['x'] }) }, { reason: 'a changed body', given: token.replace(/\.([^.]+)\./, '.e30.') }, { reason: 'no token', given: 'x.y.z' },
    { reason: 'no algorithm', given: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1] ?? ''}.` },
  ])('are worth nothing with $reason', ({ given }) => {
    expect(tokens.verify(given, NOW, accounts)).toBeUndefined()
  })

  it.each([
    { reason: 'nothing, strangers not let in', authorization: undefined, anonymous: false, want: undefined }, { reason: 'nothing, strangers let in', authorization: undefined, anonymous: true, want: ANONYMOUS.name },
    { reason: 'the admin token', authorization: 'Bearer secret', anonymous: false, want: 'kubernetes-admin' }, { reason: 'a wrong token, even where strangers are let in', authorization: 'Bearer wrong', anonymous: true, want: undefined },
    { reason: 'an account', authorization: `bearer ${token}`, anonymous: false, want: 'system:serviceaccount:ns:bot' },
  ])('$reason', ({ authorization, anonymous, want }) => {
    expect(authenticate({ authorization, certificate: undefined, at: NOW }, { adminToken: 'secret', tokens, anonymous }, accounts)?.name).toBe(want)
  })
})
