import type { EventRecord, ExportWrite, ResourceWrite } from '@oasgen/engine'
import { textOf, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import {
  CONFIG_MAPS, finalizersOf, nameOf, namespaceOf, resourceVersionOf, SECRETS, uidOf, type EventRecorder, type Kube, type KubeError, type KubeObject, type KubeResult, type ResourceType,
} from '@oasgen/kube'

/** What became of a write. `stale`: we decided on something old; the newer object comes by the watch. */
export type WriteResult =
  | { readonly type: 'written'; readonly resource: KubeObject }
  | { readonly type: 'gone' }
  | { readonly type: 'stale' }
  | { readonly type: 'failed'; readonly error: KubeError }

export interface Writer {
  write(resource: KubeObject, write: ResourceWrite): Promise<WriteResult>
}

export interface WriterOptions {
  readonly kube: Kube
  readonly type: ResourceType
  readonly recorder: EventRecorder
  readonly signal: AbortSignal
}

/** Exports, then metadata, then status; events last, which nobody waits for. */
export function createWriter(options: WriterOptions): Writer {
  return {
    write: async (resource, write) => {
      for (const value of write.exports ?? []) {
        const answer = await exportValue(options.kube, resource, value)
        if (!answer.ok) return { type: 'failed', error: answer.error }
      }
      const metadata = await writeMetadata(options, resource, write)
      if (metadata.type !== 'written') return metadata
      const status = await writeStatus(options, metadata.resource, write)
      if (status.type === 'written' || status.type === 'gone') announce(options.recorder, resource, write.events ?? [])
      return status
    },
  }
}

async function writeMetadata(options: WriterOptions, resource: KubeObject, write: ResourceWrite): Promise<WriteResult> {
  const finalizers = wantedFinalizers(resource, write)
  if (finalizers === undefined && write.annotations === undefined) return { type: 'written', resource }
  const metadata: JsonObject = {
    ...(write.annotations && { annotations: write.annotations }),
    ...(finalizers && { finalizers }),
    // A list is replaced as a whole: without this a finalizer that somebody added meanwhile would be lost.
    ...((write.resourceVersion !== undefined || finalizers !== undefined) && { resourceVersion: resourceVersionOf(resource) }),
    uid: uidOf(resource),
  }
  return persist(options, write, () => options.kube.patch(options.type, refTo(resource), { type: 'merge', body: { metadata } }))
}

function wantedFinalizers(resource: KubeObject, { finalizers }: ResourceWrite): readonly string[] | undefined {
  if (finalizers === undefined) return undefined
  const kept = finalizersOf(resource).filter((name) => name !== finalizers.remove)
  return finalizers.add === undefined || kept.includes(finalizers.add) ? kept : [...kept, finalizers.add]
}

async function writeStatus(options: WriterOptions, resource: KubeObject, write: ResourceWrite): Promise<WriteResult> {
  if (write.status === undefined) return { type: 'written', resource }
  const body = (old: KubeObject): JsonObject => ({
    metadata: { uid: uidOf(resource), ...(write.resourceVersion !== undefined && { resourceVersion: resourceVersionOf(resource) }) },
    status: replacing(old.status, write.status ?? {}),
  })
  return persist(options, write, () => options.kube.patchStatus(options.type, refTo(resource), { type: 'merge', body: body(resource) }))
}

// The engine says the whole status; a merge patch removes only what it names.
function replacing(old: JsonValue | undefined, next: JsonObject): JsonObject {
  if (!isObject(old)) return next
  const merged: Record<string, JsonValue> = {}
  for (const name of Object.keys(old)) if (!Object.hasOwn(next, name)) merged[name] = null
  for (const [name, value] of Object.entries(next)) merged[name] = isObject(value) ? replacing(old[name], value) : value
  return merged
}

const REPEAT_MS = [100, 300, 1000, 3000, 5000]

/** Facts that must not be lost (an id) carry no precondition and are repeated until the time of the reconcile is over. */
async function persist(options: WriterOptions, write: ResourceWrite, attempt: () => Promise<KubeResult<KubeObject>>): Promise<WriteResult> {
  for (let tries = 0; ; tries++) {
    const answer = await attempt()
    if (answer.ok) return { type: 'written', resource: answer.value }
    const { error } = answer
    if (error.kind === 'notFound') return { type: 'gone' }
    const mustPersist = write.resourceVersion === undefined
    const isPassing = error.kind === 'unreachable' || error.kind === 'server' || error.kind === 'throttled' || error.kind === 'conflict'
    const delay = REPEAT_MS[tries]
    if (mustPersist && isPassing && delay !== undefined && !options.signal.aborted) await pause(Math.max(delay, error.retryAfterMs ?? 0))
    else return error.kind === 'conflict' ? { type: 'stale' } : { type: 'failed', error }
  }
}

async function exportValue(kube: Kube, owner: KubeObject, { to, name, key, value }: ExportWrite): Promise<KubeResult<KubeObject>> {
  const type = to === 'Secret' ? SECRETS : CONFIG_MAPS
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const data = to === 'Secret' ? { [key]: Buffer.from(text).toString('base64') } : { [key]: text }
  const body: JsonObject = { metadata: { ownerReferences: [ownerReference(owner)] }, data }
  // Apply merges by key: several resources and people may hold other keys of the same object.
  return kube.patch(type, { namespace: namespaceOf(owner), name }, { type: 'apply', body, fieldManager: `rest-controller-${uidOf(owner)}`.slice(0, 128), force: true })
}

function ownerReference(owner: KubeObject): JsonObject {
  return { apiVersion: textOf(owner.apiVersion), kind: textOf(owner.kind), name: nameOf(owner), uid: uidOf(owner) }
}

function announce(recorder: EventRecorder, regarding: KubeObject, events: readonly EventRecord[]): void {
  for (const event of events) recorder.record({ regarding, type: event.type, reason: event.reason, action: 'Reconcile', note: event.message })
}

function refTo(resource: KubeObject): { readonly namespace: string; readonly name: string } {
  return { namespace: namespaceOf(resource), name: nameOf(resource) }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
