import { finding, type Finding } from '@oasgen/diagnostics'
import { systemClock, type Clock } from './clock.js'
import type { Outcome, Queue, Taken } from './queue.js'

export interface WorkerOptions {
  readonly queue: Queue
  /**
   * Keys at work at once in all; the queue's budgets say how many of them one host may have. Workers are promises and cost
   * nothing while they wait, so choose several times the budget of one host: hosts that hang then leave room for the others.
   */
  readonly workers: number
  /**
   * Works on one key. `stopping` aborts when the time for an orderly end is over: the handler then returns at its next safe
   * point. An exception is a bug: it is reported and the key is tried again after its backoff.
   */
  readonly handle: (item: Taken, stopping: AbortSignal) => Promise<Outcome>
  readonly onBug?: (bug: WorkerBug) => void
  readonly clock?: Clock
}

export interface WorkerBug {
  readonly error: unknown
  readonly item: Taken
  readonly finding: Finding
}

export interface Workers {
  /** Keys at work now. */
  working(): number
  /** While closed nothing new is taken; what is at work goes on. The gate of leadership. */
  setGate(gate: 'open' | 'closed'): void
  /** Takes nothing new, waits for what is at work; after `graceMs` it tells the handlers to stop and waits as long again. */
  stop(graceMs: number): Promise<'drained' | 'abandoned'>
}

/** The thin edge between the queue's values and time: takes what is ready, sets one timer for what is not. */
export function runWorkers(options: WorkerOptions): Workers {
  const { queue, handle, clock = systemClock } = options
  const stopping = new AbortController()
  const atWork = new Set<Promise<void>>()
  let gate: 'open' | 'closed' = 'open'
  let isIntakeOpen = true
  let isPumping = false
  let timer: { readonly at: number; readonly cancel: () => void } | undefined

  const work = async (item: Taken): Promise<void> => {
    const outcome = await attempt(item)
    queue.done(item, outcome)
  }
  const attempt = async (item: Taken): Promise<Outcome> => {
    try {
      return await handle(item, stopping.signal)
    } catch (error) {
      options.onBug?.({ error, item, finding: finding('CTL0102', { key: item.key, message: error instanceof Error ? error.message : String(error) }) })
      return { type: 'retry' }
    }
  }
  const setTimer = (at: number | undefined): void => {
    if (timer !== undefined && timer.at === at) return
    timer?.cancel()
    timer = at === undefined ? undefined : { at, cancel: clock.after(at - clock.now(), () => {
      timer = undefined
      pump()
    }) }
  }
  const pump = (): void => {
    if (isPumping) return
    isPumping = true
    while (isIntakeOpen && gate === 'open' && atWork.size < options.workers) {
      const item = queue.take()
      if (item === undefined) break
      const running: Promise<void> = work(item).finally(() => {
        atWork.delete(running)
        pump()
      })
      atWork.add(running)
    }
    isPumping = false
    setTimer(isIntakeOpen && gate === 'open' && atWork.size < options.workers ? queue.wakeAt() : undefined)
  }
  const drained = async (graceMs: number): Promise<boolean> => {
    let cancel = (): void => undefined
    const over = new Promise<false>((resolve) => { cancel = clock.after(graceMs, () => resolve(false)) })
    const all = (async () => {
      while (atWork.size > 0) await Promise.allSettled(atWork)
      return true as const
    })()
    const isDrained = await Promise.race([all, over])
    cancel()
    return isDrained
  }

  queue.onWake(pump)
  pump()
  return {
    working: () => atWork.size,
    setGate: (next) => {
      gate = next
      pump()
    },
    stop: async (graceMs) => {
      isIntakeOpen = false
      pump()
      if (await drained(graceMs)) return 'drained'
      stopping.abort()
      return (await drained(graceMs)) ? 'drained' : 'abandoned'
    },
  }
}
