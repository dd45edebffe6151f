import type { ExportWrite } from '@oasgen/engine'
import { finding, type Finding } from '@oasgen/diagnostics'
import { isObject, textOf, writeJson, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, labelsOf, nameOf, namespaceOf, ownersOf, resourceVersionOf, SECRETS, uidOf, type Kube, type KubeError, type KubeObject, type ResourceType } from '@oasgen/kube'

export type Exported =
  | { readonly type: 'exported'; readonly resourceVersion: string }
  | { readonly type: 'refused'; readonly finding: Finding }
  | { readonly type: 'failed'; readonly error: KubeError }

/** On everything that was made for exports, so that people find it. */
export const EXPORT_LABEL = 'krateo.io/exported'

export interface Exporting {
  readonly wanted: ExportWrite
  /** `ours`: the resource remembers to have exported this key, so that another value there is a change of ours. */
  readonly before: 'ours' | 'unknown'
}

/**
 * Puts one value where the definition says: into an object that the resource owns (so that it goes with it) beside other owners
 * and other keys. What is there already is not written again; what somebody changed is put back. An object that somebody else made
 * gets the key and nothing more: as an owner we would take it along with the resource.
 */
export async function exportValue(kube: Kube, owner: KubeObject, { wanted, before }: Exporting): Promise<Exported> {
  const type = wanted.to === 'Secret' ? SECRETS : CONFIG_MAPS
  const ref = { namespace: namespaceOf(owner), name: wanted.name }
  const read = await kube.get(type, ref)
  if (!read.ok && read.error.kind !== 'notFound') return { type: 'failed', error: read.error }
  const existing = read.ok ? read.value : undefined
  const text = textFor(wanted)
  const isOurs = existing !== undefined && ownersOf(existing).some(({ uid }) => uid === uidOf(owner))
  const isForeign = existing !== undefined && !isOurs && !isShared(existing)
  if ((isOurs || isForeign) && dataOf(existing)[wanted.key] === text) return { type: 'exported', resourceVersion: resourceVersionOf(existing) }
  const metadata: JsonObject = isForeign ? {} : { ownerReferences: [ownerReference(owner)], labels: { [EXPORT_LABEL]: 'true' } }
  const body: JsonObject = { metadata, data: { [wanted.key]: text } }
  // Apply merges by key and remembers who set which: without force a key of somebody else is a conflict, not a loss.
  const answer = await kube.patch(type, ref, { type: 'apply', body, fieldManager: managerOf(owner, wanted), force: !isForeign || before === 'ours' })
  if (answer.ok) return { type: 'exported', resourceVersion: resourceVersionOf(answer.value) }
  if (answer.error.kind !== 'conflict') return { type: 'failed', error: answer.error }
  return { type: 'refused', finding: refused(type, wanted, answer.error) }
}

/** Made by an export of another resource: several may share one object, each with keys of its own. */
function isShared(existing: KubeObject): boolean {
  return labelsOf(existing)[EXPORT_LABEL] === 'true'
}

function refused(type: ResourceType, { name, key }: ExportWrite, { message }: KubeError): Finding {
  return finding('CTL0210', { object: `${type.kind} ${name}`, key, problem: message })
}

/** One manager per key: an apply of one key would otherwise take the others back. */
function managerOf(owner: KubeObject, { key }: ExportWrite): string {
  return `krateo-export-${uidOf(owner)}-${key}`.slice(0, 128)
}

function textFor({ to, value }: ExportWrite): string {
  const text = typeof value === 'string' ? value : writeJson(value)
  return to === 'Secret' ? Buffer.from(text).toString('base64') : text
}

function dataOf({ data }: KubeObject): JsonObject {
  return isObject(data) ? data : {}
}

function ownerReference(owner: KubeObject): JsonObject {
  return { apiVersion: textOf(owner.apiVersion ?? ''), kind: textOf(owner.kind ?? ''), name: nameOf(owner), uid: uidOf(owner) }
}
