import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PINS = fileURLToPath(new URL('chart-helm/', import.meta.url))
const TARGET = 'helm.sh/helm/v4/cmd/helm'

export type HelmFound = { readonly ok: true; readonly command: string; readonly origin: string } | { readonly ok: false; readonly reason: string }

/** Helm of the machine, else of our cache, else built with the Go toolchain: the way of the API server's binaries. */
export function findHelm(log: (line: string) => void = toStandardError): HelmFound {
  const installed = onPath('helm')
  if (installed !== undefined) return { ok: true, command: installed, origin: 'PATH' }
  const command = join(cacheFolder(), 'helm')
  if (existsSync(command)) return { ok: true, command, origin: 'cache' }
  if (onPath('go') === undefined) return { ok: false, reason: 'no helm found and no Go toolchain to build one with' }
  return build(command, log)
}

function build(command: string, log: (line: string) => void): HelmFound {
  const started = Date.now()
  log(`building ${TARGET} (minutes, once)`)
  mkdirSync(cacheFolder(), { recursive: true })
  // Renamed when complete: a build that was cut off must not look like a program.
  const partial = `${command}.${process.pid}.part`
  try {
    execFileSync('go', ['build', ...FLAGS, '-o', partial, TARGET], { cwd: PINS, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'inherit', 'inherit'] })
  } catch (error) {
    return { ok: false, reason: `the build of Helm failed: ${String(error)}` }
  }
  renameSync(partial, command)
  log(`built ${TARGET} in ${Math.round((Date.now() - started) / 1000)} s`)
  return { ok: true, command, origin: 'built' }
}

const VERSION = /helm\.sh\/helm\/v4 (v\S+)/.exec(readFileSync(join(PINS, 'go.mod'), 'utf8'))?.[1] ?? 'unknown'
const FLAGS = ['-trimpath', '-ldflags', `-s -w -X helm.sh/helm/v4/internal/version.version=${VERSION}`]

// The pins decide what is built, so they are the key.
function cacheFolder(): string {
  const pins = ['go.mod', 'go.sum'].map((file) => readFileSync(join(PINS, file)))
  const key = createHash('sha256').update(Buffer.concat(pins)).update(FLAGS.join(' ')).digest('hex').slice(0, 16)
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'oasgen', 'helm', `${VERSION}-${key}`)
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`)
}

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '').map((folder) => join(folder, program)).find(existsSync)
}
