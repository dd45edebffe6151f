import { finding, hasErrors, type Checked, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { hashJson, isArray, isObject, sha256, type JsonObject, type JsonValue, type Members } from '@oasgen/json'
import { exec } from 'jsonpath-rfc9535'
import { adviseTarget, namePathProblem, nameSyntaxError } from './json-path-advice.js'
import { nameValue, shorten } from './name-value.js'
import { below, childOf } from './pointer.js'
import { editValue, type Edited, type Origin, type OriginText } from './provenance.js'
import type { OverlayDocument, OverlayStep } from './read-overlay.js'
import type { SourceDocument } from './source-document.js'
import { readVersion, type FoundVersion } from './version.js'

/**
 * The document as the overlays make it, applied in order. The original stays as it is; places of what was not touched are
 * those in the original, places of what was added are those in the overlay.
 */
export function applyOverlays(source: SourceDocument, overlays: readonly OverlayDocument[]): Checked<SourceDocument> {
  if (overlays.length === 0) return { value: source, findings: [] }
  const findings: Finding[] = []
  const edited = editValue(source.root, source)
  for (const overlay of overlays) {
    if (overlay.extends !== undefined && overlay.extends !== source.uri) {
      findings.push(finding('OAS0505', { extends: shorten(overlay.extends, 100), uri: source.uri }, { where: overlay.place('/extends') }))
    }
    for (const step of overlay.actions) findings.push(...applyStep(edited, overlay, step))
  }
  const version = readVersion(edited.root, (pointer) => placeIn(edited, pointer), () => undefined)
  const all = [...findings, ...version.findings]
  if (version.value === undefined || hasErrors(findings)) return { value: undefined, findings: all }
  return { value: overlaid(source, overlays, edited, version.value), findings: all }
}

function overlaid(source: SourceDocument, overlays: readonly OverlayDocument[], edited: Edited, version: FoundVersion): SourceDocument {
  let digest: string | undefined
  return {
    uri: source.uri,
    role: source.role,
    version: version.version,
    versionText: version.text,
    format: source.format,
    root: edited.root,
    get digest() {
      return (digest ??= `sha256:${sha256([source.digest, ...overlays.map(hashOverlay)].join('\n'))}`)
    },
    positionOf(pointer) {
      const { text, pointer: original } = edited.originOf(pointer)
      return text.positionOf(original)
    },
    place: (pointer) => placeIn(edited, pointer),
    duplicateKeys: () => source.duplicateKeys(),
  }
}

function hashOverlay(overlay: OverlayDocument): string {
  return hashJson(overlay.actions.map(({ target, change }) => ({ target, ...change })))
}

function placeIn(edited: Edited, pointer: string): DocumentPlace {
  const { text, pointer: original } = edited.originOf(pointer)
  return text.place(original)
}

type Path = readonly (string | number)[]

function applyStep(edited: Edited, overlay: OverlayDocument, step: OverlayStep): readonly Finding[] {
  const where = overlay.place(below(step.pointer, 'target'))
  const found = findTargets(edited.root, step.target)
  if (typeof found === 'string') {
    const texts = { target: shorten(step.target, 100), problem: found, advice: adviseTarget(step.target) }
    return [finding('OAS0503', texts, { where })]
  }
  if (found.length === 0) {
    return [finding('OAS0502', { target: shorten(step.target, 100), advice: namePathProblem(edited.root, step.target) }, { where })]
  }
  return change(edited, overlay, step, found)
}

/** All matches, before anything is changed; a text tells why the target is no JSONPath. */
function findTargets(root: JsonObject, target: string): readonly Path[] | string {
  const found: Path[] = []
  try {
    exec(root as Parameters<typeof exec>[0], target.trim(), (_, path) => found.push([...path]))
    return found
  } catch (problem) {
    return nameSyntaxError(problem, target.trim())
  }
}

function change(edited: Edited, overlay: OverlayDocument, step: OverlayStep, paths: readonly Path[]): readonly Finding[] {
  const where = overlay.place(step.pointer)
  const origin: Origin = { text: textOf(overlay), pointer: below(step.pointer, 'update') }
  switch (step.change.type) {
    case 'remove': return removeAll(edited, paths, where)
    case 'update': return updateAll(edited, paths, { value: step.change.value, origin }, where)
    case 'copy': return copyTo(edited, step.change.from, paths, where)
  }
}

function textOf(overlay: OverlayDocument): OriginText {
  return { place: (pointer) => overlay.place(pointer), positionOf: (pointer) => overlay.place(pointer).position }
}

/** Last first, so that indexes stay valid and children go before their parents. */
function removeAll(edited: Edited, paths: readonly Path[], where: DocumentPlace): readonly Finding[] {
  if (paths.some((path) => path.length === 0)) return [finding('OAS0504', { problem: 'removes the document itself' }, { where })]
  for (const path of paths.toReversed()) {
    const container = edited.own(path.slice(0, -1))
    const key = path.at(-1)
    if (container !== undefined && key !== undefined) edited.remove(container, key)
  }
  return []
}

interface Update {
  readonly value: JsonValue
  readonly origin: Origin
}

function updateAll(edited: Edited, paths: readonly Path[], update: Update, where: DocumentPlace): readonly Finding[] {
  const findings: Finding[] = []
  for (const path of paths) {
    const problem = updateAt(edited, path, update)
    if (problem !== undefined) findings.push(finding('OAS0504', { problem }, { where }))
  }
  return findings.slice(0, 1)
}

function updateAt(edited: Edited, path: Path, { value, origin }: Update): string | undefined {
  const target = edited.own(path)
  if (target === undefined) return replaceScalar(edited, path, { value, origin })
  if (Array.isArray(target)) appendAll(edited, target, { value, origin })
  else if (isObject(value)) mergeInto(edited, target, { value, origin })
  else return `updates an object with ${nameValue(value)}, expected an object`
  return undefined
}

/** Overlay 1.1 lets a plain value be replaced by another. */
function replaceScalar(edited: Edited, path: Path, { value, origin }: Update): string | undefined {
  const container = edited.own(path.slice(0, -1))
  const key = path.at(-1)
  if (container === undefined || key === undefined) return undefined
  if (isObject(value) || isArray(value)) return `updates ${nameValue(childOf(container, String(key)))} with ${nameValue(value)}`
  edited.set(container, key, value, origin)
  return undefined
}

function appendAll(edited: Edited, target: JsonValue[], { value, origin }: Update): void {
  if (!isArray(value)) {
    edited.append(target, value, origin)
    return
  }
  for (const [index, item] of value.entries()) edited.append(target, item, { text: origin.text, pointer: below(origin.pointer, index) })
}

/** Objects merge member by member, lists are appended to, everything else is replaced. */
function mergeInto(edited: Edited, target: Members, { value, origin }: Update & { readonly value: JsonObject }): void {
  for (const [name, member] of Object.entries(value)) {
    const from: Origin = { text: origin.text, pointer: below(origin.pointer, name) }
    const present = Object.hasOwn(target, name) ? target[name] : undefined
    const merges = (isObject(present) && isObject(member)) || (isArray(present) && isArray(member))
    const child = merges ? edited.ownChild(target, name) : undefined
    if (child === undefined) edited.set(target, name, member, from)
    else if (Array.isArray(child)) appendAll(edited, child, { value: member, origin: from })
    else mergeInto(edited, child, { value: member as JsonObject, origin: from })
  }
}

function copyTo(edited: Edited, from: string, paths: readonly Path[], where: DocumentPlace): readonly Finding[] {
  const sources = findTargets(edited.root, from)
  if (typeof sources === 'string' || sources.length !== 1) {
    const problem = typeof sources === 'string' ? 'is no JSONPath' : `matches ${sources.length} places, expected one`
    return [finding('OAS0504', { problem: `copies from \`${shorten(from, 80)}\`, which ${problem}` }, { where })]
  }
  const path = sources[0] ?? []
  const value = path.reduce<JsonValue | undefined>((parent, key) => childOf(parent, String(key)), edited.root)
  return value === undefined ? [] : updateAll(edited, paths, { value, origin: edited.originOf(below('', ...path)) }, where)
}
