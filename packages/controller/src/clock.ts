import { performance } from 'node:perf_hooks'

/** Time as a thing that is handed in: monotonic for pauses and deadlines, wall time for what others read. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** Milliseconds since the epoch. */
  wall(): number
  /** Calls once after `ms`; the answer cancels. */
  after(ms: number, call: () => void): () => void
}

/** The machine's clock. A pending timer keeps the process alive: what is started is also stopped. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, Math.min(Math.max(0, ms), MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}

/** Node takes longer times for 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** false when aborted. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false)
  return new Promise((resolve) => {
    const stop = (): void => {
      cancel()
      resolve(false)
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve(true)
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}
