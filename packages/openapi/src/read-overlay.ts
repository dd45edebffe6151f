import { finding, type Checked, type DocumentPlace, type Finding, type OverlayAction } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { decodeText } from './decode.js'
import { textOf } from './keywords.js'
import { resolveLimits, type Limits } from './limits.js'
import { nameValue } from './name-value.js'
import { parseText } from './parse-text.js'
import { placesOf } from './places.js'
import { recognizeText } from './recognize.js'
import { below } from './pointer.js'

/** An OpenAPI Overlay 1.x, read and checked in itself; whether its targets are there depends on the document. */
export interface OverlayDocument {
  readonly uri: string
  readonly title?: string
  /** The document that it was written for. */
  readonly extends?: string
  readonly actions: readonly OverlayStep[]
  place(pointer: string): DocumentPlace
}

export interface OverlayStep {
  /** JSONPath, RFC 9535. */
  readonly target: string
  /** Pointer of the action in the overlay. */
  readonly pointer: string
  readonly change: OverlayChange
}

export type OverlayChange =
  | { readonly type: 'update'; readonly value: JsonValue }
  | { readonly type: 'remove' }
  /** Of Overlay 1.1: the node at another place is the update. */
  | { readonly type: 'copy'; readonly from: string }

export interface ReadOverlayOptions {
  readonly uri: string
  /** Where parts of an inline overlay stand; without it they are places of `uri` without lines. */
  readonly place?: (pointer: string) => DocumentPlace
  readonly limits?: Partial<Limits>
}

/** Reads an overlay from bytes, or takes one that is a value already (inline in a RestDefinition). */
export function readOverlay(input: Uint8Array | string | JsonObject, options: ReadOverlayOptions): Checked<OverlayDocument> {
  if (typeof input !== 'string' && !(input instanceof Uint8Array)) {
    return readActions(input, options, options.place ?? ((pointer) => ({ kind: 'document', uri: options.uri, pointer })))
  }
  const limits = resolveLimits(options.limits)
  const decoded = decodeText(input, options.uri, limits)
  if (decoded.value === undefined) return { value: undefined, findings: decoded.findings }
  const stranger = recognizeText(decoded.value, options.uri)
  if (stranger !== undefined) return { value: undefined, findings: [stranger] }
  const parsed = parseText(decoded.value, options.uri, limits)
  const findings = [...decoded.findings, ...parsed.findings]
  if (parsed.value === undefined) return { value: undefined, findings }
  const overlay = readActions(parsed.value.value, options, placesOf(parsed.value, options.uri))
  return { value: overlay.value, findings: [...findings, ...overlay.findings] }
}

type PlaceOf = (pointer: string) => DocumentPlace

function readActions(root: JsonValue, options: ReadOverlayOptions, place: PlaceOf): Checked<OverlayDocument> {
  const problem = overlayProblem(root)
  if (problem !== undefined) return { value: undefined, findings: [finding('OAS0501', { problem }, { where: place('') })] }
  const { info, extends: base, actions } = root as JsonObject & { readonly actions: readonly JsonValue[] }
  const findings: Finding[] = []
  const steps = actions.flatMap((action, index) => {
    const step = readStep(action, below('/actions', index))
    if (typeof step !== 'string') return [step]
    findings.push(finding('OAS0504', { problem: step }, { where: place(below('/actions', index)) }))
    return []
  })
  const title = isObject(info) ? info['title'] : undefined
  const value: OverlayDocument = {
    uri: options.uri,
    ...(typeof title === 'string' && { title }),
    ...(typeof base === 'string' && { extends: base }),
    actions: steps,
    place,
  }
  return { value, findings }
}

/** What makes a value no overlay at all. */
function overlayProblem(root: JsonValue): string | undefined {
  if (!isObject(root)) return `it is ${nameValue(root)}, expected an object`
  const { overlay, actions } = root
  const known = overlay === undefined || /^1(?:\.|$)/.test(textOf(overlay) ?? '')
  if (!known) return `its version \`overlay\` is ${nameValue(overlay)}, expected 1.0.0`
  const isDocument = overlay === undefined && ['openapi', 'swagger'].some((name) => Object.hasOwn(root, name))
  if (isDocument) return 'it is an OpenAPI document, not an overlay'
  if (!isArray(actions)) return `its \`actions\` is ${nameValue(actions)}, expected a list`
  return undefined
}

function readStep(action: JsonValue, pointer: string): OverlayStep | string {
  if (!isObject(action)) return `is ${nameValue(action)}, expected an object`
  const { target, update, remove, copy } = action
  if (typeof target !== 'string' || target.trim() === '') return `has as its \`target\` ${nameValue(target)}, expected a JSONPath`
  if (remove !== undefined && typeof remove !== 'boolean') return `has as its \`remove\` ${nameValue(remove)}, expected \`true\``
  // Overlay 1.0: `update` has no effect when `remove` is true.
  if (remove === true) return { target, pointer, change: { type: 'remove' } }
  if (update !== undefined) return { target, pointer, change: { type: 'update', value: update } }
  if (typeof copy === 'string') return { target, pointer, change: { type: 'copy', from: copy } }
  return 'says neither `update` nor `remove: true`'
}

/** The overlay that carries out the cures of findings; what a user saves and names under `document.overlays`. */
export function overlayOf(actions: readonly OverlayAction[], title: string): JsonObject {
  const steps = actions.map(({ target, update, remove }) => ({
    target,
    ...(update !== undefined && { update: update as JsonValue }),
    ...(remove === true && { remove }),
  }))
  return { overlay: '1.0.0', info: { title, version: '1.0.0' }, actions: steps }
}
