import { decide, type Decision, type PreparedPlan, type ResourceWrite, type Subject, type WriteRecord } from '@oasgen/engine'
import type { Outcome } from '@oasgen/controller'
import { isObject } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import { CONDITION, readConditions, type Exchange, type HttpRequest, type Purpose } from '@oasgen/wire'
import type { Answered, Observer } from './sending/shared-observation.js'
import type { WriteResult } from './writing/persist.js'

/** The edge of one reconcile: what `decide` asks for is done here, and nothing is decided. */
export interface ReconcileEdge {
  readonly prepared: PreparedPlan
  /** The resource with all else that is known; the same at each step but for what was written. */
  subject(resource: KubeObject, written: readonly WriteRecord[]): Subject
  /** Milliseconds since the epoch. */
  now(): number
  write(resource: KubeObject, write: ResourceWrite): Promise<WriteResult>
  /** One exchange with the API. */
  exchange(request: HttpRequest, purpose: Purpose): Promise<Answered>
  /** False when nothing more may be sent: the Lease is lost, or the process ends. */
  mayStart(): boolean
  /** Reads shared with other resources. `confirm`: reads of before may serve; `act`: only fresh ones. */
  observer(use: 'confirm' | 'act'): Observer
}

/** Far above any definition; a loop would be a bug of `decide` and must not become a flood. */
const MOST_STEPS = 2_000

export interface Reconciled {
  readonly outcome: Outcome
  /** For metrics and logs. */
  readonly result: 'done' | 'wait' | 'stop' | 'stale' | 'failed' | 'gone' | 'abandoned'
  readonly decision?: Decision
  readonly resource: KubeObject
}

/** `periodic`: nobody waits for it, so what other resources have just read may confirm that all is well. */
export async function reconcile(edge: ReconcileEdge, resource: KubeObject, why: 'periodic' | 'news'): Promise<Reconciled> {
  const confirmed = why === 'periodic' ? await run(edge, resource, 'confirm') : undefined
  return confirmed ?? (await run(edge, resource, 'act')) as Reconciled
}

/** `undefined`: what others had read does not just confirm; everything is read anew before anything is concluded. */
async function run(edge: ReconcileEdge, resource: KubeObject, use: 'confirm' | 'act'): Promise<Reconciled | undefined> {
  const observer = edge.observer(use)
  const exchanges: Exchange[] = []
  const written: WriteRecord[] = []
  let current = resource
  for (let step = 0; step < MOST_STEPS; step++) {
    const decision = decide(edge.prepared, edge.subject(current, written), exchanges, edge.now())
    if (use === 'confirm' && observer.usedOlder() && !isConfirmation(decision)) return undefined
    if (decision.type === 'send') {
      const exchange = edge.mayStart() ? await send(edge, observer, decision) : undefined
      if (exchange === undefined) return { outcome: { type: 'recheck', afterMs: 1000, priority: 'creation' }, result: 'abandoned', resource: current }
      exchanges.push(exchange)
    } else if (decision.type === 'write') {
      const result = await edge.write(current, decision.write)
      if (result.type !== 'written') return endOfWrite(result, current)
      current = result.resource
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else {
      return { outcome: outcomeOf(decision, edge.now()), result: decision.type, decision, resource: current }
    }
  }
  throw new Error(`decide did not come to an end in ${MOST_STEPS} steps`)
}

/** What may rest on reads that are a while old: reading on, and noting that all is well. */
function isConfirmation(decision: Decision): boolean {
  switch (decision.type) {
    case 'send': return decision.purpose.action === 'findby' || decision.purpose.action === 'get'
    case 'write': return decision.write.why === 'outcome' && isSynced(decision.write)
    case 'done': return true
    case 'wait':
    case 'stop': return false
  }
}

function isSynced({ status }: ResourceWrite): boolean {
  const conditions = isObject(status) ? readConditions(status.conditions) : []
  return conditions.some(({ type, status: state }) => type === CONDITION.synced && state === 'True')
}

/** `undefined`: it was cut off because nothing may be sent any more. That proves nothing and is not kept. */
async function send(edge: ReconcileEdge, observer: Observer, { request, purpose }: Decision & { type: 'send' }): Promise<Exchange | undefined> {
  const { at, tookMs, result, sealed } = await observer.send(request, purpose, (asked) => edge.exchange(asked, purpose))
  if (result.type === 'failure' && result.failure.reason === 'aborted' && !edge.mayStart()) return undefined
  return sealed === undefined ? { purpose, request, at, tookMs, result } : { purpose, request, at, tookMs, result, sealed }
}

function endOfWrite(result: Exclude<WriteResult, { type: 'written' }>, resource: KubeObject): Reconciled {
  switch (result.type) {
    case 'gone': return { outcome: { type: 'done' }, result: 'gone', resource }
    // Quiet: the newer object is on its way by the watch and adds the key again.
    case 'stale': return { outcome: { type: 'recheck', afterMs: 250, priority: 'creation' }, result: 'stale', resource }
    case 'blocked': return { outcome: { type: 'retry' }, result: 'failed', resource }
    case 'failed': return { outcome: { type: 'retry', ...(result.error.retryAfterMs !== undefined && { atLeastMs: result.error.retryAfterMs }) }, result: 'failed', resource }
  }
}

function outcomeOf(decision: Decision & { type: 'done' | 'wait' | 'stop' }, now: number): Outcome {
  switch (decision.type) {
    case 'done': return { type: 'recheck', afterMs: decision.recheckAfterSeconds * 1000, priority: 'periodic' }
    case 'wait': {
      const afterMs = Math.max(0, decision.until - now)
      return decision.finding === undefined ? { type: 'recheck', afterMs, priority: 'creation' } : { type: 'retry', atLeastMs: afterMs }
    }
    case 'stop': return { type: 'recheck', afterMs: decision.retryAfterSeconds * 1000, priority: 'periodic' }
  }
}
