import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../stack/stack.js'

export const OASGEN = fileURLToPath(new URL('../../../packages/cli/bin/oasgen.mjs', import.meta.url))

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A folder of its own in which commands run as people type them. */
export interface Stage {
  readonly folder: string
  oasgen(...args: readonly string[]): Promise<Ran>
  /** With text on standard input. */
  piped(input: string, ...args: readonly string[]): Promise<Ran>
  write(name: string, text: string): string
  /** Starts `up` and waits for its hints. */
  up(...args: readonly string[]): Promise<Up>
  close(): Promise<void>
}

export interface Up {
  readonly screen: () => string
  readonly process: ChildProcess
  stop(): Promise<number | null>
}

export function createStage(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-cli-'))
  const ups: Up[] = []
  const env = { ...process.env, KUBECONFIG: '', HOME: folder, KUBE_EDITOR: 'sh ./editor.sh' }
  const piped = (input: string | undefined, args: readonly string[]): Promise<Ran> => new Promise((resolve) => {
    const child = execFile(process.execPath, [OASGEN, ...args], { cwd: folder, env, timeout: 90_000, maxBuffer: 32 * 1024 * 1024 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, err })
    })
    child.stdin?.end(input ?? '')
  })
  return {
    folder,
    oasgen: (...args) => piped(undefined, args),
    piped: (input, ...args) => piped(input, args),
    write: (name, text) => {
      writeFileSync(join(folder, name), text)
      return name
    },
    up: async (...args) => {
      const child = spawn(process.execPath, [OASGEN, 'up', '--port', '0', '--demo-port', '0', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env })
      let screen = ''
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => { screen += data.toString() })
      const up: Up = { screen: () => screen, process: child, stop: () => stop(child) }
      ups.push(up)
      await until('the hints are on the screen', () => screen.includes('Ctrl-C stops'))
      return up
    },
    close: async () => {
      await Promise.all(ups.map((up) => up.stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.kill('SIGINT')
  })
}
