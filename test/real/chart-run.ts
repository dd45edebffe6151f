import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findHelm } from './chart-helm.js'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const CHART = fileURLToPath(new URL('../../charts/oasgen-provider', import.meta.url))

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly cwd?: string
  readonly timeoutMs?: number
}

/** Runs a program to its end; whatever its exit code. */
export function tryRun(command: string, args: readonly string[], { env, input, cwd, timeoutMs = 300_000 }: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(command, [...args], { env: { ...process.env, ...env }, cwd: cwd ?? ROOT, timeout: timeoutMs, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
    })
    // A program that does not read may be gone before this is written.
    child.stdin?.on('error', () => undefined).end(input ?? '')
  })
}

export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await tryRun(command, args, options)
  if (ran.code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`)
  return ran.stdout
}

let found: string | undefined

/** Helm; the first call may have to build it. */
export function helmCommand(): string {
  if (found !== undefined) return found
  const answer = findHelm()
  if (!answer.ok) throw new Error(`the chart cannot be tested: ${answer.reason}`)
  return (found = answer.command)
}
