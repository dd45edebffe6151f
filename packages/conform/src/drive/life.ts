import { entryOf } from '@oasgen/diagnostics'
import type { PreparedPlan } from '@oasgen/engine'
import type { JsonObject, JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import type { Exchange } from '@oasgen/wire'
import { at, put } from '../server/body.js'
import { textOfValue } from '../server/shape.js'
import { startServer } from '../server/http.js'
import { isWrite, summarise, type LedgerEntry, type LedgerSummary } from '../server/ledger.js'
import type { SwitchName, Verb } from '../server/switches.js'
import { findEdit, findRename, withChange, type Change } from './changes.js'
import { createRunner, isReady, type Clock, type Reconciled, type Runner } from './runner.js'
import { statusSample, type Kind } from './sample.js'
import { appliedResource, configurationFor, markDeleted, withSpec } from './subject.js'

export const PHASES = ['create', 'steady', 'drift', 'edit', 'rename', 'delete'] as const
export type Phase = (typeof PHASES)[number]

/** `converged`: as wanted; `told`: not, and the conditions say why; `wrong`: not, and they do not; `skipped`: the definition has no such thing. */
export type PhaseResult =
  | { readonly type: 'converged' }
  | { readonly type: 'told'; readonly reason: string; readonly message: string }
  | { readonly type: 'wrong'; readonly problem: string }
  | { readonly type: 'skipped'; readonly why: string }

export interface LifeInput {
  readonly plan: Plan
  readonly prepared: PreparedPlan
  readonly kind: Kind
  readonly configurationCrd?: JsonObject
  readonly spec: JsonObject
  readonly switches: readonly SwitchName[]
  readonly verbs?: readonly Verb[]
  readonly seed: number
}

export interface Life {
  readonly phases: Readonly<Record<Phase, PhaseResult>>
  readonly ledger: LedgerSummary
  /** Objects of ours that are left when the resource is gone. */
  readonly orphans: number
  /** Writes to the API or to Kubernetes while nothing had changed. */
  readonly needlessWrites: number
  readonly told: readonly string[]
  readonly dishonest: readonly string[]
  readonly entries: readonly LedgerEntry[]
  readonly exchanges: readonly Exchange[]
}

interface Stage extends LifeInput {
  readonly runner: Runner
  readonly server: Awaited<ReturnType<typeof startServer>>
  readonly clock: Clock
}

const START = Date.UTC(2026, 0, 1, 12)

/** One resource through everything that happens to resources, under these switches. */
export async function live(input: LifeInput): Promise<Life> {
  const clock: Clock = { now: START }
  const { plan, switches, verbs, seed, kind } = input
  const server = await startServer({ plan, switches, seed, now: () => clock.now, serverFields: serverFieldsOf(plan, kind), ...(verbs && { verbs }) })
  // Definitions with several servers send all of it here.
  const configuration = configurationFor(plan, server.url, input.configurationCrd)
  const resource = appliedResource({ apiVersion: kind.apiVersion, kind: kind.kind, spec: input.spec })
  const runner = createRunner({ plan, prepared: input.prepared, resource, configuration, clock, settings: { graceSeconds: 5, deleteDeadlineSeconds: 30 } })
  try {
    return await liveOn({ ...input, runner, server, clock })
  } finally {
    await runner.close()
    await server.close()
  }
}

/** The fields that status shows, and what Ready waits for. */
function serverFieldsOf(plan: Plan, kind: Kind): JsonObject {
  const status = statusSample(kind)
  const parts = new Set(plan.identity.parts.map(({ path }) => path))
  const fields = plan.status.reduce<JsonValue>((object, { path, from }) => {
    const value = parts.has(`status.${path}`) ? undefined : at(status, path)
    return value === undefined || from === '$' ? object : put(object, from, value)
  }, {})
  const ready = plan.conditions?.readyWhen ?? ''
  const wanted = [...ready.matchAll(/observed\.([\w.]+)\s*==\s*(?:'([^']*)'|"([^"]*)"|(true|false|\d+))/g)]
  return wanted.reduce<JsonValue>((object, [, path = '', single, double, word]) => put(object, path, single ?? double ?? JSON.parse(word ?? 'null') as JsonValue), fields) as JsonObject
}

async function liveOn(stage: Stage): Promise<Life> {
  const { runner, server } = stage
  const phases: Partial<Record<Phase, PhaseResult>> = {}
  let needlessWrites = 0
  phases.create = await settle(stage, () => isReady(runner.resource))
  if (phases.create.type === 'converged') {
    needlessWrites += await idle(stage)
    phases.steady = needlessWrites === 0 ? CONVERGED : { type: 'wrong', problem: `${needlessWrites} writes while nothing changed` }
    phases.drift = await drift(stage)
    phases.edit = await editPhase(stage, findEdit(changeInput(stage)), 'no ordinary field that update carries')
    phases.rename = await editPhase(stage, findRename(changeInput(stage)), 'no name that update carries')
    needlessWrites += phases.edit.type === 'converged' ? await idle(stage) : 0
  }
  phases.delete = await deletePhase(stage)
  const { ledger: entries } = server
  return {
    phases: Object.fromEntries(PHASES.map((phase) => [phase, phases[phase] ?? { type: 'skipped', why: 'not created' }])) as Life['phases'],
    ledger: summarise(entries, server.duplicates()), orphans: runner.resource === undefined && stage.plan.actions.delete !== undefined ? server.objects().length : 0, needlessWrites,
    told: [...runner.told], dishonest: runner.dishonest, entries, exchanges: runner.exchanges,
  }
}

const CONVERGED: PhaseResult = { type: 'converged' }
/** More than any fault lasts: what has not converged then never will. */
const PATIENCE = 60

/** Reconciles until all is as wanted. */
async function settle({ runner }: Stage, isWanted: () => boolean): Promise<PhaseResult> {
  let last: Reconciled = { exchanges: [], writes: [] }
  for (let round = 0; round < PATIENCE; round++) {
    last = await runner.reconcile()
    if (last.decision === undefined || (last.decision.type === 'done' && isWanted())) return CONVERGED
    runner.pass(last)
  }
  return notConverged(last)
}

function notConverged({ decision }: Reconciled): PhaseResult {
  const finding = decision?.type === 'stop' || decision?.type === 'wait' ? decision.finding : undefined
  if (finding !== undefined) return { type: 'told', reason: entryOf(finding.code)?.reason ?? finding.code, message: finding.message }
  return decision?.type === 'wait' ? { type: 'told', reason: decision.reason, message: decision.reason } : { type: 'wrong', problem: 'the conditions say that all is well, and it is not' }
}

const QUIET_ROUNDS = 3
const INTERVAL_MS = 60_000
const MOST_IDLE_ROUNDS = 12

/** Three intervals in a row in which nothing happens, neither here nor there; gives what was written all the same. */
async function idle({ runner, server, clock }: Stage): Promise<number> {
  let [writes, quiet] = [0, -1]
  // What lags has arrived by the next interval.
  clock.now += INTERVAL_MS
  for (let round = 0; round < MOST_IDLE_ROUNDS && quiet < QUIET_ROUNDS; round++) {
    const before = server.ledger.length
    const reconciled = await runner.reconcile()
    runner.pass(reconciled)
    const entries = server.ledger.slice(before)
    // A fault is told, and told to be over: both are writes that had a reason.
    const isDisturbed = entries.some((entry) => entry.switch !== undefined) || reconciled.decision?.type !== 'done'
    quiet = isDisturbed ? -1 : quiet + 1
    if (quiet > 0) writes += reconciled.writes.length + entries.filter(isWrite).length
  }
  return writes
}

function changeInput({ plan, kind, runner }: Stage): Parameters<typeof findEdit>[0] {
  return { plan, kind, spec: (runner.resource?.['spec'] ?? {}) as JsonObject }
}

/** Somebody changes the object behind our back. */
async function drift(stage: Stage): Promise<PhaseResult> {
  const change = findEdit(changeInput(stage))
  if (change === undefined) return { type: 'skipped', why: 'no ordinary field that update carries' }
  const visible = isVisible(stage, change)
  if (!visible) return { type: 'skipped', why: 'answers do not show the field' }
  stage.server.meddle((fields) => put(fields, change.path, change.to) as JsonObject)
  // Until it has been looked at, all seems well.
  stage.clock.now += INTERVAL_MS
  return settle(stage, () => isAt(stage, change.path, change.from))
}

function isVisible({ switches, plan, server }: Stage, { path }: Change): boolean {
  const hides = switches.includes('dropped') || switches.includes('renamed') || plan.actions.get?.call?.response.transform !== undefined
  return !hides && server.objects().some(({ fields }) => at(fields, path) !== undefined)
}

async function editPhase(stage: Stage, change: Change | undefined, why: string): Promise<PhaseResult> {
  const { runner } = stage
  if (change === undefined || runner.resource === undefined) return { type: 'skipped', why }
  runner.resource = withSpec(runner.resource, withChange(runner.resource['spec'] as JsonObject, change))
  return settle(stage, () => isAt(stage, change.path, change.to))
}

function isAt({ server }: Stage, path: string, value: JsonValue): boolean {
  return server.objects().some(({ fields }) => sameValue(at(fields, path), value))
}

// Forms have texts alone.
function sameValue(a: JsonValue | undefined, b: JsonValue): boolean {
  return a !== undefined && textOfValue(a) === textOfValue(b)
}

async function deletePhase({ runner, ...stage }: Stage): Promise<PhaseResult> {
  if (runner.resource === undefined) return { type: 'skipped', why: 'not created' }
  runner.resource = markDeleted(runner.resource)
  return settle({ runner, ...stage }, () => runner.resource === undefined)
}
