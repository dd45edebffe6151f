import { sha256, type JsonObject } from '@oasgen/json'
import { readAccept } from '../api/negotiate.js'
import type { Plane } from '../api/plane.js'
import { methodNotAllowed, type Failure } from '../failure.js'
import { apiVersionOf } from '../object.js'
import { REVIEWS, type ReviewType } from '../registry/builtin.js'
import { compareVersions } from '../registry/custom.js'
import type { Registry, ResourceType, ResourceVersion, Subresource, Verb } from '../registry/types.js'
import type { ApiRequest, Reply } from '../request.js'

/** `/api`, `/apis` and below, in the classic and the aggregated form; undefined when the path is none of them. */
export function answerDiscovery(request: ApiRequest, plane: Plane, segments: readonly string[]): Reply | Failure | undefined {
  const parts = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  const [root, ...rest] = parts
  if (root !== 'api' && root !== 'apis' || rest.length > (root === 'api' ? 1 : 2)) return undefined
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed()
  const { registry } = plane
  if (rest.length === 0) return rootDocument(request, registry, root)
  if (root === 'api') return rest[0] === 'v1' ? json(resourceList(registry, '', 'v1')) : undefined
  const [group = '', version] = rest
  const versions = groupVersions(registry, group)
  if (group === '' || versions.length === 0) return undefined
  if (version === undefined) return json({ kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(registry, group) })
  return versions.includes(version) ? json(resourceList(registry, group, version)) : undefined
}

const json = (body: JsonObject): Reply => ({ type: 'object', status: 200, body, contentType: 'application/json', headers: { vary: 'Accept' } })

function rootDocument(request: ApiRequest, registry: Registry, root: 'api' | 'apis'): Reply {
  const version = aggregatedVersion(request)
  if (version !== undefined) {
    const groups = root === 'api' ? [''] : groupsOf(registry)
    const body = {
      kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {},
      items: groups.map((group) => aggregated(registry, group)),
    }
    return { type: 'object', status: 200, body, contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`, headers: { vary: 'Accept' } }
  }
  if (root === 'api') return json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: request.headers.host ?? '' }] })
  return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(registry).map((group) => groupEntry(registry, group)) })
}

/** Only the exact media type gets the aggregated form: a client that asked for another version would see nothing at all. */
function aggregatedVersion(request: ApiRequest): 'v2' | 'v2beta1' | undefined {
  for (const clause of readAccept(request.headers.accept ?? '')) {
    if (clause.type !== 'application/json') continue
    const { g, v, as } = clause.parameters
    if (g === 'apidiscovery.k8s.io' && as === 'APIGroupDiscoveryList' && (v === 'v2' || v === 'v2beta1')) return v
    if (as === undefined) return undefined
  }
  return undefined
}

/** Built-in groups first, in the order of Kubernetes, then those of CRDs by name. */
export function groupsOf(registry: Registry): readonly string[] {
  const known = new Map<string, 'builtin' | 'custom'>()
  for (const review of REVIEWS) known.set(review.group, 'builtin')
  for (const type of registry.types) if (type.group !== '' && !known.has(type.group)) known.set(type.group, type.origin)
  const byOrigin = (origin: 'builtin' | 'custom'): string[] => [...known].filter(([, one]) => one === origin).map(([group]) => group)
  return [...byOrigin('builtin').sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)), ...byOrigin('custom').sort()]
}

const ORDER = [
  'apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch', 'certificates.k8s.io',
  'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'storage.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io',
  'scheduling.k8s.io', 'coordination.k8s.io', 'node.k8s.io', 'discovery.k8s.io', 'flowcontrol.apiserver.k8s.io',
]
function rank(group: string): number {
  const at = ORDER.indexOf(group)
  return at < 0 ? ORDER.length : at
}

export function groupVersions(registry: Registry, group: string): readonly string[] {
  const versions = registry.types.filter((type) => type.group === group).flatMap((type) => type.versions.map((version) => version.name))
  const reviews = REVIEWS.filter((review) => review.group === group).map((review) => review.version)
  return [...new Set([...versions, ...reviews])].sort(compareVersions)
}

function groupEntry(registry: Registry, group: string): JsonObject {
  const versions = groupVersions(registry, group).map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions, preferredVersion: versions[0] as JsonObject }
}

interface Served {
  readonly type: ResourceType
  readonly version: ResourceVersion
}

export function servedIn(registry: Registry, group: string, version: string): readonly Served[] {
  return registry.types.filter((type) => type.group === group)
    .flatMap((type) => type.versions.filter((one) => one.name === version).map((one) => ({ type, version: one })))
}

const reviewsIn = (group: string, version: string): readonly ReviewType[] => REVIEWS.filter((one) => one.group === group && one.version === version)

function resourceList(registry: Registry, group: string, version: string): JsonObject {
  const resources = [
    ...servedIn(registry, group, version).flatMap((served) => [entry(served), ...subresourceEntries(served)]),
    ...reviewsIn(group, version).map((review) => ({
      name: review.resource, singularName: review.kind.toLowerCase(), namespaced: review.scope === 'Namespaced', kind: review.kind, verbs: ['create'],
    })),
  ]
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(group, version), resources }
}

const CUSTOM_ORDER: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** Alphabetical, as the API server lists them; CRDs have an order of their own. */
function sortedVerbs(type: ResourceType): readonly Verb[] {
  return type.origin === 'custom' ? CUSTOM_ORDER.filter((verb) => type.verbs.includes(verb)) : [...type.verbs].sort()
}

/** Tells clients that cache by storage version when that has changed. */
function storageHash(type: ResourceType): string {
  return Buffer.from(sha256(`${type.group}/${type.storage}/${type.kind}`), 'hex').subarray(0, 8).toString('base64')
}

function entry({ type }: Served): JsonObject {
  return {
    name: type.resource, singularName: type.singular, namespaced: type.scope === 'Namespaced', kind: type.kind, verbs: sortedVerbs(type),
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }), ...(type.categories.length > 0 && { categories: type.categories }),
    storageVersionHash: storageHash(type),
  }
}

function subresourceVerbs(name: string, subresource: Subresource): readonly string[] {
  if (subresource.type === 'action') return subresource.verbs
  if (subresource.type === 'log') return ['get']
  return name === 'finalize' ? ['update'] : ['get', 'patch', 'update']
}

function subresourceEntries({ type, version }: Served): readonly JsonObject[] {
  return [...version.subresources].map(([name, subresource]) => ({
    name: `${type.resource}/${name}`, singularName: '', namespaced: type.scope === 'Namespaced',
    ...foreignKind(subresource), kind: kindOfSubresource(type, subresource), verbs: subresourceVerbs(name, subresource),
  }))
}

function kindOfSubresource(type: ResourceType, subresource: Subresource): string {
  if (subresource.type === 'scale') return 'Scale'
  return subresource.type === 'action' ? subresource.kind : type.kind
}

function foreignKind(subresource: Subresource): JsonObject {
  if (subresource.type === 'scale') return { group: 'autoscaling', version: 'v1' }
  return subresource.type === 'action' && subresource.group !== '' ? { group: subresource.group, version: subresource.version } : {}
}

function aggregated(registry: Registry, group: string): JsonObject {
  const versions = groupVersions(registry, group).map((version) => ({
    version, freshness: 'Current',
    resources: [
      ...servedIn(registry, group, version).map((served) => aggregatedEntry(served, group, version)),
      ...reviewsIn(group, version).map((review) => ({
        resource: review.resource, responseKind: { group, version, kind: review.kind }, scope: review.scope,
        singularResource: review.kind.toLowerCase(), verbs: ['create'],
      })),
    ],
  }))
  return { metadata: { ...(group !== '' && { name: group }), creationTimestamp: null }, versions }
}

function aggregatedEntry({ type, version }: Served, group: string, name: string): JsonObject {
  const own = { group, version: name, kind: type.kind }
  const subresources = [...version.subresources].map(([subresource, one]) => ({
    subresource, responseKind: one.type === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
      : one.type === 'action' ? { group: one.group, version: one.version, kind: one.kind } : own,
    verbs: subresourceVerbs(subresource, one),
  }))
  return {
    resource: type.resource, responseKind: own, scope: type.scope, singularResource: type.singular, verbs: sortedVerbs(type),
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }), ...(type.categories.length > 0 && { categories: type.categories }),
    ...(subresources.length > 0 && { subresources }),
  }
}
