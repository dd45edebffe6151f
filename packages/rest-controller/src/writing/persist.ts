import type { Finding } from '@oasgen/diagnostics'
import { pause, systemClock, type Clock } from '@oasgen/controller'
import type { KubeError, KubeObject, KubeResult } from '@oasgen/kube'

/** What became of a write. */
export type WriteResult =
  | { readonly type: 'written'; readonly resource: KubeObject }
  /** The resource is no more. */
  | { readonly type: 'gone' }
  /** We decided on something old; the newer object comes by the watch. */
  | { readonly type: 'stale' }
  | { readonly type: 'failed'; readonly error: KubeError }
  /** Not tried: something that the resource will need for its deletion cannot be held. */
  | { readonly type: 'blocked'; readonly finding: Finding }

export interface Attempts {
  /** Absent: what is written is a fact that must not be lost. */
  readonly precondition: 'resourceVersion' | 'none'
  /** The write, on top of the resource as it is known now. */
  readonly attempt: (resource: KubeObject) => Promise<KubeResult<KubeObject>>
  /** The resource as the server has it. */
  readonly read: () => Promise<KubeResult<KubeObject>>
  /** Ends the repetition: the process is about to be killed. */
  readonly signal: AbortSignal
  /** Told of each failure of a fact. */
  readonly onTrouble?: (error: KubeError, tries: number) => void
  readonly clock?: Clock
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/**
 * A write with a precondition is tried once: the reconcile is tried again as a whole. A fact (an id that the API has just given
 * us) is repeated until it is persisted, the resource is gone, or the process ends.
 */
export async function persist(resource: KubeObject, attempts: Attempts): Promise<WriteResult> {
  const { precondition, attempt, read, signal, onTrouble, clock = systemClock } = attempts
  let current = resource
  for (let tries = 1; ; tries++) {
    const answer = await attempt(current)
    if (answer.ok) return { type: 'written', resource: answer.value }
    const { error } = answer
    if (error.kind === 'notFound') return { type: 'gone' }
    if (precondition === 'resourceVersion') return error.kind === 'conflict' ? { type: 'stale' } : { type: 'failed', error }
    if (isHopeless(error) || signal.aborted) return { type: 'failed', error }
    onTrouble?.(error, tries)
    if (error.kind === 'conflict') {
      const fresh = await read()
      if (fresh.ok) current = fresh.value
      else if (fresh.error.kind === 'notFound') return { type: 'gone' }
    }
    const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10))
    await pause(clock, Math.max(backoff, error.retryAfterMs ?? 0), signal)
  }
}

/** What the server will say again, whatever changes around it. A missing right is not among it: somebody may grant it. */
function isHopeless({ kind }: KubeError): boolean {
  return kind === 'invalid' || kind === 'tooLarge' || kind === 'alreadyExists'
}
