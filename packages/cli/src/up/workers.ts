import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program of ours in a process of its own. */
export interface WorkerProcess {
  readonly name: string
  readonly pid: number | undefined
  readonly exit: Promise<WorkerExit>
  stop(graceMs: number): Promise<void>
}

export interface WorkerExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface WorkerSpec {
  readonly name: string
  /** Hidden command of this very bundle: `__provider`, `__controller`, `__demo`. */
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
  /** Messages that the worker sends over its channel. */
  readonly onMessage?: (message: unknown) => void
}

export function startWorker(spec: WorkerSpec): WorkerProcess {
  // In the bundle this module is a chunk beside the entry; the launcher knows the way from anywhere.
  const launcher = fileURLToPath(new URL('../bin/oasgen.mjs', import.meta.url))
  const child = spawn(process.execPath, [launcher, spec.command, ...spec.args], {
    env: { ...process.env, ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', spec.onLine)
  if (spec.onMessage !== undefined) child.on('message', spec.onMessage)
  const exit = new Promise<WorkerExit>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  return { name: spec.name, pid: child.pid, exit, stop: (graceMs) => stop(child, exit, graceMs) }
}

async function stop(child: ChildProcess, exit: Promise<WorkerExit>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await exit
  clearTimeout(hard)
}

/** Starts a worker again when it ends by itself, slower each time it dies early. */
export function keepRunning(spec: WorkerSpec, onRestart: (why: string) => void): { stop(graceMs: number): Promise<void>; readonly current: () => WorkerProcess } {
  let isWanted = true
  let early = 0
  let worker = startWorker(spec)
  let timer: NodeJS.Timeout | undefined
  const follow = (startedAt: number): void => {
    void worker.exit.then(({ code, signal }) => {
      if (!isWanted) return
      early = Date.now() - startedAt < EARLY_MS ? early + 1 : 0
      onRestart(signal ?? `exit code ${code ?? 'unknown'}`)
      timer = setTimeout(() => {
        worker = startWorker(spec)
        follow(Date.now())
      }, Math.min(30_000, 250 * 2 ** early))
    })
  }
  follow(Date.now())
  return {
    current: () => worker,
    stop: (graceMs) => {
      isWanted = false
      clearTimeout(timer)
      return worker.stop(graceMs)
    },
  }
}
const EARLY_MS = 5000
