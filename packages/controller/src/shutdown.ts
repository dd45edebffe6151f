import { finding } from '@oasgen/diagnostics'
import { systemClock, type Clock } from './clock.js'
import type { Logger } from './log.js'

export interface ShutdownOptions {
  /** In all, for everything that is to be ended; default 25 s, as Kubernetes kills after 30. */
  readonly graceMs?: number
  readonly logger?: Logger
  readonly clock?: Clock
  /** Default: the signals of the reference. */
  readonly signals?: readonly NodeJS.Signals[]
  /** What sends signals; default this process. */
  readonly source?: SignalSource
  /** How to leave at once, at the second signal; default `process.exit`. */
  readonly exit?: (code: number) => void
}

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown
}

export interface Shutdown {
  /** Aborts when the end begins: no new work from here on. */
  readonly signal: AbortSignal
  /** Ends something. Steps run one after the other, the last registered first; each gets the time that is left. */
  onStop(name: string, step: (leftMs: number) => void | Promise<unknown>): void
  /** Begins the end; 0 is an orderly one. Later calls change nothing. */
  stop(reason: string, code?: number): void
  /** The exit code, when everything has ended or the time is over. */
  readonly done: Promise<number>
}

export function createShutdown(options: ShutdownOptions = {}): Shutdown {
  const { graceMs = 25_000, clock = systemClock, source = process, exit = process.exit.bind(process) } = options
  const signals = options.signals ?? ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']
  const stopping = new AbortController()
  const steps: { readonly name: string; readonly step: (leftMs: number) => void | Promise<unknown> }[] = []
  let finish: (code: number) => void = () => undefined
  const done = new Promise<number>((resolve) => { finish = resolve })

  const runSteps = async (until: number): Promise<boolean> => {
    for (const { name, step } of [...steps].reverse()) {
      const leftMs = Math.max(0, until - clock.now())
      if (!(await withinTime(clock, leftMs, async () => step(leftMs)))) {
        options.logger?.error('shutdown incomplete', { finding: finding('CTL0103', { seconds: Math.round(graceMs / 1000), step: name }) })
        return false
      }
    }
    return true
  }
  const stop = (reason: string, code = 0): void => {
    if (stopping.signal.aborted) return
    options.logger?.info('stopping', { reason })
    stopping.abort()
    void runSteps(clock.now() + graceMs).then(
      (isComplete) => (isComplete ? code : code || 1),
      (error: unknown) => {
        options.logger?.error('the shutdown failed', { error })
        return 1
      },
    ).then((exitCode) => {
      for (const signal of signals) source.off(signal, onSignal)
      finish(exitCode)
    })
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) exit(130)
    else stop(signal)
  }
  for (const signal of signals) source.on(signal, onSignal)
  return { signal: stopping.signal, onStop: (name, step) => { steps.push({ name, step }) }, stop, done }
}

async function withinTime(clock: Clock, ms: number, run: () => Promise<unknown>): Promise<boolean> {
  let cancel = (): void => undefined
  const over = new Promise<false>((resolve) => { cancel = clock.after(ms, () => resolve(false)) })
  try {
    return await Promise.race([run().then(() => true), over])
  } finally {
    cancel()
  }
}
