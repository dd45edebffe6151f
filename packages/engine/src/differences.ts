import { getPath, printPath, type FieldPath } from '@oasgen/fieldpath'
import { isArray, isObject, MASK, type JsonObject, type JsonValue } from '@oasgen/json'
import { compareSpec, type Deviation, type PathStep } from './compare.js'
import { isDefault, ruleFor, type PreparedComparison } from './compare-rules.js'
import type { DifferenceClass, FieldDifference, Observed } from './decision.js'
import type { KnownDifference, Memory, SentMemory } from './memory.js'
import { pathOf } from './reader.js'
import { droppedElements, editedPaths, removedPaths, shortHash, wasSent } from './sent.js'

export interface DifferenceInput {
  readonly comparison: PreparedComparison
  readonly spec: JsonObject
  readonly generation: number
  readonly observed: Observed
  readonly memory: Memory
  /** HMACs of the secrets that are wanted now, by path below `spec`. */
  readonly secrets: Readonly<Record<string, string>>
}

const NONE: readonly Difference[] = []

/** A difference with what is needed to decide on it. */
export interface Difference extends FieldDifference {
  readonly place: FieldPath
  readonly kind: 'value' | 'order' | 'removed' | 'hidden'
  readonly immutable: 'deny' | 'replace' | 'never' | undefined
  /** The API is known to hold this value so: nothing is sent for it. */
  readonly settled: boolean
}

/** All that differs, settled or not. At a steady state this is one walk over the spec and nothing else. */
export function differencesOf(input: DifferenceInput): readonly Difference[] {
  const visible = compareSpec(input.comparison, input.spec, input.observed.spec)
  const isCurrent = input.memory.sent === undefined || input.memory.sent.generation === input.generation
  if (visible.length === 0 && isCurrent && input.comparison.hidden.length === 0) return NONE
  const shown = visible.map((deviation) => visibleDifference(input, deviation))
  if (input.memory.sent === undefined || input.memory.sent.generation === input.generation) return [...shown, ...hidden(input)]
  return [...shown, ...removed(input), ...dropped(input, shown), ...hidden(input), ...unseenEdits(input, input.memory.sent)]
}

/** Elements that were ours in a list that others share, that the user took out and the API still has. */
function dropped({ comparison, spec, observed, memory }: DifferenceInput, shown: readonly Difference[]): readonly Difference[] {
  return comparison.shared.flatMap((text) => {
    const path = `spec.${text}`
    const gone = droppedElements(memory.sent, text, spec)
    const list = getPath(observed.spec, pathOf(text))
    if (gone.length === 0 || !isArray(list) || shown.some((difference) => difference.path === path) || !list.some((item) => gone.includes(shortHash(item)))) return []
    const desired = getPath(spec, pathOf(text))
    return [{ path, desired: desired ?? [], observed: list, class: 'userEdit' as const, place: pathOf(text), kind: 'value' as const, immutable: ruleFor(comparison, path)?.plan.immutable, settled: false }]
  })
}

/** The user edited a field that the API does not show: it has to be sent all the same. */
function unseenEdits({ comparison, spec, observed }: DifferenceInput, sent: SentMemory): readonly Difference[] {
  return editedPaths(comparison, sent, spec).flatMap((place) => {
    if (getPath(observed.spec, place) !== undefined) return []
    const path = `spec.${printPath(place)}`
    const rule = ruleFor(comparison, path)?.plan
    if (rule?.writeOnly === true || rule?.secret === true || rule?.compare === 'ignore') return []
    const desired = getPath(spec, place)
    return [{ path, ...(desired !== undefined && { desired }), class: 'userEdit' as const, place, kind: 'hidden' as const, immutable: rule?.immutable, settled: false }]
  })
}

function pathSteps(path: readonly PathStep[]): FieldPath {
  return path.map((step) => (typeof step === 'number' ? { index: step } : typeof step === 'string' ? { key: step } : { select: step }))
}

function visibleDifference(input: DifferenceInput, deviation: Deviation): Difference {
  const { memory, spec } = input
  const place = pathSteps(deviation.path)
  const known = knownAt(memory.known, place, deviation)
  const secret = deviation.rule?.plan.secret === true
  return {
    path: `spec.${printPath(place)}`.replace('spec.[', 'spec['),
    desired: secret ? MASK : deviation.desired,
    ...(deviation.observed !== undefined && { observed: secret ? MASK : deviation.observed }),
    class: known?.class ?? classOf(deviation, wasSent(memory.sent, place, spec)),
    place, kind: deviation.kind, immutable: deviation.rule?.plan.immutable, settled: known !== undefined,
  }
}

function classOf(deviation: Deviation, sent: boolean | undefined): DifferenceClass {
  if (sent === true) return 'drift'
  return deviation.kind === 'order' && sent === undefined ? 'orderOnly' : 'userEdit'
}

function knownAt(known: readonly KnownDifference[] | undefined, place: FieldPath, deviation: Deviation): KnownDifference | undefined {
  if (known === undefined || known.length === 0) return undefined
  const path = printPath(place)
  return known.find((entry) => entry.path === path && entry.desired === shortHash(deviation.desired) && holds(entry, deviation))
}

function holds(entry: KnownDifference, { kind, observed }: Deviation): boolean {
  return entry.observed === undefined ? kind === 'order' : observed !== undefined && entry.observed === shortHash(observed)
}

/** What the user took out of the spec and the API still has. Looked for only after the spec changed. */
function removed({ comparison, spec, observed, memory }: DifferenceInput): readonly Difference[] {
  return removedPaths(memory.sent, spec).flatMap((place) => {
    const path = `spec.${printPath(place)}`
    const rule = ruleFor(comparison, path)
    const left = getPath(observed.spec, place)
    if (left === undefined || isBlank(left) || isDefault(rule, left) || rule?.plan.compare === 'ignore') return []
    return [{ path, observed: rule?.plan.secret === true ? MASK : left, class: 'userEdit' as const, place, kind: 'removed' as const, immutable: rule?.plan.immutable, settled: false }]
  })
}

function isBlank(value: JsonValue): boolean {
  return value === null || value === '' || value === false || value === 0 || (isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0)
}

/** Values that no answer shows: they differ when they are not what was last sent, or when their witness moved. */
function hidden(input: DifferenceInput): readonly Difference[] {
  return input.comparison.hidden.flatMap(({ plan, place }) => {
    // Write-only values inside of lists are compared through the list that holds them.
    if (plan.secret !== true && plan.path.includes('[]')) return []
    const edited = plan.secret === true ? secretChanged(input, plan.path) : valueChanged(input, place)
    if (!edited && !witnessMoved(input, plan.path, plan.witness)) return []
    const difference = { path: `spec.${printPath(place)}`, desired: MASK, class: edited ? 'userEdit' as const : 'drift' as const }
    return [{ ...difference, place, kind: 'hidden' as const, immutable: plan.immutable, settled: false }]
  })
}

function secretChanged({ secrets, memory }: DifferenceInput, path: string): boolean {
  const wanted = secrets[path]
  return wanted !== undefined && memory.sent !== undefined && memory.sent.secrets?.[path] !== wanted
}

function valueChanged({ spec, memory }: DifferenceInput, place: FieldPath): boolean {
  return getPath(spec, place) !== undefined && memory.sent !== undefined && wasSent(memory.sent, place, spec) !== true
}

function witnessMoved({ memory, observed }: DifferenceInput, path: string, witness: string | undefined): boolean {
  const before = memory.sent?.witnesses?.[path]
  return witness !== undefined && before !== undefined && before !== shortHash(witnessValue(observed, witness))
}

export const NO_WITNESSES: Readonly<Record<string, string>> = {}

/** What the witnesses of write-only fields say now. */
export function witnessHashes({ rules }: PreparedComparison, observed: Observed): Readonly<Record<string, string>> {
  if (!rules.some(({ plan }) => plan.witness !== undefined)) return NO_WITNESSES
  return Object.fromEntries(rules.flatMap(({ plan }) => (plan.witness === undefined ? [] : [[plan.path, shortHash(witnessValue(observed, plan.witness))] as const])))
}

function witnessValue(observed: Observed, witness: string): JsonValue {
  return getPath(observed.status, witness.replace(/^status\./, '').split('.').map((key) => ({ key }))) ?? null
}

/** The public form, for conditions, `oasgen plan` and tests. */
export function plainDifference({ path, desired, observed, class: kind }: Difference): FieldDifference {
  return { path, ...(desired !== undefined && { desired }), ...(observed !== undefined && { observed }), class: kind }
}
