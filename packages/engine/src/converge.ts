import { finding, type Finding } from '@oasgen/diagnostics'
import { MASK, writeJson, type JsonValue } from '@oasgen/json'
import { ANNOTATION, REASON } from '@oasgen/wire'
import type { ConditionState } from './conditions.js'
import { hasWritten, type Context } from './context.js'
import type { Decision, Observed, ResourceWrite } from './decision.js'
import { NO_WITNESSES, witnessHashes, type Difference } from './differences.js'
import { memoryOf, sentMemory } from './effects.js'
import { event, finish } from './ending.js'
import { observedExports } from './exports.js'
import { deleteGoesOn, replace } from './replace.js'
import type { Found } from './compare-found.js'
import type { Memory } from './memory.js'
import { intervalSeconds, type Policy } from './policy.js'
import { readinessOf } from './readiness.js'
import { annotationsOf, generationOf } from './resource.js'
import { shortHash } from './sent.js'
import { learn } from './settle.js'
import { hasUnfinished } from './step-memory.js'
import { backOffMs, stopFor } from './trouble.js'
import { update } from './update.js'

export interface Convergence {
  readonly policy: Policy
  readonly found: Found
  readonly differences: readonly Difference[]
  /** Nothing was seen: this is what Ready says. */
  readonly assumed?: string
}

/** After so many updates that a field outlived, it is not the update that will settle it. */
const MAX_UPDATES = 3

/** The object is ours: in the state that is wanted, or to be brought there. */
export function converge(context: Context, convergence: Convergence): Decision {
  const { found, differences } = convergence
  const readiness = readinessOf(context, found.observed, convergence.assumed ?? '')
  if (readiness.failed !== undefined) return stopFor(context, 'observe', readiness.failed, { observed: found.observed })
  const mutation = context.mutation
  const memory = learned(context, differences)
  const open = openDifferences(differences, memory)
  if (hasUnfinished(context, 'update', generationOf(context.resource)) && mutation?.by !== 'request') return update(context, found, open)
  if (mutation?.action === 'delete') return deleteGoesOn(context, found.observed)
  if (open.length === 0 || readiness.isCompleted) return inSync(context, convergence, { memory: remembered(context, memory, { observed: found.observed, isCompleted: readiness.isCompleted }), ready: readiness.ready })
  if (mutation !== undefined) return notYet(context, convergence, { memory, open, ready: readiness.ready })
  return correct(context, convergence, { memory, open, ready: readiness.ready })
}

function learned(context: Context, differences: readonly Difference[]): Memory {
  const memory = memoryOf(context)
  const mutation = context.mutation
  if (mutation?.isSuccess !== true || mutation.action === 'delete') return memory
  const known = learn(memory.known ?? [], differences, mutation.action)
  return known.length === 0 ? memory : { ...memory, known }
}

function openDifferences(differences: readonly Difference[], memory: Memory): readonly Difference[] {
  const excused = new Set((memory.known ?? []).map(({ path }) => `spec.${path}`))
  return differences.filter(({ settled, path }) => !settled && !(excused.has(path) && wasJustLearned(memory, path, differences)))
}

/** An entry of before that no longer fits has not excused the difference; one that was learned from it does. */
function wasJustLearned({ known }: Memory, path: string, differences: readonly Difference[]): boolean {
  const difference = differences.find((candidate) => candidate.path === path)
  const entry = known?.find((candidate) => `spec.${candidate.path}` === path)
  if (difference?.desired === undefined || entry === undefined || entry.desired !== shortHash(difference.desired)) return false
  return entry.observed === undefined ? difference.kind === 'order' : difference.observed !== undefined && entry.observed === shortHash(difference.observed)
}

/** In effect now: what a later removal or edit is measured against. */
function remembered(context: Context, memory: Memory, { observed, isCompleted }: { readonly observed: Observed; readonly isCompleted: boolean }): Memory {
  const isCurrent = memory.sent !== undefined && memory.sent.generation === generationOf(context.resource)
  const witnesses = witnessHashes(context.prepared.comparison, observed)
  if (isCurrent && !isBusy(memory) && !isCompleted && witnesses === NO_WITNESSES && memory.requested === requestToken(context)) return memory
  const { updates: _, deleteAcceptedAt: __, operation: ___, replacing: ____, ...rest } = memory
  const current = isCurrent ? rest : { ...rest, ...sentMemory(context, 'inEffect') }
  const token = requestToken(context)
  return {
    ...current,
    ...(token !== undefined && { requested: token }),
    ...(isCompleted && { completed: true }),
    ...(current.sent !== undefined && witnesses !== NO_WITNESSES && { sent: { ...current.sent, witnesses } }),
  }
}

function isBusy({ updates, deleteAcceptedAt, operation, replacing }: Memory): boolean {
  return replacing !== undefined || updates !== undefined || deleteAcceptedAt !== undefined || operation !== undefined
}

function requestToken({ resource }: Context): string | undefined {
  return annotationsOf(resource)[ANNOTATION.reconcileRequestedAt]
}

interface State {
  readonly memory: Memory
  readonly ready: ConditionState
}
interface OpenState extends State {
  readonly open: readonly Difference[]
}

function inSync(context: Context, { found, assumed }: Convergence, { memory, ready }: State, message = ''): Decision {
  const exports = assumed === undefined && context.prepared.exports.length > 0 ? observedExports(context, found.observed, memory.exported ?? {}) : undefined
  return finish(context, {
    observed: found.observed,
    memory: exports === undefined ? memory : { ...memory, exported: exports.exported },
    ...(exports && { exports: exports.writes }),
    conditions: {
      ready,
      synced: { status: 'True', reason: REASON.reconcileSuccess, message },
      reconciling: ready.status === 'True' ? 'off' : { status: 'True', reason: ready.reason, message: ready.message ?? '' },
      stalled: 'off',
    },
    announce: updatedEvent(context),
    decision: { type: 'done', ...(exports !== undefined && exports.findings.length > 0 && { findings: exports.findings }), recheckAfterSeconds: ready.status === 'True' ? intervalSeconds(context) : Math.min(intervalSeconds(context), pendingSeconds(context)) },
  })
}

// An object that is on its way is looked at more often than one that has arrived.
function pendingSeconds({ subject }: Context): number {
  return Math.max(subject.settings.minRetrySeconds * 5, 5)
}

function updatedEvent(context: Context): NonNullable<ResourceWrite['events']> {
  return context.mutation?.action === 'update' ? [event('Normal', 'UpdatedExternalResource', 'Successfully requested update of external resource')] : []
}

/** Sent in this reconcile already, and not visible yet: never twice in one. */
function notYet(context: Context, { found }: Convergence, { memory, open, ready }: OpenState): Decision {
  // Once the outcome is written the count is in it: the decision that follows must be the one that was told.
  const isCounted = hasWritten(context, 'outcome', context.exchanges.length)
  const updates = context.mutation?.action !== 'update' ? undefined : isCounted ? memory.updates : countUpdate(context, memory, open)
  const counted = updates === undefined ? memory : { ...memory, updates }
  if (updates !== undefined && updates.count >= MAX_UPDATES) return stopFor(context, 'update', notConverging(open, updates.count), { observed: found.observed, memory: counted })
  const message = `sent, and not visible yet: ${pathsOf(open)}`
  return finish(context, {
    observed: found.observed, memory: counted,
    conditions: {
      ready: ready.status === 'True' ? { status: 'False', reason: REASON.creating, message } : ready,
      synced: { status: 'True', reason: REASON.reconcileSuccess },
      reconciling: { status: 'True', reason: 'UpdateNotVisible', message },
      stalled: 'off',
    },
    announce: updatedEvent(context),
    decision: { type: 'wait', reason: 'UpdateNotVisible', until: context.instant + backOffMs(context) * 2 ** (updates?.count ?? 0) },
  })
}

function countUpdate(context: Context, memory: Memory, open: readonly Difference[]): NonNullable<Memory['updates']> {
  const state = stateOf(context, open)
  const before = memory.updates?.state === state ? memory.updates.count : 0
  return { count: before + 1, fields: open.slice(0, 10).map(({ path }) => path), state }
}

/** What the count belongs to: the generation, the token of a person who wants it tried again, and what differs how. */
function stateOf(context: Context, open: readonly Difference[]): string {
  const seen: JsonValue = open.map(({ path, observed }) => [path, observed ?? null])
  return shortHash([generationOf(context.resource), requestToken(context) ?? '', seen])
}

function notConverging(open: readonly Difference[], count: number): Finding {
  const [first] = open
  return finding('ENG0501', { fields: pathsOf(open), count, wanted: shown(first?.desired), observed: shown(first?.observed), field: first?.path ?? '' })
}

function pathsOf(open: readonly Difference[]): string {
  const paths = open.slice(0, 5).map(({ path }) => path).join(', ')
  return open.length > 5 ? `${paths} and ${open.length - 5} more` : paths
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? '(nothing)' : value === MASK ? MASK : writeJson(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** Which of the differences are sent, told, or left alone. */
function correct(context: Context, convergence: Convergence, state: OpenState): Decision {
  const { policy, found } = convergence
  const wanted = policy.drift === 'correct' ? state.open : state.open.filter((difference) => difference.class !== 'drift')
  const message = `differs, not corrected: ${pathsOf(state.open)}`
  if (!policy.mayUpdate) return inSync(context, convergence, state, `${message} (management policy)`)
  if (wanted.length === 0) return policy.drift === 'ignore' ? inSync(context, convergence, state) : reported(context, convergence, state)
  if (context.prepared.actions.update === undefined) return inSync(context, convergence, state, `${message} (there is no update)`)
  const replaced = wanted.find((difference) => difference.immutable === 'replace' && difference.class !== 'drift')
  if (replaced !== undefined && policy.mayDelete && policy.mayCreate) return replace(context, { observed: found.observed, identity: found.identity, memory: state.memory, difference: replaced })
  const denied = wanted.find((difference) => isDenied(context, difference))
  if (denied !== undefined) return stopFor(context, 'update', finding('ENG0502', { field: denied.path, wanted: shown(denied.desired), observed: shown(denied.observed) }), { observed: found.observed, memory: state.memory })
  if (state.memory.updates !== undefined && state.memory.updates.count >= MAX_UPDATES && state.memory.updates.state === stateOf(context, state.open)) {
    return stopFor(context, 'update', notConverging(state.open, state.memory.updates.count), { observed: found.observed, memory: state.memory })
  }
  return update(context, found, wanted)
}

/** A field that only create can send, or that the definition says never to change; a rename is asked for explicitly. */
function isDenied({ prepared }: Context, { immutable, place, class: kind }: Difference): boolean {
  if (immutable === 'never' || kind === 'drift') return false
  return immutable === 'deny' || immutable === 'replace' || (!prepared.sends('update')(place) && prepared.sends('create')(place))
}

function reported(context: Context, { found }: Convergence, { memory, open, ready }: OpenState): Decision {
  const found503 = finding('ENG0503', { fields: pathsOf(open) })
  return finish(context, {
    observed: found.observed, memory,
    conditions: {
      ready,
      synced: { status: 'False', reason: REASON.reconcileError, message: found503.message },
      reconciling: 'off',
      stalled: 'off',
    },
    events: [event('Warning', 'DriftReported', found503.message)],
    decision: { type: 'done', recheckAfterSeconds: intervalSeconds(context), findings: [found503] },
  })
}
