import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { errorOfProtocol, failed, type KubeResult } from './error.js'
import type { ResourceType } from './object.js'
import { buildRaw, type KubeRequest } from './request.js'

export interface DiscoveredType extends ResourceType {
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly singular: string
  /** Such as `status`, `scale`. */
  readonly subresources: readonly string[]
}

export interface Discovery {
  /** Of every group the versions in the server's order of preference. */
  readonly types: readonly DiscoveredType[]
  /** Group-versions whose aggregated API did not answer; their types may be missing or old. */
  readonly stale: readonly string[]
}

/** The type of a kind: in the version that is named, else in the one that the server prefers. */
export function typeOf(discovery: Discovery, wanted: { readonly group: string; readonly kind: string; readonly version?: string }): DiscoveredType | undefined {
  return discovery.types.find((type) =>
    type.group === wanted.group && type.kind === wanted.kind && (wanted.version === undefined || type.version === wanted.version))
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

type Ask = (request: KubeRequest) => Promise<KubeResult<JsonValue>>

/** Aggregated discovery (two requests) where the server has it, else one request per group-version. */
export async function readDiscovery(ask: Ask): Promise<KubeResult<Discovery>> {
  const parts: Discovery[] = []
  for (const path of ['/api', '/apis']) {
    const request = buildRaw(path, 'the list of APIs', AGGREGATED)
    const answer = await ask(request)
    if (!answer.ok) return answer
    if (!isObject(answer.value)) return failed(errorOfProtocol(request.attempt, 'the answer is no object'))
    const part = answer.value.kind === 'APIGroupDiscoveryList' ? readAggregated(answer.value) : await readClassic(ask, answer.value)
    parts.push(part)
  }
  return { ok: true, value: { types: parts.flatMap((part) => part.types), stale: parts.flatMap((part) => part.stale) } }
}

function readAggregated(list: JsonObject): Discovery {
  const types: DiscoveredType[] = []
  const stale: string[] = []
  for (const group of objects(list.items)) {
    const name = textOf(isObject(group.metadata) ? group.metadata.name : undefined)
    for (const version of objects(group.versions)) {
      const place = { group: name, version: textOf(version.version) }
      if (version.freshness === 'Stale') stale.push(name === '' ? place.version : `${name}/${place.version}`)
      types.push(...objects(version.resources).map((resource) => readAggregatedType(place, resource)))
    }
  }
  return { types, stale }
}

function readAggregatedType(place: { group: string; version: string }, resource: JsonObject): DiscoveredType {
  return {
    ...place,
    plural: textOf(resource.resource),
    kind: textOf(isObject(resource.responseKind) ? resource.responseKind.kind : undefined),
    namespaced: resource.scope === 'Namespaced',
    singular: textOf(resource.singularResource),
    verbs: texts(resource.verbs),
    shortNames: texts(resource.shortNames),
    categories: texts(resource.categories),
    subresources: objects(resource.subresources).map((sub) => textOf(sub.subresource)),
  }
}

async function readClassic(ask: Ask, answer: JsonObject): Promise<Discovery> {
  const groupVersions = answer.kind === 'APIGroupList'
    ? objects(answer.groups).flatMap((group) => preferredFirst(group))
    : texts(answer.versions)
  const lists = await Promise.all(groupVersions.map((groupVersion) => readGroupVersion(ask, groupVersion)))
  return {
    types: lists.flatMap((list) => list ?? []),
    stale: groupVersions.filter((_, index) => lists[index] === undefined),
  }
}

function preferredFirst(group: JsonObject): readonly string[] {
  const preferred = textOf(isObject(group.preferredVersion) ? group.preferredVersion.groupVersion : undefined)
  const all = objects(group.versions).map((version) => textOf(version.groupVersion))
  return [...all.filter((version) => version === preferred), ...all.filter((version) => version !== preferred)]
}

async function readGroupVersion(ask: Ask, groupVersion: string): Promise<readonly DiscoveredType[] | undefined> {
  const answer = await ask(buildRaw(groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`, `the API ${groupVersion}`))
  if (!answer.ok || !isObject(answer.value)) return undefined
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion]
  const resources = objects(answer.value.resources)
  const place = { group: group ?? '', version: version ?? '' }
  return resources.filter((resource) => !textOf(resource.name).includes('/')).map((resource) => readClassicType(place, resource, resources))
}

function readClassicType(place: { group: string; version: string }, resource: JsonObject, all: readonly JsonObject[]): DiscoveredType {
  const plural = textOf(resource.name)
  const prefix = `${plural}/`
  return {
    ...place,
    plural,
    kind: textOf(resource.kind),
    namespaced: resource.namespaced === true,
    singular: textOf(resource.singularName),
    verbs: texts(resource.verbs),
    shortNames: texts(resource.shortNames),
    categories: texts(resource.categories),
    subresources: all.map((other) => textOf(other.name)).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  }
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : []
}

function texts(value: JsonValue | undefined): readonly string[] {
  return isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
