import type { Clock } from './clock.js'

export interface VirtualClock extends Clock {
  /** Runs every timer that is due within `ms`, in order, and the promises that hang on each. */
  advance(ms: number): Promise<void>
  /** Time that stands still for this clock's owner while the world goes on (SIGSTOP): no timer runs. */
  skip(ms: number): void
}

/** `rate` makes the clock run faster or slower than the world's. */
export function virtualClock(start = 0, rate = 1): VirtualClock {
  let now = start
  let order = 0
  let timers: { at: number; order: number; call: () => void }[] = []
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  return {
    now: () => now,
    wall: () => 1_700_000_000_000 + now,
    after: (ms, call) => {
      const timer = { at: now + Math.max(0, ms), order: (order += 1), call }
      timers.push(timer)
      return () => { timers = timers.filter((other) => other !== timer) }
    },
    skip: (ms) => { now += ms * rate },
    advance: async (ms) => {
      const until = now + ms * rate
      await settle()
      for (;;) {
        const due = timers.filter((timer) => timer.at <= until).sort((left, right) => left.at - right.at || left.order - right.order)[0]
        if (due === undefined) break
        timers = timers.filter((timer) => timer !== due)
        now = Math.max(now, due.at)
        due.call()
        await settle()
      }
      now = until
      await settle()
    },
  }
}
