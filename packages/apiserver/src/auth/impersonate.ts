import type { Plane } from '../api/plane.js'
import { refusal } from './refusal.js'
import { badRequest, type Failure } from '../failure.js'
import type { ApiRequest, User } from '../request.js'

/** The user that the request acts for: the caller, or, with the right to it, somebody else. */
export function actingUser(request: ApiRequest, plane: Plane): User | Failure {
  const { headers, user } = request
  const name = headers['impersonate-user'] ?? ''
  const groups = (headers['impersonate-group'] ?? '').split(',').map((group) => group.trim()).filter(Boolean)
  const uid = headers['impersonate-uid'] ?? ''
  if (name === '') return groups.length > 0 || uid !== '' ? badRequest('requested to impersonate groups or a uid without impersonating a user') : user
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  const asked = [
    account ? { resource: 'serviceaccounts', namespace: account[1] ?? '', name: account[2] ?? '' } : { resource: 'users', namespace: '', name },
    ...groups.map((group) => ({ resource: 'groups', namespace: '', name: group })),
  ]
  for (const one of asked) {
    const attributes = { user, verb: 'impersonate', group: '', subresource: '', ...one }
    const decision = plane.authorizer.decide(plane.view, attributes)
    if (!decision.allowed) return refusal(attributes, decision.reason)
  }
  const own = account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account[1] ?? ''}`] : []
  const kind = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  return { name, groups: [...new Set([...groups, ...own, kind])], ...(uid !== '' && { uid }) }
}
