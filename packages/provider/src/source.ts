import { gunzipSync } from 'node:zlib'
import { finding, type Finding } from '@oasgen/diagnostics'
import { textOf, isObject, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, createInformer, keyOfRef, named, SECRETS, type Informer, type Kube } from '@oasgen/kube'
import type { SourceText } from './compile.js'

/** What a place gave. An unchanged identity means unchanged bytes. */
export type LoadedSource =
  | {
    readonly state: 'found'; readonly text: SourceText; readonly identity: string
    /** It is what was read before: the newest look failed. */
    readonly problem?: { readonly finding: Finding; readonly duration: 'passing' | 'lasting' }
  }
  | { readonly state: 'missing' | 'unreachable' | 'refused'; readonly finding: Finding }

/** Documents in ConfigMaps and Secrets: each named object is watched by itself, so that RBAC can name it. */
export interface ClusterSources {
  /** Waits for the first state of the object. */
  load(source: ClusterSource, uri: string): Promise<LoadedSource>
  /** A whole Secret, decoded: the credentials for downloading a document. */
  secret(ref: { readonly namespace: string; readonly name: string }): Promise<HeldSecret>
  /** Stops following what no definition names any more. */
  retain(isUsed: (uriPrefix: string) => boolean): void
  stop(): Promise<void>
}

export type HeldSecret =
  | { readonly state: 'found'; readonly data: Readonly<Record<string, string>>; readonly version: string }
  | { readonly state: 'missing' | 'unreachable'; readonly why: string }

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
    secret: async ({ namespace, name }) => {
      const informer = informerFor({ kube, informers, onChange }, { kind: 'secret', namespace, name })
      await Promise.race([informer.synced, pause(SYNC_MS)])
      if (!informer.hasSynced()) return { state: 'unreachable', why: informer.problem()?.message ?? 'the Kubernetes API does not answer' }
      const object = informer.get(keyOfRef({ namespace, name }))
      if (object === undefined) return { state: 'missing', why: `there is no Secret ${namespace}/${name}` }
      const data = isObject(object.data) ? object.data : {}
      return { state: 'found', version: versionOf(object), data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(textOf(value), 'base64').toString()])) }
    },
    retain: (isUsed) => {
      for (const [prefix, informer] of informers) {
        if (isUsed(prefix)) continue
        informers.delete(prefix)
        void informer.stop()
      }
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

function informerFor({ kube, informers, onChange }: Watching, source: Omit<ClusterSource, 'key'>): Informer {
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
  return { state: 'found', text: { uri, bytes: unpacked }, identity: `${uri}@${versionOf(object)}` }
}

function versionOf(object: JsonObject): string {
  return isObject(object.metadata) ? textOf(object.metadata.resourceVersion) : ''
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
