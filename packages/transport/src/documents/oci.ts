import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import type { Header } from '../auth/credentials.js'
import { addressClass } from '../connection/addresses.js'
import { decompress } from '../response/decompress.js'
import { getFollowing, headerText, type Download, type Got } from './get.js'
import { MANIFEST_ACCEPT, chooseLayer, chooseManifest, isDigest, readManifest, type Descriptor } from './oci-manifest.js'
import { answerChallenge, registryLogin, type RegistryLogin } from './oci-auth.js'
import { documentFailure, documentOf, lasting, statusFailure } from './outcome.js'
import type { FetchDocumentOptions, FetchedDocument, OciSource } from './source.js'

/** One artifact: what its requests have in common. `authorization` is learned from the first 401. */
interface Pull {
  readonly download: Download
  readonly options: FetchDocumentOptions
  readonly uri: string
  readonly registry: URL
  readonly repository: string
  readonly login: RegistryLogin | undefined
  authorization: readonly Header[]
}

type Failed = Extract<FetchedDocument, { type: 'failure' }>

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

export async function fetchOci(download: Download, source: OciSource, options: FetchDocumentOptions): Promise<FetchedDocument> {
  const { uri } = source
  const { previous } = options
  if (source.digest !== undefined && !isDigest(source.digest)) return lasting('NET0507', { uri, detail: 'the digest is malformed' })
  // A digest names its content for good: nothing needs to be asked.
  if (previous !== undefined && source.digest !== undefined && previous.manifest === source.digest && pinHolds(options)) return { type: 'notModified', identity: previous }
  const pull = openPull(download, source, { uri, options })
  const found = await pullManifest(pull, source.digest ?? source.tag ?? 'latest', 0)
  if ('finding' in found) return found
  if (previous !== undefined && previous.manifest === found.digest && pinHolds(options)) return { type: 'notModified', identity: previous }
  const layer = chooseLayer(found.layers, source.file)
  if (layer.type === 'none') return lasting('NET0506', { uri, detail: layer.detail })
  return pullLayer(pull, layer.descriptor, found.digest)
}

function pinHolds({ previous, digest }: FetchDocumentOptions): boolean {
  return digest === undefined || digest.toLowerCase() === previous?.digest
}

function openPull(download: Download, source: OciSource, { uri, options }: Pick<Pull, 'uri' | 'options'>): Pull {
  const hub = source.registry === 'docker.io'
  const plain = options.plainRegistries?.includes(source.registry) === true || isLoopback(source.registry)
  const registry = new URL(`${plain ? 'http' : 'https'}://${hub ? 'registry-1.docker.io' : source.registry}`)
  const repository = hub && !source.repository.includes('/') ? `library/${source.repository}` : source.repository
  return { download, options, uri, registry, repository, login: registryLogin(options.credentials, source.registry), authorization: [] }
}

/** As docker and oras do it: a registry on this machine is spoken to without TLS. */
function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return host === 'localhost' || (isIP(host) !== 0 && addressClass(host) === 'loopback')
}

interface FoundManifest {
  /** Digest of what the tag names: the index, where there is one. */
  readonly digest: string
  readonly layers: readonly Descriptor[]
}

/** An index leads to a manifest; deeper nesting is not followed. */
async function pullManifest(pull: Pull, reference: string, depth: number): Promise<FoundManifest | Failed> {
  const { uri } = pull
  const got = await pullGet(pull, `manifests/${encodeURIComponent(reference).replaceAll('%3A', ':')}`, { accept: MANIFEST_ACCEPT, maxBytes: MAX_MANIFEST_BYTES })
  if ('finding' in got) return got
  const digest = digestOf(got.body, isDigest(reference) ? reference : 'sha256:')
  if (isDigest(reference) && digest !== reference) return lasting('NET0505', { uri, found: digest, expected: reference })
  const manifest = readManifest(got.body.toString('utf8'), headerText(got.headers, 'content-type') ?? '')
  switch (manifest.type) {
    case 'unusable':
      return lasting('NET0507', { uri, detail: manifest.detail })
    case 'manifest':
      return { digest, layers: manifest.layers }
    case 'index': {
      const chosen = chooseManifest(manifest.manifests)
      if (chosen.type === 'none') return lasting('NET0506', { uri, detail: chosen.detail })
      if (depth > 0) return lasting('NET0507', { uri, detail: 'an index leads to another index' })
      const inner = await pullManifest(pull, chosen.descriptor.digest, depth + 1)
      return 'finding' in inner ? inner : { ...inner, digest }
    }
  }
}

async function pullLayer(pull: Pull, layer: Descriptor, manifest: string): Promise<FetchedDocument> {
  const { uri, options, download } = pull
  if (layer.size > download.maxBytes) return lasting('NET0504', { uri, limit: download.maxBytes })
  const got = await pullGet(pull, `blobs/${layer.digest}`, { accept: '*/*', maxBytes: download.maxBytes })
  if ('finding' in got) return got
  const digest = digestOf(got.body, layer.digest)
  if (digest !== layer.digest) return lasting('NET0505', { uri, found: digest, expected: layer.digest })
  const zipped = layer.mediaType.endsWith('+gzip') || layer.title?.endsWith('.gz') === true
  const opened = zipped ? await decompress(got.body, 'gzip', download.maxBytes) : { type: 'bytes' as const, bytes: got.body }
  if (opened.type === 'tooLarge') return lasting('NET0504', { uri, limit: download.maxBytes })
  if (opened.type === 'broken') return lasting('NET0507', { uri, detail: `the layer cannot be decompressed: ${opened.detail}` })
  return documentOf({ uri, bytes: opened.bytes, mediaType: layer.mediaType, identity: { manifest }, pin: options.digest, previous: options.previous })
}

interface PullGet {
  readonly accept: string
  readonly maxBytes: number
}

/** With the authorization learned so far; a 401 is answered once. */
async function pullGet(pull: Pull, path: string, { accept, maxBytes }: PullGet): Promise<Extract<Got, { type: 'response' }> | Failed> {
  const { download, uri } = pull
  const url = new URL(`/v2/${pull.repository}/${path}`, pull.registry)
  const get = () => getFollowing(download, { url, headers: [['accept', accept]], credentials: pull.authorization, maxBytes })
  let got = await get()
  if (got.type === 'response' && got.status === 401) {
    const { registry, repository, login } = pull
    const answered = await answerChallenge({ download, header: headerText(got.headers, 'www-authenticate') ?? '', login, registry, repository })
    if (answered !== undefined) {
      pull.authorization = answered
      got = await get()
    }
  }
  if (got.type === 'failure') return documentFailure(got.failure, uri, maxBytes)
  return got.status === 200 ? got : statusFailure(got, uri, download.now())
}

function digestOf(bytes: Uint8Array, like: string): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256'
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}
