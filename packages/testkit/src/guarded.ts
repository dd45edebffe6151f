import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface GuardedProcess {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** File that takes standard output and error. */
  readonly log: string
  readonly env?: Readonly<Record<string, string>>
}

/** Processes that cannot outlive the one that started them. */
export interface Guard {
  start(process: GuardedProcess): void
  /** Undefined while it runs. */
  exitOf(name: string): string | undefined
  signal(name: string, signal: NodeJS.Signals): void
  /** Ends them all; the folder is removed unless it is kept for its logs. */
  end(options?: { readonly keep: boolean }): Promise<void>
}

interface GuardMessage {
  readonly type: 'started' | 'exit'
  readonly name: string
  readonly code?: number | null
  readonly signal?: string | null
  readonly message?: string
}

export function startGuard(folder: string): Guard {
  const script = fileURLToPath(new URL('../src/guard.mjs', import.meta.url))
  const guard = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const exits = new Map<string, string>()
  createInterface({ input: guard.stdout }).on('line', (line) => noteExit(exits, JSON.parse(line) as GuardMessage))
  const tell = (message: object): void => void (guard.stdin.writable && guard.stdin.write(`${JSON.stringify(message)}\n`))
  tell({ type: 'folder', path: folder })
  guard.unref()
  return {
    start: (process) => (exits.delete(process.name), tell({ type: 'start', ...process })),
    exitOf: (name) => exits.get(name),
    signal: (name, signal) => tell({ type: 'signal', name, signal }),
    end: ({ keep } = { keep: false }) =>
      new Promise((resolve) => {
        if (guard.exitCode !== null) return resolve()
        guard.once('exit', () => resolve())
        tell({ type: 'end', keep })
      }),
  }
}

function noteExit(exits: Map<string, string>, message: GuardMessage): void {
  if (message.type === 'exit') exits.set(message.name, message.message ?? `exit ${message.code ?? message.signal ?? 'unknown'}`)
}
