import { sha256, writeJson, type JsonObject } from '@oasgen/json'
import { VERSION } from '../api/pages.js'
import type { DocumentSource } from '../api/plane.js'
import { apiVersionOf, plain } from '../object.js'
import { REVIEWS } from '../registry/builtin.js'
import type { Registry, ResourceType, ResourceVersion, Subresource } from '../registry/types.js'
import { groupsOf, groupVersions, servedIn } from './discovery.js'
import { META_COMPONENTS, META_REF, ref } from './meta-components.js'

interface Document {
  readonly text: string
  readonly etag: string
}

/** OpenAPI v3, one document per group version, each made when somebody first asks for it. */
export function openapiDocuments(registry: Registry): DocumentSource {
  const made = new Map<string, Document>()
  const names = new Map<string, { readonly group: string; readonly version: string }>([['api/v1', { group: '', version: 'v1' }]])
  for (const group of groupsOf(registry)) for (const version of groupVersions(registry, group)) names.set(`apis/${group}/${version}`, { group, version })
  const document = (path: string): Document | undefined => {
    const known = made.get(path)
    const name = names.get(path)
    if (known || !name) return known
    const text = writeJson(buildDocument(registry, name.group, name.version))
    const built = { text, etag: sha256(text).toUpperCase() }
    made.set(path, built)
    return built
  }
  return {
    openapi: document,
    openapiIndex: () => writeJson({
      paths: Object.fromEntries([...names.keys()].sort().map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${document(path)?.etag ?? ''}` }])),
    }),
  }
}

function buildDocument(registry: Registry, group: string, version: string): JsonObject {
  const paths: Record<string, JsonObject> = {}
  const schemas: Record<string, JsonObject> = { ...META_COMPONENTS }
  for (const { type, version: served } of servedIn(registry, group, version)) {
    Object.assign(paths, pathsOf(type, served))
    Object.assign(schemas, schemasOf(type, served))
  }
  for (const review of REVIEWS.filter((one) => one.group === group && one.version === version)) {
    const gvk = { group, version, kind: review.kind }
    const root = `/apis/${group}/${version}/${review.scope === 'Namespaced' ? 'namespaces/{namespace}/' : ''}${review.resource}`
    paths[root] = { post: operation({ gvk, action: 'post', schema: componentName(group, version, review.kind), body: ['*/*'], query: WRITE }) }
    schemas[componentName(group, version, review.kind)] = { type: 'object', properties: HEAD, 'x-kubernetes-group-version-kind': [gvk], 'x-kubernetes-preserve-unknown-fields': true }
  }
  return {
    openapi: '3.0.0', info: { title: 'Kubernetes', version: VERSION.gitVersion }, paths, components: {
      schemas,
      securitySchemes: { BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' } },
    },
  }
}

const HEAD: JsonObject = {
  apiVersion: { type: 'string', description: 'The version of the form that the object is written in.' },
  kind: { type: 'string', description: 'The kind of the object.' },
  metadata: { allOf: [{ $ref: ref(META_REF.object) }], default: {}, description: 'Name, labels and what else every object has.' },
}

/** Built-in kinds keep the names that Kubernetes publishes; those of CRDs are their group, turned round. */
export function componentName(group: string, version: string, kind: string): string {
  const builtin = BUILTIN_PACKAGES[group]
  if (builtin !== undefined) return `${builtin}.${version}.${kind}`
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`
}

const BUILTIN_PACKAGES: Readonly<Record<string, string>> = Object.fromEntries([
  ['', 'io.k8s.api.core'], ['apiextensions.k8s.io', 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions'],
  ['apiregistration.k8s.io', 'io.k8s.kube-aggregator.pkg.apis.apiregistration'],
  ...['admissionregistration.k8s.io', 'apps', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch', 'certificates.k8s.io',
    'coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'flowcontrol.apiserver.k8s.io', 'networking.k8s.io', 'node.k8s.io', 'policy',
    'rbac.authorization.k8s.io', 'scheduling.k8s.io', 'storage.k8s.io'].map((group) => [group, `io.k8s.api.${group.split('.')[0] ?? ''}`]),
])

function schemasOf(type: ResourceType, version: ResourceVersion): Record<string, JsonObject> {
  const name = componentName(type.group, version.name, type.kind)
  const gvk = { group: type.group, version: version.name, kind: type.kind }
  const { schema, components } = version.schema.openapi()
  const own = schema.properties as JsonObject | undefined
  return {
    ...components,
    [name]: { ...schema, type: 'object', properties: { ...own, ...HEAD }, 'x-kubernetes-group-version-kind': [gvk] },
    [`${name}List`]: {
      type: 'object', required: ['items'], description: `${type.kind}List is a list of ${type.kind}`,
      properties: {
        apiVersion: HEAD.apiVersion as JsonObject, kind: HEAD.kind as JsonObject,
        items: { type: 'array', items: { allOf: [{ $ref: ref(name) }], default: {} }, description: `List of ${type.resource}.` },
        metadata: { allOf: [{ $ref: ref(META_REF.list) }], default: {} },
      },
      'x-kubernetes-group-version-kind': [{ ...gvk, kind: type.listKind }],
    },
  }
}

function pathsOf(type: ResourceType, version: ResourceVersion): Record<string, JsonObject> {
  const root = `/${type.group === '' ? 'api' : `apis/${type.group}`}/${version.name}`
  const inside = `${root}/${type.scope === 'Namespaced' ? 'namespaces/{namespace}/' : ''}${type.resource}`
  const gvk = { group: type.group, version: version.name, kind: type.kind }
  const schema = componentName(type.group, version.name, type.kind)
  const shared = { gvk, schema }
  const list = operation({ ...shared, schema: `${schema}List`, action: 'list', query: LIST })
  const parameters = type.scope === 'Namespaced' ? [pathParameter('namespace'), PRETTY] : [PRETTY]
  const result: Record<string, JsonObject> = {
    [inside]: {
      get: list, post: operation({ ...shared, action: 'post', body: ['*/*'], query: WRITE }),
      ...(type.verbs.includes('deletecollection') && { delete: operation({ ...shared, action: 'deletecollection', query: [...LIST, ...DELETE] }) }), parameters,
    },
    [`${inside}/{name}`]: {
      get: operation({ ...shared, action: 'get', query: [] }), put: operation({ ...shared, action: 'put', body: ['*/*'], query: WRITE }),
      patch: operation({ ...shared, action: 'patch', body: patchTypes(version), query: [...WRITE, FORCE], patch: true }),
      delete: operation({ ...shared, action: 'delete', query: DELETE }), parameters: [pathParameter('name'), ...parameters],
    },
  }
  if (type.scope === 'Namespaced') result[`${root}/${type.resource}`] = { get: list, parameters: [PRETTY, ...LIST] }
  for (const [name, subresource] of version.subresources) {
    result[`${inside}/{name}/${name}`] = { ...subresourceOperations(subresource, shared, version), parameters: [pathParameter('name'), ...parameters] }
  }
  return result
}

interface Shared {
  readonly gvk: JsonObject
  readonly schema: string
}

function subresourceOperations(subresource: Subresource, shared: Shared, version: ResourceVersion): JsonObject {
  if (subresource.type === 'action') {
    const gvk = { group: subresource.group, version: subresource.version, kind: subresource.kind }
    return { post: operation({ gvk, schema: META_REF.any, action: 'post', body: ['*/*'], query: WRITE }) }
  }
  if (subresource.type === 'log') return { get: operation({ gvk: shared.gvk, schema: META_REF.any, action: 'connect', query: [] }) }
  const own = subresource.type === 'scale' ? { gvk: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, schema: META_REF.scale } : shared
  return {
    get: operation({ ...own, action: 'get', query: [] }), put: operation({ ...own, action: 'put', body: ['*/*'], query: WRITE }),
    patch: operation({ ...own, action: 'patch', body: patchTypes(version), query: [...WRITE, FORCE], patch: true }),
  }
}

function patchTypes(version: ResourceVersion): readonly string[] {
  const common = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json']
  return version.schema.strategic ? [...common, 'application/strategic-merge-patch+json'] : common
}

interface OperationInput extends Shared {
  readonly action: string
  readonly query: readonly JsonObject[]
  readonly body?: readonly string[]
  readonly patch?: boolean
}

function operation(input: OperationInput): JsonObject {
  const { gvk, schema } = input
  const content = (name: string, types: readonly string[]): JsonObject => Object.fromEntries(types.map((type) => [type, { schema: { $ref: ref(name) } }]))
  return {
    description: `${input.action} ${plain(gvk.kind)}`, operationId: `${input.action}${apiVersionOf(plain(gvk.group), plain(gvk.version)).replace(/[^A-Za-z0-9]/g, '')}${schema.replace(/[^A-Za-z0-9]/g, '')}`,
    parameters: input.query,
    ...(input.body && { requestBody: { required: true, content: content(input.patch ? META_REF.patch : schema, input.body) } }),
    responses: { 200: { description: 'OK', content: content(schema, ['application/json', 'application/yaml']) }, 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': input.action, 'x-kubernetes-group-version-kind': gvk,
  }
}

const query = (name: string, type: string, description: string): JsonObject => ({ name, in: 'query', description, schema: { type, uniqueItems: true } })
const pathParameter = (name: string): JsonObject => ({ name, in: 'path', required: true, description: `${name} of the object`, schema: { type: 'string', uniqueItems: true } })

const PRETTY = query('pretty', 'string', 'If true, the output is written in lines.')
const DRY_RUN = query('dryRun', 'string', 'All: everything is checked, nothing is stored.')
const WRITE = [
  DRY_RUN, query('fieldManager', 'string', 'Name of the program or person that makes the change.'),
  query('fieldValidation', 'string', 'What becomes of unknown and duplicate fields: Ignore, Warn or Strict.'),
]
const FORCE = query('force', 'boolean', 'Apply takes over fields of other managers.')
const DELETE = [
  DRY_RUN, query('gracePeriodSeconds', 'integer', 'Seconds before the object goes.'), query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'Orphan, Background or Foreground.'),
]
const LIST = [
  query('allowWatchBookmarks', 'boolean', 'Events of type BOOKMARK may be sent.'), query('continue', 'string', 'Where the next page starts.'),
  query('fieldSelector', 'string', 'Only objects with these field values.'), query('labelSelector', 'string', 'Only objects with these labels.'),
  query('limit', 'integer', 'Objects per page.'), query('resourceVersion', 'string', 'The state to list or to watch from.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant.'), query('sendInitialEvents', 'boolean', 'A watch starts with what there is.'),
  query('timeoutSeconds', 'integer', 'How long the call may last.'), query('watch', 'boolean', 'Send changes as they happen.'),
]
