import { isArray, isObject, member, readJson, type JsonObject, type JsonValue } from '@oasgen/json'

/** OCI image spec 1.1: what is needed of descriptors, manifests and indexes. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly title?: string
  readonly artifactType?: string
  readonly platform: 'none' | 'some'
}

export type Manifest =
  | { readonly type: 'manifest'; readonly layers: readonly Descriptor[] }
  | { readonly type: 'index'; readonly manifests: readonly Descriptor[] }
  | { readonly type: 'unusable'; readonly detail: string }

const INDEX_TYPES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json']

export const MANIFEST_ACCEPT = [
  'application/vnd.oci.image.manifest.v1+json', ...INDEX_TYPES, 'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.artifact.manifest.v1+json',
].join(', ')

export function readManifest(text: string, contentType: string): Manifest {
  const read = readJson(text)
  if (!read.ok || !isObject(read.value)) return { type: 'unusable', detail: 'the manifest is not JSON' }
  const mediaType = textOf(member(read.value, 'mediaType')) ?? contentType.split(';')[0]?.trim() ?? ''
  const manifests = descriptors(member(read.value, 'manifests'))
  if (INDEX_TYPES.includes(mediaType) || manifests !== undefined) return { type: 'index', manifests: manifests ?? [] }
  const layers = descriptors(member(read.value, 'layers')) ?? descriptors(member(read.value, 'blobs'))
  return layers === undefined ? { type: 'unusable', detail: 'the manifest has no layers' } : { type: 'manifest', layers }
}

function descriptors(value: JsonValue | undefined): readonly Descriptor[] | undefined {
  return isArray(value) ? value.flatMap((item) => (isObject(item) ? descriptorOf(item) : [])) : undefined
}

const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

function descriptorOf(value: JsonObject): readonly Descriptor[] {
  const digest = textOf(member(value, 'digest'))
  const size = member(value, 'size')
  if (digest === undefined || !isDigest(digest) || typeof size !== 'number') return []
  const annotations = member(value, 'annotations')
  const title = isObject(annotations) ? textOf(member(annotations, 'org.opencontainers.image.title')) : undefined
  const artifactType = textOf(member(value, 'artifactType'))
  return [{
    mediaType: textOf(member(value, 'mediaType')) ?? '',
    digest,
    size,
    ...(title !== undefined && { title }),
    ...(artifactType !== undefined && { artifactType }),
    platform: member(value, 'platform') === undefined ? 'none' : 'some',
  }]
}

export function isDigest(text: string): boolean {
  return DIGEST.test(text)
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export type Chosen =
  | { readonly type: 'chosen'; readonly descriptor: Descriptor }
  | { readonly type: 'none'; readonly detail: string }

/** By title, then by media type, then the only one; never the first of several that would do. */
export function chooseLayer(layers: readonly Descriptor[], file: string | undefined): Chosen {
  const titles = layers.map((layer) => layer.title ?? layer.mediaType).slice(0, 10).join(', ') || 'none'
  if (file !== undefined) {
    const named = layers.filter(({ title }) => title === file || title?.split('/').at(-1) === file)
    const [exact] = [...named].sort((a, b) => Number(b.title === file) - Number(a.title === file))
    return exact === undefined ? { type: 'none', detail: `no layer is called ${file}; there are: ${titles}` } : only([exact], titles)
  }
  for (const candidates of [layers.filter(isOpenApi), layers.filter(isText), layers]) {
    if (candidates.length === 1) return only(candidates, titles)
    if (candidates.length > 1) return { type: 'none', detail: `several layers could be it: ${titles}` }
  }
  return { type: 'none', detail: 'it has no layers' }
}

function only([descriptor]: readonly Descriptor[], titles: string): Chosen {
  if (descriptor === undefined || /\btar\b|\+zip|\.tar(\.|$)/.test(`${descriptor.mediaType} ${descriptor.title ?? ''}`)) {
    return { type: 'none', detail: `archives are not opened; the layers are: ${titles}` }
  }
  return { type: 'chosen', descriptor }
}

function isOpenApi({ mediaType, title }: Descriptor): boolean {
  return /openapi|swagger|vnd\.oai/i.test(mediaType) || /^(openapi|swagger)\.(json|ya?ml)$/i.test(title?.split('/').at(-1) ?? '')
}

function isText({ mediaType, title }: Descriptor): boolean {
  return /[/+.](json|yaml|x-yaml)\b/i.test(mediaType) || /\.(json|ya?ml)$/i.test(title ?? '')
}

/** Of an index: the artifact without a platform, else the only one. */
export function chooseManifest(manifests: readonly Descriptor[]): Chosen {
  const openApi = manifests.filter(({ artifactType }) => artifactType !== undefined && /openapi|vnd\.oai/i.test(artifactType))
  for (const candidates of [openApi, manifests.filter(({ platform }) => platform === 'none'), manifests]) {
    const [first] = candidates
    if (candidates.length === 1 && first !== undefined) return { type: 'chosen', descriptor: first }
  }
  return { type: 'none', detail: manifests.length === 0 ? 'the index is empty' : `the index lists ${manifests.length} manifests, and none of them stands out` }
}
