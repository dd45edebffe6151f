import { finding } from '@oasgen/diagnostics'
import type { EventRecord, ResourceWrite } from '@oasgen/engine'
import type { Logger } from '@oasgen/controller'
import { isObject, type JsonObject } from '@oasgen/json'
import { finalizersOf, keyOf, nameOf, namespaceOf, resourceVersionOf, uidOf, type EventRecorder, type Kube, type KubeObject, type KubeResult, type ResourceType } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { withoutExports, type ExportFailure, type Exports } from './exports.js'
import { persist, type WriteResult } from './persist.js'
import { acceptableStatus, statusPatch } from './status-patch.js'

/** Performs what `decide` asks to be written: exports, then metadata, then status; events last, which nobody waits for. */
export interface Writer {
  write(resource: KubeObject, write: ResourceWrite, signal: AbortSignal): Promise<WriteResult>
}

export interface WriterOptions {
  readonly kube: Kube
  readonly type: ResourceType
  readonly recorder: EventRecorder
  readonly exports: Exports
  readonly logger: Logger
}

export function createWriter(options: WriterOptions): Writer {
  return {
    write: async (resource, write, signal) => {
      const failures = await options.exports.put(resource, write.exports ?? [], { isFact: write.resourceVersion === undefined, signal })
      for (const failure of failures) tellExport(options, resource, failure)
      const writing: Writing = { options, write: write.status === undefined ? write : { ...write, status: withoutExports(write.status, failures) }, signal }
      const metadata = await writeMetadata(writing, resource)
      if (metadata.type !== 'written') return told(writing, resource, metadata)
      const status = await writeStatus(writing, metadata.resource)
      if (status.type === 'written' || status.type === 'gone') announce(options.recorder, resource, write.events ?? [])
      return told(writing, resource, status)
    },
  }
}

interface Writing {
  readonly options: WriterOptions
  readonly write: ResourceWrite
  readonly signal: AbortSignal
}

async function writeMetadata(writing: Writing, resource: KubeObject): Promise<WriteResult> {
  const { annotations, finalizers } = writing.write
  if (finalizers === undefined && annotations === undefined) return { type: 'written', resource }
  return repeated(writing, resource, (current) => patchMetadata(writing, current))
}

function patchMetadata({ options, write }: Writing, current: KubeObject): Promise<KubeResult<KubeObject>> {
  const finalizers = wantedFinalizers(current, write)
  const metadata: JsonObject = {
    ...(write.annotations && { annotations: write.annotations }),
    ...(finalizers && { finalizers }),
    // A list is replaced as a whole: without the version a finalizer that somebody added meanwhile would be lost.
    ...((write.resourceVersion !== undefined || finalizers !== undefined) && { resourceVersion: resourceVersionOf(current) }),
    uid: uidOf(current),
  }
  return options.kube.patch(options.type, refTo(current), { type: 'merge', body: { metadata } })
}

function wantedFinalizers(resource: KubeObject, { finalizers }: ResourceWrite): readonly string[] | undefined {
  if (finalizers === undefined) return undefined
  const kept = finalizersOf(resource).filter((name) => name !== finalizers.remove)
  return finalizers.add === undefined || kept.includes(finalizers.add) ? kept : [...kept, finalizers.add]
}

async function writeStatus(writing: Writing, resource: KubeObject): Promise<WriteResult> {
  const { status } = writing.write
  if (status === undefined) return { type: 'written', resource }
  const first = await repeated(writing, resource, (current) => patchStatus(writing, current, status))
  if (first.type !== 'failed' || first.error.kind !== 'invalid') return first
  const rest = acceptableStatus(status, first.error)
  if (rest === undefined) return first
  writing.options.logger.warn('fields of status are left out', { resource: keyOf(resource), finding: finding('CTL0212', { fields: rest.without.join(', '), problem: first.error.message }) })
  return repeated(writing, resource, (current) => patchStatus(writing, current, rest.status))
}

async function patchStatus({ options, write }: Writing, current: KubeObject, status: JsonObject): Promise<KubeResult<KubeObject>> {
  const patch = statusPatch(current.status, status)
  if (isObject(current.status) && Object.keys(patch).length === 0) return { ok: true, value: current }
  const metadata = { uid: uidOf(current), ...(write.resourceVersion !== undefined && { resourceVersion: resourceVersionOf(current) }) }
  return options.kube.patchStatus(options.type, refTo(current), { type: 'merge', body: { metadata, status: patch } })
}

function repeated({ options, write, signal }: Writing, resource: KubeObject, attempt: (current: KubeObject) => Promise<KubeResult<KubeObject>>): Promise<WriteResult> {
  return persist(resource, {
    precondition: write.resourceVersion === undefined ? 'none' : 'resourceVersion',
    attempt, signal,
    read: () => options.kube.get(options.type, refTo(resource)),
    onTrouble: (error, tries) => {
      if (tries === 1 || tries % 12 === 0) options.logger.warn('a fact is not persisted yet', { resource: keyOf(resource), why: write.why, tries, problem: error.finding.message })
    },
  })
}

/** The last chance of a fact that could not be persisted: whoever reads the log can put the annotation on the resource. */
function told({ options, write }: Writing, resource: KubeObject, result: WriteResult): WriteResult {
  if (result.type !== 'failed') return result
  const externalName = write.annotations?.[ANNOTATION.externalName] ?? undefined
  const isFact = write.resourceVersion === undefined
  const facts = { resource: keyOf(resource), why: write.why, problem: result.error.finding.message, ...(externalName !== undefined && { externalName }) }
  if (isFact) options.logger.error('a fact could not be persisted', { ...facts, finding: finding('CTL0211', { resource: keyOf(resource), annotation: `${ANNOTATION.externalName}=${externalName ?? ''}`, problem: result.error.message }) })
  else options.logger.warn('a write failed', facts)
  return result
}

/** Neither the identity nor the conditions may wait for somebody who holds the name of an export. */
function tellExport({ logger, recorder }: WriterOptions, resource: KubeObject, { value: { to, name, key }, finding: found }: ExportFailure): void {
  logger.warn('a value is not exported', { resource: keyOf(resource), to: `${to} ${name}`, key, problem: found.message })
  recorder.record({ regarding: resource, type: 'Warning', reason: 'CannotExportValue', action: 'Reconcile', note: found.message })
}

function announce(recorder: EventRecorder, regarding: KubeObject, events: readonly EventRecord[]): void {
  for (const event of events) recorder.record({ regarding, type: event.type, reason: event.reason, action: 'Reconcile', note: event.message })
}

function refTo(resource: KubeObject): { readonly namespace: string; readonly name: string } {
  return { namespace: namespaceOf(resource), name: nameOf(resource) }
}
