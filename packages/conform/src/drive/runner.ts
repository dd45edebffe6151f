import { decide, type Decision, type PreparedPlan, type ResourceWrite, type Settings, type WriteRecord } from '@oasgen/engine'
import { isObject, type JsonObject } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { configuredRequest, createSendContexts, readConfigured } from '@oasgen/rest-controller'
import { createTransport, type Sent, type Transport } from '@oasgen/transport'
import { CONDITION, conditionOf, readConditions, type Exchange, type StoredCondition } from '@oasgen/wire'
import { afterWrite, HMAC_KEY, readSecret, referencesOf, secretsOf, SETTINGS } from './subject.js'

export interface RunnerOptions {
  readonly plan: Plan
  readonly prepared: PreparedPlan
  readonly resource: JsonObject
  readonly configuration: JsonObject
  readonly clock: Clock
  readonly settings?: Partial<Settings>
}

/** Time that passes when somebody says so. */
export interface Clock {
  now: number
}

/** What a reconcile did and how it ended. */
export interface Reconciled {
  /** Absent: the object is gone. */
  readonly decision?: Extract<Decision, { readonly type: 'done' | 'wait' | 'stop' }>
  readonly exchanges: readonly Exchange[]
  readonly writes: readonly ResourceWrite[]
}

/** One resource under the controller's engine and its sender, without a cluster: the resource is a value and time is virtual. */
export interface Runner {
  resource: JsonObject | undefined
  readonly exchanges: readonly Exchange[]
  /** Reasons that Reconciling and Stalled have shown. */
  readonly told: ReadonlySet<string>
  /** Conditions that said something else than what had happened. */
  readonly dishonest: readonly string[]
  reconcile(): Promise<Reconciled>
  /** Lets the time pass that the last decision asks for. */
  pass(reconciled: Reconciled): void
  close(): Promise<void>
}

const MOST_STEPS = 400
/** Real time: long beside what a loopback server takes, short beside patience. */
const REQUEST_TIMEOUT_MS = 700
/** How long a request waits for its turn in the controller: here that time passes at once. */
const LONGEST_TURN_MS = 2_000

export function createRunner(options: RunnerOptions): Runner {
  const { clock } = options
  const transport = createTransport({ now: creeping(clock), defaults: { maxWaitMs: 0, timeoutMs: REQUEST_TIMEOUT_MS, headersTimeoutMs: REQUEST_TIMEOUT_MS, bodyTimeoutMs: REQUEST_TIMEOUT_MS } })
  const edge = createEdge(options, transport)
  const [exchanges, told, dishonest] = [[] as Exchange[], new Set<string>(), [] as string[]]
  let failures = 0
  const runner: Runner = {
    resource: options.resource, exchanges, told, dishonest,
    reconcile: async () => {
      const reconciled = await reconcileOnce({ ...options, edge, runner, failures })
      exchanges.push(...reconciled.exchanges)
      failures = isTrouble(reconciled) ? failures + 1 : 0
      observe(runner, reconciled, { told, dishonest })
      return reconciled
    },
    pass: ({ decision }) => { clock.now += delayOf(decision, clock.now) },
    close: () => transport.close(),
  }
  return runner
}

/** Virtual time, and within one instant of it real time: a timer of the sender that waits for its moment must see it come. */
function creeping(clock: Clock): () => number {
  let [instant, since] = [clock.now, performance.now()]
  return () => {
    if (clock.now !== instant) [instant, since] = [clock.now, performance.now()]
    return clock.now + (performance.now() - since)
  }
}

type Edge = (decision: Extract<Decision, { readonly type: 'send' }>) => Promise<Exchange>

function createEdge({ plan, configuration, clock }: RunnerOptions, transport: Transport): Edge {
  const configured = readConfigured({ plan, configuration: configuration as Parameters<typeof readConfigured>[0]['configuration'], environment: {} })
  const contexts = createSendContexts()
  return async ({ request, purpose }) => {
    const at = clock.now
    const context = contexts(configured, { secrets: readSecret, hmacKey: HMAC_KEY, signal: new AbortController().signal })
    const limited = { ...request, limits: { ...request.limits, timeoutMs: REQUEST_TIMEOUT_MS } }
    const send = async (waitedMs: number): Promise<Sent> => {
      const sent = await transport.send(configuredRequest(configured, limited), context)
      const waitMs = sent.type === 'failure' && sent.failure.reason === 'throttled' ? Math.ceil(sent.failure.retryAfterMs ?? 0) + 1 : undefined
      if (waitMs === undefined || waitedMs + waitMs > LONGEST_TURN_MS) return sent
      clock.now += waitMs
      return send(waitedMs + waitMs)
    }
    const { tookMs: _, sealed, ...result } = await send(0)
    return { purpose, request, at, tookMs: 1, result, ...(sealed && { sealed }) }
  }
}

interface Once extends RunnerOptions {
  readonly edge: Edge
  readonly runner: Runner
  readonly failures: number
}

async function reconcileOnce({ plan, prepared, configuration, clock, settings, edge, runner, failures }: Once): Promise<Reconciled> {
  const [exchanges, written, writes] = [[] as Exchange[], [] as WriteRecord[], [] as ResourceWrite[]]
  for (let step = 0; step < MOST_STEPS; step++) {
    const { resource } = runner
    if (resource === undefined) return { exchanges, writes }
    const subject = {
      resource, written, failures, configuration: { state: 'found' as const, object: configuration },
      references: referencesOf(plan, resource), secrets: secretsOf(plan, resource), settings: { ...SETTINGS, ...settings },
    }
    const decision = decide(prepared, subject, exchanges, clock.now)
    if (decision.type === 'send') exchanges.push(await edge(decision))
    else if (decision.type === 'write') {
      runner.resource = afterWrite(resource, decision.write)
      writes.push(decision.write)
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else return { decision, exchanges, writes }
  }
  throw new Error(`decide did not come to an end in ${MOST_STEPS} steps`)
}

function isTrouble({ decision }: Reconciled): boolean {
  return decision?.type === 'stop' || (decision?.type === 'wait' && decision.finding !== undefined)
}

function delayOf(decision: Reconciled['decision'], now: number): number {
  switch (decision?.type) {
    case 'done': return decision.recheckAfterSeconds * 1000
    case 'wait': return Math.max(100, decision.until - now)
    case 'stop': return decision.retryAfterSeconds * 1000
    case undefined: return 0
  }
}

/** `Synced` is true exactly when the reconcile ended well: nothing else may be told. */
function observe({ resource }: Runner, { decision }: Reconciled, { told, dishonest }: { readonly told: Set<string>; readonly dishonest: string[] }): void {
  if (resource === undefined || decision === undefined) return
  const conditions = conditionsOf(resource)
  for (const type of [CONDITION.reconciling, CONDITION.stalled]) {
    const condition = conditionOf(conditions, type)
    if (condition?.status === 'True') told.add(condition.reason)
  }
  const synced = conditionOf(conditions, CONDITION.synced)?.status
  const isFine = decision.type === 'done' || (decision.type === 'wait' && decision.finding === undefined)
  if (!isFine && synced === 'True') dishonest.push(`Synced is True while ${decision.type === 'stop' || decision.type === 'wait' ? (decision.finding?.code ?? '') : ''}`)
  if (decision.type === 'done' && synced === 'False') dishonest.push('Synced is False though all is well')
}

export function conditionsOf(resource: JsonObject | undefined): readonly StoredCondition[] {
  const status = resource?.['status']
  return isObject(status) ? readConditions(status['conditions']) : []
}

export function isReady(resource: JsonObject | undefined): boolean {
  return conditionOf(conditionsOf(resource), CONDITION.ready)?.status === 'True'
}
