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

/** What is built, by the folder of its pins. The older one is three minors back: the oldest that a cluster may still run. */
const RELEASES = {
  current: { module: 'kubernetes', version: 'v1.36.3', assets: 'KUBEBUILDER_ASSETS' },
  older: { module: 'kubernetes-older', version: 'v1.33.13', assets: 'OASGEN_OLDER_ASSETS' },
} as const

export type KubernetesRelease = keyof typeof RELEASES
type Release = (typeof RELEASES)[KubernetesRelease]

/** `OASGEN_KUBERNETES=older` runs any suite of the real lane on the older server. */
export function kubernetesRelease(): KubernetesRelease {
  return process.env['OASGEN_KUBERNETES'] === 'older' ? 'older' : 'current'
}

export function kubernetesVersion(): string {
  return RELEASES[kubernetesRelease()].version
}

/** KUBEBUILDER_ASSETS, else what setup-envtest left, else our cache, else built with the Go toolchain on the machine. */
export function findBinaries(log: (line: string) => void = () => undefined): BinariesFound {
  const release = RELEASES[kubernetesRelease()]
  const assets = process.env[release.assets]
  if (assets !== undefined && assets !== '') {
    return hasServer(assets) ? answer(assets, release.assets) : { ok: false, reason: `${release.assets}=${assets} has no etcd and kube-apiserver` }
  }
  const cache = cacheFolder(release)
  if (hasAll(cache)) return answer(cache, 'cache')
  const envtest = newestEnvtest()
  if (release === RELEASES.current && envtest !== undefined) return answer(envtest, 'setup-envtest')
  return buildInto(release, cache, log)
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
function cacheFolder(release: Release): string {
  const pins = [`${release.module}/go.mod`, `${release.module}/go.sum`, 'etcd/go.mod', 'etcd/go.sum'].map((file) => readFileSync(join(SOURCES, file)))
  const key = createHash('sha256').update(Buffer.concat(pins)).update(buildFlags(release).join(' ')).digest('hex').slice(0, 16)
  return join(cacheRoot(), 'oasgen', 'apiserver', key)
}

function newestEnvtest(): string | undefined {
  const roots = [join(homedir(), '.local/share/kubebuilder-envtest/k8s'), '/usr/local/kubebuilder']
  const folders = roots.filter(existsSync).flatMap((root) => readdirSync(root).map((name) => join(root, name)))
  return folders.filter(hasAll).sort().at(-1)
}

const STAMP = 'k8s.io/component-base/version'

function buildFlags({ version }: Release): readonly string[] {
  const [major, minor] = version.slice(1).split('.')
  return ['-trimpath', '-ldflags', `-s -w -X ${STAMP}.gitVersion=${version} -X ${STAMP}.gitMajor=${major} -X ${STAMP}.gitMinor=${minor} -X ${STAMP}.gitTreeState=clean`]
}

function buildInto(release: Release, cache: string, log: (line: string) => void): BinariesFound {
  if (!hasGo()) return { ok: false, reason: 'no kube-apiserver found and no Go toolchain to build one with' }
  mkdirSync(cache, { recursive: true })
  const { module } = release
  const flags = buildFlags(release)
  try {
    build({ module: 'etcd', target: 'go.etcd.io/etcd/server/v3', output: join(cache, 'etcd'), flags, log })
    build({ module, target: 'k8s.io/kubernetes/cmd/kube-apiserver', output: join(cache, 'kube-apiserver'), flags, log })
    build({ module, target: 'k8s.io/kubernetes/cmd/kube-controller-manager', output: join(cache, 'kube-controller-manager'), flags, log })
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

interface Build {
  readonly module: string
  readonly target: string
  readonly output: string
  readonly flags: readonly string[]
  readonly log: (line: string) => void
}

function build({ module, target, output, flags, log }: Build): void {
  if (existsSync(output)) return
  const started = Date.now()
  log(`building ${target} (minutes, once)`)
  // Renamed when complete: a build that was cut off must not look like a program.
  const partial = `${output}.${process.pid}.part`
  execFileSync('go', ['build', ...flags, '-o', partial, target], { cwd: join(SOURCES, module), env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'inherit', 'inherit'] })
  renameSync(partial, output)
  log(`built ${target} in ${Math.round((Date.now() - started) / 1000)} s`)
}
