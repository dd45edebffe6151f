import { isObject, type JsonObject } from '@oasgen/json'
import type { AccessAttributes, AccessDecision, Authorizer } from '../api/plane.js'
import { child, nameOf, namespaceOf, objects, strings, text } from '../object.js'
import type { User } from '../request.js'
import type { StoreView } from '../store/types.js'

const GROUP = 'rbac.authorization.k8s.io'

/** A rule that a user holds, and through which binding. */
interface Grant {
  readonly rule: JsonObject
  /** `''` = everywhere. */
  readonly namespace: string
  readonly why: string
}

/** Roles and bindings, read from the store for every question: they are few, and always current. */
export const rbac: Authorizer = {
  decide: (view, attributes) => decide(view, attributes),
  rulesFor: (view, user, namespace) => rulesFor(view, user, namespace),
  escalation: (view, user, role) => escalation(view, user, role),
}

function decide(view: StoreView, attributes: AccessAttributes): AccessDecision {
  if (attributes.user.groups.includes('system:masters')) return { allowed: true, reason: '' }
  for (const grant of grantsOf(view, attributes.user, attributes.namespace ?? '')) {
    if (permits(grant.rule, attributes)) return { allowed: true, reason: grant.why }
  }
  return { allowed: false, reason: '' }
}

function* grantsOf(view: StoreView, user: User, namespace: string): Generator<Grant> {
  for (const { object } of view.list(`clusterrolebindings.${GROUP}`, '')) yield* throughBinding(view, user, object, '')
  if (namespace === '') return
  for (const { object } of view.list(`rolebindings.${GROUP}`, `${namespace}/`)) yield* throughBinding(view, user, object, namespace)
}

function* throughBinding(view: StoreView, user: User, binding: JsonObject, namespace: string): Generator<Grant> {
  const subject = objects(binding, 'subjects').find((one) => isSubject(one, user, namespace))
  if (!subject) return
  const reference = child(binding, 'roleRef')
  const place = namespace === '' ? '' : `/${namespace}`
  const why = `RBAC: allowed by ${text(binding, 'kind')} "${nameOf(binding)}${place}" of ${text(reference, 'kind')} "${text(reference, 'name')}" to ${text(subject, 'kind')} "${subjectName(subject)}"`
  for (const rule of rulesOf(view, reference, namespace)) yield { rule, namespace, why }
}

const subjectName = (subject: JsonObject): string => (subject.kind === 'ServiceAccount' ? `${text(subject, 'name')}/${text(subject, 'namespace')}` : text(subject, 'name'))

function isSubject(subject: JsonObject, user: User, namespace: string): boolean {
  const name = text(subject, 'name')
  switch (text(subject, 'kind')) {
    case 'User': return name === user.name
    case 'Group': return user.groups.includes(name)
    case 'ServiceAccount': return user.name === `system:serviceaccount:${text(subject, 'namespace') || namespace}:${name}`
    default: return false
  }
}

function rulesOf(view: StoreView, reference: JsonObject, namespace: string): readonly JsonObject[] {
  const name = text(reference, 'name')
  const role = text(reference, 'kind') === 'ClusterRole' ? view.get(`clusterroles.${GROUP}`, name) : view.get(`roles.${GROUP}`, `${namespace}/${name}`)
  return role ? objects(role.object, 'rules') : []
}

function permits(rule: JsonObject, attributes: AccessAttributes): boolean {
  if (!holds(strings(rule, 'verbs'), attributes.verb)) return false
  if (attributes.path !== undefined) return strings(rule, 'nonResourceURLs').some((pattern) => matchesPath(pattern, attributes.path ?? ''))
  return holds(strings(rule, 'apiGroups'), attributes.group ?? '') && holdsResource(strings(rule, 'resources'), attributes) && holdsName(rule, attributes)
}

const holds = (values: readonly string[], wanted: string): boolean => values.includes('*') || values.includes(wanted)

function matchesPath(pattern: string, path: string): boolean {
  return pattern === '*' || (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path)
}

function holdsResource(values: readonly string[], { resource = '', subresource = '' }: AccessAttributes): boolean {
  if (holds(values, subresource === '' ? resource : `${resource}/${subresource}`)) return true
  return subresource !== '' && values.includes(`*/${subresource}`)
}

function holdsName(rule: JsonObject, { name = '' }: AccessAttributes): boolean {
  const names = strings(rule, 'resourceNames')
  return names.length === 0 || names.includes(name)
}

function rulesFor(view: StoreView, user: User, namespace: string): ReturnType<Authorizer['rulesFor']> {
  if (user.groups.includes('system:masters')) return { resources: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], paths: [{ verbs: ['*'], nonResourceURLs: ['*'] }] }
  const rules = [...grantsOf(view, user, namespace)].map((grant) => grant.rule)
  return {
    resources: rules.filter((rule) => strings(rule, 'resources').length > 0),
    paths: rules.filter((rule) => strings(rule, 'nonResourceURLs').length > 0),
  }
}

/** Nobody may give away what they do not hold, unless they are allowed to escalate or to bind. */
function escalation(view: StoreView, user: User, { resource, object }: { readonly group: string; readonly resource: string; readonly object: JsonObject }): string | undefined {
  if (user.groups.includes('system:masters')) return undefined
  const namespace = namespaceOf(object)
  const binding = resource === 'rolebindings' || resource === 'clusterrolebindings'
  const may = { user, group: GROUP, resource, namespace, name: nameOf(object), verb: 'escalate' }
  if (!binding && decide(view, may).allowed) return undefined
  if (binding && mayBind(view, user, object, namespace)) return undefined
  const asked = binding ? rulesOf(view, child(object, 'roleRef'), namespace) : objects(object, 'rules')
  const held = [...grantsOf(view, user, namespace)].map((grant) => grant.rule)
  const missing = asked.flatMap((rule) => parts(rule).filter((part) => !held.some((one) => covers(one, part))))
  if (missing.length === 0) return undefined
  const groups = user.groups.map((one) => JSON.stringify(one)).join(' ')
  return `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${[...new Set(missing.map(printRule))].join('\n')}`
}

function mayBind(view: StoreView, user: User, binding: JsonObject, namespace: string): boolean {
  const reference = child(binding, 'roleRef')
  const resource = text(reference, 'kind') === 'ClusterRole' ? 'clusterroles' : 'roles'
  return decide(view, { user, group: GROUP, resource, namespace, name: text(reference, 'name'), verb: 'bind' }).allowed
}

/** A rule as the single permissions that it consists of. */
function parts(rule: JsonObject): readonly JsonObject[] {
  const verbs = strings(rule, 'verbs')
  const urls = strings(rule, 'nonResourceURLs')
  if (urls.length > 0) return verbs.flatMap((verb) => urls.map((url): JsonObject => ({ verbs: [verb], nonResourceURLs: [url] })))
  const names = strings(rule, 'resourceNames')
  return verbs.flatMap((verb) => strings(rule, 'apiGroups').flatMap((group) => strings(rule, 'resources').flatMap((resource) =>
    (names.length === 0 ? [undefined] : names).map((name): JsonObject => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...(name !== undefined && { resourceNames: [name] }) })))))
}

function covers(held: JsonObject, part: JsonObject): boolean {
  const one = (name: string): string => strings(part, name)[0] ?? ''
  if (!holds(strings(held, 'verbs'), one('verbs'))) return false
  if (strings(part, 'nonResourceURLs').length > 0) return strings(held, 'nonResourceURLs').some((pattern) => matchesPath(pattern, one('nonResourceURLs')))
  const [resource = '', subresource = ''] = one('resources').split('/')
  const names = strings(held, 'resourceNames')
  return holds(strings(held, 'apiGroups'), one('apiGroups')) && holdsResource(strings(held, 'resources'), { user: { name: '', groups: [] }, verb: '', resource, subresource })
    && (names.length === 0 || isObject(part) && names.includes(one('resourceNames')))
}

/** As Go prints a compact rule: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}`. */
function printRule(rule: JsonObject): string {
  const fields = [['apiGroups', 'APIGroups'], ['resources', 'Resources'], ['resourceNames', 'ResourceNames'], ['nonResourceURLs', 'NonResourceURLs'], ['verbs', 'Verbs']] as const
  const shown = fields.flatMap(([name, label]) => {
    const values = strings(rule, name)
    return values.length === 0 ? [] : [`${label}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`]
  })
  return `{${shown.join(', ')}}`
}
