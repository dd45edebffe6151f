import { finding, type Finding } from '@oasgen/diagnostics'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { namespaceOf, type KubeObject } from '@oasgen/kube'
import type { DocumentSource } from '@oasgen/openapi'
import { readDuration } from '@oasgen/restdefinition'
import type { DocumentCredentials, DocumentIdentity, FetchDocumentOptions, Transport } from '@oasgen/transport'
import { judgeHost } from './limits.js'
import type { HeldSecret, LoadedSource } from './source.js'

/** Documents from outside the cluster: revalidated by interval, downloaded only when they changed. */
export interface RemoteSources {
  load(source: DocumentSource, uri: string, definition: KubeObject): Promise<LoadedSource>
}

export interface RemoteOptions {
  readonly transport: Transport
  /** `file://` documents are read: the command line on somebody's own machine. */
  readonly files: 'allow' | 'deny'
  /** Hosts that may be asked; empty = all. */
  readonly allowHosts: readonly string[]
  /** Whether `document.credentialsRef` may name a Secret of another namespace. */
  readonly crossNamespace: 'allow' | 'deny'
  readonly secret: (ref: { readonly namespace: string; readonly name: string }) => Promise<HeldSecret>
  readonly now: () => number
}

interface Held {
  readonly loaded: LoadedSource & { readonly state: 'found' }
  readonly identity: DocumentIdentity
  readonly checkedAt: number
  /** The look failed: it is repeated sooner. */
  readonly retryAt?: number
}

type Asked = Omit<FetchDocumentOptions, 'previous'>

export function createRemoteSources(options: RemoteOptions): RemoteSources {
  const held = new Map<string, Held>()
  const asking = new Map<string, Promise<LoadedSource>>()
  return {
    load: async (source, uri, definition) => {
      const refused = refusal(options, source, uri)
      if (refused !== undefined) return { state: 'refused', finding: refused }
      const credentials = await credentialsFor(options, uri, definition)
      if ('finding' in credentials) return { state: 'missing', finding: credentials.finding }
      const pin = digestOf(definition)
      // Whoever has no credentials must not be served what others may read.
      const key = [uri, credentials.version, pin ?? ''].join('\n')
      const known = held.get(key)
      const refreshMs = refreshSeconds(definition) * 1000
      if (known !== undefined && options.now() < Math.min(known.checkedAt + refreshMs, known.retryAt ?? Infinity)) return known.loaded
      const asked: Asked = { files: options.files, ...(credentials.value && { credentials: credentials.value }), ...(pin !== undefined && { digest: pin }) }
      const under = asking.get(key) ?? download({ options, held, source, uri, key, known, asked }).finally(() => asking.delete(key))
      asking.set(key, under)
      return under
    },
  }
}

function refusal(options: RemoteOptions, source: DocumentSource, uri: string): Finding | undefined {
  if (source.kind === 'file' && options.files === 'deny') return finding('PRV0107', { uri, why: 'files are read by the command line only' })
  return judgeHost(source, options.allowHosts)
}

interface Download {
  readonly options: RemoteOptions
  readonly held: Map<string, Held>
  readonly source: DocumentSource
  readonly uri: string
  readonly key: string
  readonly known: Held | undefined
  readonly asked: Asked
}

const RETRY_MS = 30_000

async function download({ options, held, source, uri, key, known, asked }: Download): Promise<LoadedSource> {
  const answer = await options.transport.fetchDocument(source, { ...asked, ...(known && { previous: known.identity }) })
  const checkedAt = options.now()
  switch (answer.type) {
    case 'notModified': {
      if (known === undefined) return { state: 'unreachable', finding: finding('PRV0106', { uri, why: 'the server says "not modified" about nothing' }) }
      const { problem: _, ...loaded } = known.loaded
      held.set(key, { loaded, identity: known.identity, checkedAt })
      return loaded
    }
    case 'document': {
      const loaded = { state: 'found' as const, text: { uri, bytes: answer.bytes }, identity: `${uri}@${answer.identity.digest}` }
      held.set(key, { loaded, identity: answer.identity, checkedAt })
      return loaded
    }
    case 'failure': {
      if (known === undefined) return { state: 'unreachable', finding: answer.finding }
      // What was read before still holds; that it could not be looked at again is told.
      const loaded = { ...known.loaded, problem: { finding: answer.finding, duration: answer.duration } }
      held.set(key, { ...known, loaded, checkedAt, retryAt: checkedAt + Math.max(answer.retryAfterMs ?? 0, RETRY_MS) })
      return loaded
    }
  }
}

interface Credentials {
  readonly value?: DocumentCredentials
  /** Changes with the credentials; empty without any. */
  readonly version: string
}

async function credentialsFor(options: RemoteOptions, uri: string, definition: KubeObject): Promise<Credentials | { readonly finding: Finding }> {
  const ref = documentOf(definition).credentialsRef
  if (!isObject(ref)) return { version: '' }
  const own = namespaceOf(definition)
  const at = { namespace: textOf(ref.namespace) || own, name: textOf(ref.name) }
  const unavailable = (why: string): { readonly finding: Finding } => ({ finding: finding('PRV0106', { uri, why }) })
  if (at.namespace !== own && options.crossNamespace === 'deny') return unavailable(`document.credentialsRef names a Secret of another namespace (${at.namespace}), which --cross-namespace=deny forbids`)
  const secret = await options.secret(at)
  if (secret.state !== 'found') return unavailable(secret.why)
  const value = readCredentials(secret.data, ref)
  return value === undefined
    ? unavailable(`the Secret ${at.namespace}/${at.name} has no ${textOf(ref.key) || 'token'} and nothing else to authenticate with; it has ${Object.keys(secret.data).sort().join(', ') || 'no keys'}`)
    : { value, version: `${at.namespace}/${at.name}@${secret.version}` }
}

/** A token, or user and password; beside them a CA bundle (`ca.crt`) and the credentials of registries (`.dockerconfigjson`). */
function readCredentials(data: Readonly<Record<string, string>>, ref: JsonObject): DocumentCredentials | undefined {
  const token = data[textOf(ref.key) || 'token']
  const header = textOf(ref.header)
  const username = data[textOf(ref.usernameKey) || 'username']
  const password = data[textOf(ref.passwordKey) || 'password']
  const ca = data['ca.crt']
  const dockerConfig = data['.dockerconfigjson']
  const credentials: DocumentCredentials = {
    ...(token !== undefined && (header === '' ? { token } : { headers: { [header]: token } })),
    ...(token === undefined && username !== undefined && { username }),
    ...(token === undefined && password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(dockerConfig !== undefined && { dockerConfig }),
  }
  return Object.keys(credentials).length === 0 ? undefined : credentials
}

function documentOf(definition: KubeObject): JsonObject {
  return isObject(definition.spec) && isObject(definition.spec.document) ? definition.spec.document : {}
}

function digestOf(definition: KubeObject): string | undefined {
  const { digest } = documentOf(definition)
  return typeof digest === 'string' && digest !== '' ? digest : undefined
}

const DEFAULT_REFRESH_SECONDS = 300

/** How long a document is believed; also when the next pass is due. */
export function refreshSeconds(definition: KubeObject): number {
  const seconds = readDuration(textOf(documentOf(definition).refreshInterval))
  return seconds === undefined || seconds <= 0 ? DEFAULT_REFRESH_SECONDS : seconds
}
