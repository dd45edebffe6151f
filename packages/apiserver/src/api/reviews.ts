import type { JsonObject } from '@oasgen/json'
import { Failure, invalid, forbiddenField, invalidValue } from '../failure.js'
import { child, strings, text, timestamp } from '../object.js'
import { union, writeFieldSet } from '../apply/field-set.js'
import { compare } from '../apply/walks.js'
import { MERGER } from '../schema/builtin.js'
import { builtinTable, tableName } from '../schema/type-table.js'
import type { ReviewType } from '../registry/builtin.js'
import type { Answer, ApiRequest, Tried, User } from '../request.js'
import { readObjectBody } from './body.js'
import type { AccessAttributes, Plane } from './plane.js'
import type { ResourcePath } from './router.js'

/** Questions about who somebody is and what they may do: answered, never stored. */
export function answerReview(request: ApiRequest, plane: Plane, path: ResourcePath, review: ReviewType): Tried<Answer> {
  const body = readObjectBody(request, review.kind)
  if (body instanceof Failure) return body
  const spec = child(body.object, 'spec')
  const answered = reviewed(request, plane, { review, spec, path })
  if (answered instanceof Failure) return answered
  const object: JsonObject = {
    kind: review.kind, apiVersion: `${review.group}/${review.version}`,
    metadata: { ...child(body.object, 'metadata'), ...managed(request, review, spec), ...(review.kind === 'SelfSubjectReview' && { creationTimestamp: timestamp(request.at) }) },
    ...(review.kind !== 'SelfSubjectReview' && { spec }), status: answered,
  }
  return { reply: { type: 'object', status: 201, body: object }, writes: [] }
}

/** Even what is never stored tells who set its fields. */
function managed(request: ApiRequest, review: ReviewType, spec: JsonObject): JsonObject {
  const name = tableName(review.group, review.version, review.kind)
  if (builtinTable.find(name) === undefined || Object.keys(spec).length === 0) return {}
  const apiVersion = `${review.group}/${review.version}`
  const { added, modified } = compare(MERGER.struct(name), { spec: {} }, { spec })
  return {
    managedFields: [{
      manager: request.query.get('fieldManager')?.[0] ?? (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? '', operation: 'Update', apiVersion,
      time: timestamp(request.at), fieldsType: 'FieldsV1', fieldsV1: writeFieldSet(union(added, modified)),
    }],
  }
}

interface Question {
  readonly review: ReviewType
  readonly spec: JsonObject
  readonly path: ResourcePath
}

function reviewed(request: ApiRequest, plane: Plane, { review, spec, path }: Question): Tried<JsonObject> {
  switch (review.kind) {
    case 'SelfSubjectReview': return { userInfo: userInfo(request.user) }
    case 'TokenReview': return reviewToken(request, plane, spec)
    case 'SelfSubjectRulesReview': return reviewRules(request, plane, spec)
    default: return reviewAccess(request, plane, { review, spec, path })
  }
}

function userInfo(user: User): JsonObject {
  return {
    username: user.name, ...(user.uid && { uid: user.uid }), groups: user.groups,
    ...(user.extra && { extra: user.extra as unknown as JsonObject }),
  }
}

function reviewToken(request: ApiRequest, plane: Plane, spec: JsonObject): JsonObject {
  const user = plane.tokens.verify(text(spec, 'token'), request.at, plane.view)
  if (!user) return { user: {}, error: '[invalid bearer token, token lookup failed]' }
  return { authenticated: true, user: userInfo(user), audiences: [plane.tokens.audience] }
}

function reviewRules(request: ApiRequest, plane: Plane, spec: JsonObject): Tried<JsonObject> {
  const namespace = text(spec, 'namespace')
  if (namespace === '') return new Failure(400, 'BadRequest', 'no namespace on request')
  const rules = plane.authorizer.rulesFor(plane.view, request.user, namespace)
  return { resourceRules: rules.resources, nonResourceRules: rules.paths, incomplete: false }
}

function reviewAccess(request: ApiRequest, plane: Plane, { review, spec, path }: Question): Tried<JsonObject> {
  const resource = child(spec, 'resourceAttributes')
  const other = child(spec, 'nonResourceAttributes')
  const [has, hasOther] = [spec.resourceAttributes !== undefined && spec.resourceAttributes !== null, spec.nonResourceAttributes !== undefined && spec.nonResourceAttributes !== null]
  if (has === hasOther) return notOne(review, has, spec)
  if (review.kind === 'LocalSubjectAccessReview' && text(resource, 'namespace') !== path.namespace) {
    return invalid({ ...review }, '', [invalidValue('spec.resourceAttributes.namespace', text(resource, 'namespace'), 'must match metadata.namespace')])
  }
  const user = review.kind === 'SelfSubjectAccessReview' ? request.user : { name: text(spec, 'user'), groups: strings(spec, 'groups') }
  const decision = plane.authorizer.decide(plane.view, has ? resourceAttributes(user, resource) : { user, verb: text(other, 'verb'), path: text(other, 'path') })
  return { allowed: decision.allowed, ...(decision.reason !== '' && { reason: decision.reason }) }
}

function notOne(review: ReviewType, both: boolean, spec: JsonObject): Failure {
  const fault = both
    ? forbiddenField('spec.nonResourceAttributes', 'cannot be specified in combination with resourceAttributes')
    : invalidValue('spec.resourceAttributes', spec.resourceAttributes ?? null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')
  return invalid({ ...review, kind: '' }, '', [fault])
}

function resourceAttributes(user: User, resource: JsonObject): AccessAttributes {
  return {
    user, verb: text(resource, 'verb'), group: text(resource, 'group'), resource: text(resource, 'resource'),
    subresource: text(resource, 'subresource'), namespace: text(resource, 'namespace'), name: text(resource, 'name'),
  }
}

