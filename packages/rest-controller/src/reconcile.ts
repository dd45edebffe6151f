import { decide, type Decision, type PreparedPlan, type Subject, type WriteRecord } from '@oasgen/engine'
import type { Outcome } from '@oasgen/controller'
import type { KubeObject } from '@oasgen/kube'
import type { Exchange, HttpRequest } from '@oasgen/wire'
import type { WriteResult, Writer } from './writes.js'

/** The edge of one reconcile: what `decide` asks for is done here, and nothing is decided. */
export interface ReconcileEdge {
  readonly prepared: PreparedPlan
  readonly writer: Writer
  readonly now: () => number
  readonly subject: (resource: KubeObject, written: readonly WriteRecord[]) => Promise<Subject>
  readonly send: (request: HttpRequest, subject: Subject) => Promise<Pick<Exchange, 'result' | 'tookMs' | 'sealed'>>
  /** False when the Lease could be taken before a request ends. */
  readonly mayStart: () => boolean
  readonly exchanged: (exchange: Exchange) => void
  readonly written: (resource: KubeObject) => void
  readonly signal: AbortSignal
}

/** Far above any definition; a loop would be a bug of `decide` and must not become a flood. */
const MOST_STEPS = 500

export interface Reconciled {
  readonly outcome: Outcome
  /** For metrics and logs. */
  readonly result: 'done' | 'wait' | 'stop' | 'stale' | 'failed' | 'gone' | 'abandoned'
  readonly decision?: Decision
  readonly resource: KubeObject
}

export async function reconcile(edge: ReconcileEdge, resource: KubeObject): Promise<Reconciled> {
  const exchanges: Exchange[] = []
  const written: WriteRecord[] = []
  let current = resource
  for (let step = 0; step < MOST_STEPS; step++) {
    if (edge.signal.aborted) return { outcome: { type: 'retry' }, result: 'abandoned', resource: current }
    const subject = await edge.subject(current, written)
    const decision = decide(edge.prepared, subject, exchanges, edge.now())
    if (decision.type === 'send') {
      if (!edge.mayStart()) return { outcome: { type: 'retry' }, result: 'abandoned', resource: current }
      exchanges.push(await perform(edge, decision, subject))
    } else if (decision.type === 'write') {
      const result = await edge.writer.write(current, decision.write)
      const end = endOfWrite(result, current)
      if (end !== undefined) return end
      if (result.type === 'written') current = result.resource
      edge.written(current)
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else {
      return { outcome: outcomeOf(decision, edge.now()), result: decision.type, decision, resource: current }
    }
  }
  throw new Error(`decide did not come to an end in ${MOST_STEPS} steps`)
}

async function perform(edge: ReconcileEdge, { request, purpose }: Decision & { type: 'send' }, subject: Subject): Promise<Exchange> {
  const at = edge.now()
  const sent = await edge.send(request, subject)
  const exchange: Exchange = { purpose, request, at, tookMs: sent.tookMs, result: sent.result, ...(sent.sealed && { sealed: sent.sealed }) }
  edge.exchanged(exchange)
  return exchange
}

function endOfWrite(result: WriteResult, resource: KubeObject): Reconciled | undefined {
  switch (result.type) {
    case 'written': return undefined
    case 'gone': return { outcome: { type: 'done' }, result: 'gone', resource }
    // Quiet: the newer object is on its way by the watch and adds the key again.
    case 'stale': return { outcome: { type: 'recheck', afterMs: 250, priority: 'creation' }, result: 'stale', resource }
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
