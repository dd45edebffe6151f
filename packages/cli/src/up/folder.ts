import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finding } from '@oasgen/diagnostics'
import { CommandError, endWith, EXIT } from '../io.js'

/** What a running `up` leaves for the other commands, in `.oasgen/run.json`. */
export interface RunFile {
  readonly pid: number
  readonly url: string
  readonly demo?: { readonly url: string; readonly port: number }
}

/** The folder of one control plane. Only one `up` may have it at a time. */
export interface UpFolder {
  readonly path: string
  readonly data: string
  readonly kubeconfig: string
  writeRun(run: RunFile): void
  /** The port to ask for: 0 means the one that this folder had last time, if any. */
  port(name: PortName, wanted: number): number
  keepPort(name: PortName, port: number): void
  release(): void
}

/** External objects know the address of their API, and people their kubeconfig: a free port is taken once, then kept. */
export type PortName = 'api' | 'demo'

export function takeFolder(cwd: string, keeping: 'disk' | 'memory' = 'disk'): UpFolder {
  const path = takePath(join(cwd, '.oasgen'), keeping)
  const run = join(path, 'run.json')
  return {
    path, data: join(path, 'data'), kubeconfig: join(path, 'kubeconfig'),
    writeRun: (content) => writeFileSync(run, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 }),
    port: (name, wanted) => (wanted === 0 ? (readPorts(path)[name] ?? 0) : wanted),
    keepPort: (name, port) => writeFileSync(join(path, 'ports.json'), JSON.stringify({ ...readPorts(path), [name]: port })),
    release: () => {
      rmSync(run, { force: true })
      rmSync(join(path, 'lock'), { force: true })
    },
  }
}

/** In memory even a folder that cannot be written is good enough to start in. */
function takePath(path: string, keeping: 'disk' | 'memory'): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    takeLock(join(path, 'lock'))
    return path
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (keeping === 'memory') return mkdtempSync(join(tmpdir(), 'oasgen-up-'))
    throw endWith(finding('CLI0202', { folder: path, problem: problemOf(error as NodeJS.ErrnoException) }), EXIT.unavailable)
  }
}

function problemOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EACCES': case 'EPERM': return 'you have no right to'
    case 'EROFS': return 'it is read-only'
    case 'ENOSPC': return 'the disk is full'
    case 'EEXIST': case 'ENOTDIR': return 'there is a file of this name'
    default: return message
  }
}

function readPorts(path: string): Partial<Record<PortName, number>> {
  const file = join(path, 'ports.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<PortName, number>>) : {}
}

// `wx` fails when the file is there: two `up` that start together cannot both win.
function takeLock(lock: string): void {
  try {
    const handle = openSync(lock, 'wx', 0o600)
    writeSync(handle, String(process.pid))
    closeSync(handle)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const holder = Number(readFileSync(lock, 'utf8'))
    if (isAlive(holder)) throw endWith(finding('CLI0203', { pid: holder }))
    // Its process was killed: the lock is nobody's.
    rmSync(lock, { force: true })
    takeLock(lock)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid > 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Where the controller of a Deployment listens for `describe` and `replay`; beside the lock of the folder. */
export function healthPortFile(cwd: string, deployment: string): string {
  return join(cwd, '.oasgen', 'controllers', `${deployment}.port`)
}

export function readRun(cwd: string): RunFile {
  const file = join(cwd, '.oasgen', 'run.json')
  if (!existsSync(file)) throw new CommandError('no `oasgen up` runs in this folder', { code: EXIT.unavailable, help: 'start one: oasgen up --demo' })
  return JSON.parse(readFileSync(file, 'utf8')) as RunFile
}

/** What `oasgen demo stop` and `start` ask of the running `up`. */
export type DemoWish = 'running' | 'stopped'

export function wishFile(cwd: string): string {
  return join(cwd, '.oasgen', 'demo-wish')
}

export function writeWish(cwd: string, wish: DemoWish): void {
  writeFileSync(wishFile(cwd), wish)
}

export function readWish(cwd: string): DemoWish {
  const file = wishFile(cwd)
  return existsSync(file) && readFileSync(file, 'utf8').trim() === 'stopped' ? 'stopped' : 'running'
}
