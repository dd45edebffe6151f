import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The programs of the real lane. */
export interface Binaries {
  readonly etcd: string
  readonly apiserver: string
  readonly controllerManager: string
  /** Where they came from, for the log. */
  readonly origin: string
}

export type BinariesFound = { readonly ok: true; readonly binaries: Binaries } | { readonly ok: false; readonly reason: string }

const SOURCES = fileURLToPath(new URL('../../../test/apiserver-build/', import.meta.url))
export const KUBERNETES_VERSION = 'v1.36.3'

/** KUBEBUILDER_ASSETS, else what setup-envtest left, else our cache, else built with the Go toolchain on the machine. */
export function findBinaries(log: (line: string) => void = () => undefined): BinariesFound {
  const assets = process.env['KUBEBUILDER_ASSETS']
  if (assets !== undefined && assets !== '') {
    return hasServer(assets) ? answer(assets, 'KUBEBUILDER_ASSETS') : { ok: false, reason: `KUBEBUILDER_ASSETS=${assets} has no etcd and kube-apiserver` }
  }
  const cache = cacheFolder()
  if (hasAll(cache)) return answer(cache, 'cache')
  const envtest = newestEnvtest()
  if (envtest !== undefined) return answer(envtest, 'setup-envtest')
  return buildInto(cache, log)
}

function answer(folder: string, origin: string): BinariesFound {
  return {
    ok: true,
    binaries: { etcd: join(folder, 'etcd'), apiserver: join(folder, 'kube-apiserver'), controllerManager: join(folder, 'kube-controller-manager'), origin },
  }
}

function hasServer(folder: string): boolean {
  return existsSync(join(folder, 'etcd')) && existsSync(join(folder, 'kube-apiserver'))
}

function hasAll(folder: string): boolean {
  return hasServer(folder) && existsSync(join(folder, 'kube-controller-manager'))
}

function cacheRoot(): string {
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
}

// The pins decide what is built, so they are the key: a changed go.sum builds anew beside the old one.
function cacheFolder(): string {
  const pins = ['kubernetes/go.mod', 'kubernetes/go.sum', 'etcd/go.mod', 'etcd/go.sum'].map((file) => readFileSync(join(SOURCES, file)))
  const key = createHash('sha256').update(Buffer.concat(pins)).update(BUILD_FLAGS.join(' ')).digest('hex').slice(0, 16)
  return join(cacheRoot(), 'oasgen', 'apiserver', key)
}

function newestEnvtest(): string | undefined {
  const roots = [join(homedir(), '.local/share/kubebuilder-envtest/k8s'), '/usr/local/kubebuilder']
  const folders = roots.filter(existsSync).flatMap((root) => readdirSync(root).map((name) => join(root, name)))
  return folders.filter(hasAll).sort().at(-1)
}

const STAMP = 'k8s.io/component-base/version'
const [MAJOR, MINOR] = KUBERNETES_VERSION.slice(1).split('.')
const BUILD_FLAGS = [
  '-trimpath',
  '-ldflags',
  `-s -w -X ${STAMP}.gitVersion=${KUBERNETES_VERSION} -X ${STAMP}.gitMajor=${MAJOR} -X ${STAMP}.gitMinor=${MINOR} -X ${STAMP}.gitTreeState=clean`,
]

function buildInto(cache: string, log: (line: string) => void): BinariesFound {
  if (!hasGo()) return { ok: false, reason: 'no kube-apiserver found and no Go toolchain to build one with' }
  mkdirSync(cache, { recursive: true })
  try {
    build({ module: 'etcd', target: 'go.etcd.io/etcd/server/v3', output: join(cache, 'etcd'), log })
    build({ module: 'kubernetes', target: 'k8s.io/kubernetes/cmd/kube-apiserver', output: join(cache, 'kube-apiserver'), log })
    build({ module: 'kubernetes', target: 'k8s.io/kubernetes/cmd/kube-controller-manager', output: join(cache, 'kube-controller-manager'), log })
  } catch (error) {
    return { ok: false, reason: `the build of the API server failed: ${String(error)}` }
  }
  return answer(cache, 'built')
}

function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function build({ module, target, output, log }: { module: string; target: string; output: string; log: (line: string) => void }): void {
  if (existsSync(output)) return
  const started = Date.now()
  log(`building ${target} (minutes, once)`)
  // Renamed when complete: a build that was cut off must not look like a program.
  const partial = `${output}.${process.pid}.part`
  execFileSync('go', ['build', ...BUILD_FLAGS, '-o', partial, target], { cwd: join(SOURCES, module), env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'inherit', 'inherit'] })
  renameSync(partial, output)
  log(`built ${target} in ${Math.round((Date.now() - started) / 1000)} s`)
}
