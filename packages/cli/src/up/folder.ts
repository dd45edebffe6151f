import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, EXIT } from '../io.js'

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

export function takeFolder(cwd: string): UpFolder {
  const path = join(cwd, '.oasgen')
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    takeLock(join(path, 'lock'))
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`cannot write into ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, {
      code: EXIT.unavailable, help: 'go to a folder of your own, or use --in-memory --data-dir',
    })
  }
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
    if (isAlive(holder)) throw new CommandError(`oasgen up runs in this folder already (process ${holder})`, { help: `stop it with Ctrl-C there, or with: kill ${holder}` })
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
