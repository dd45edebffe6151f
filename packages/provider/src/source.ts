import { gunzipSync } from 'node:zlib'
import { finding, type Finding } from '@oasgen/diagnostics'
import { textOf, isObject, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, createInformer, keyOfRef, named, SECRETS, type Informer, type Kube } from '@oasgen/kube'
import type { SourceText } from './compile.js'

/** What a place gave. An unchanged identity means unchanged bytes. */
export type LoadedSource =
  | { readonly state: 'found'; readonly text: SourceText; readonly identity: string }
  | { readonly state: 'missing' | 'unreachable' | 'refused'; readonly finding: Finding }

/** Documents in ConfigMaps and Secrets: each named object is watched by itself, so that RBAC can name it. */
export interface ClusterSources {
  /** Waits for the first state of the object. */
  load(source: ClusterSource, uri: string): Promise<LoadedSource>
  stop(): Promise<void>
}

export interface ClusterSource {
  readonly kind: 'configMap' | 'secret'
  readonly namespace: string
  readonly name: string
  readonly key: string
}

export function createClusterSources(kube: Kube, onChange: (uriPrefix: string) => void): ClusterSources {
  const informers = new Map<string, Informer>()
  return {
    load: async (source, uri) => {
      const informer = informerFor({ kube, informers, onChange }, source)
      await Promise.race([informer.synced, pause(SYNC_MS)])
      return informer.hasSynced() ? readHeld(informer, source, uri) : unreachable(uri, informer)
    },
    stop: async () => void (await Promise.all([...informers.values()].map((informer) => informer.stop()))),
  }
}

// Longer than a list takes on a busy server; after it the reconcile goes on with "cannot read" and comes back.
const SYNC_MS = 5000

interface Watching {
  readonly kube: Kube
  readonly informers: Map<string, Informer>
  readonly onChange: (uriPrefix: string) => void
}

function informerFor({ kube, informers, onChange }: Watching, source: ClusterSource): Informer {
  const prefix = `${source.kind.toLowerCase()}://${source.namespace}/${source.name}/`
  const known = informers.get(prefix)
  if (known !== undefined) return known
  const type = source.kind === 'secret' ? SECRETS : CONFIG_MAPS
  const informer = createInformer(kube, type, { namespace: source.namespace, fieldSelector: named(source.name) })
  informers.set(prefix, informer)
  informer.onChange((change) => void (change.initial === undefined && onChange(prefix)))
  informer.start()
  return informer
}

function readHeld(informer: Informer, source: ClusterSource, uri: string): LoadedSource {
  const object = informer.get(keyOfRef({ namespace: source.namespace, name: source.name }))
  const what = source.kind === 'secret' ? 'Secret' : 'ConfigMap'
  if (object === undefined) return missing(uri, `there is no ${what} ${source.namespace}/${source.name}`)
  const bytes = source.kind === 'secret' ? base64At(object.data, source.key) : (textAt(object.data, source.key) ?? base64At(object.binaryData, source.key))
  if (bytes === undefined) return missing(uri, `${what} ${source.namespace}/${source.name} has no key ${source.key}; it has ${keysOf(object)}`)
  const unpacked = unpack(bytes)
  if (unpacked === undefined) return missing(uri, `the content of key ${source.key} starts like gzip but cannot be unpacked`)
  const version = isObject(object.metadata) ? textOf(object.metadata.resourceVersion) : ''
  return { state: 'found', text: { uri, bytes: unpacked }, identity: `${uri}@${version}` }
}

function missing(uri: string, why: string): LoadedSource {
  return { state: 'missing', finding: finding('PRV0106', { uri, why }) }
}

function unreachable(uri: string, informer: Informer): LoadedSource {
  return { state: 'unreachable', finding: finding('PRV0106', { uri, why: informer.problem()?.message ?? 'the Kubernetes API does not answer' }) }
}

function textAt(data: JsonObject[string] | undefined, key: string): Uint8Array | undefined {
  const text = isObject(data) && Object.hasOwn(data, key) ? data[key] : undefined
  return typeof text === 'string' ? Buffer.from(text) : undefined
}

function base64At(data: JsonObject[string] | undefined, key: string): Uint8Array | undefined {
  const text = isObject(data) && Object.hasOwn(data, key) ? data[key] : undefined
  return typeof text === 'string' ? Buffer.from(text, 'base64') : undefined
}

function keysOf(object: JsonObject): string {
  const keys = [object.data, object.binaryData].flatMap((data) => (isObject(data) ? Object.keys(data) : []))
  return keys.length === 0 ? 'none' : keys.sort().join(', ')
}

// As large as a document may become; a small ConfigMap must not unpack to gigabytes.
const MOST_BYTES = 64 * 1024 * 1024

function unpack(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES })
  } catch {
    return undefined
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
