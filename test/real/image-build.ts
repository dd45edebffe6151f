import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, run, tryRun } from './chart-run.js'

export const TARGETS = ['oasgen-provider', 'rest-dynamic-controller', 'oasgen'] as const
export type Target = (typeof TARGETS)[number]

/** What an image says about how it is run. */
export interface ImageConfig {
  readonly User: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
}

/** A store of images of our own, so that nothing of the machine is touched. */
export interface ImageStore {
  /** Builds one target of the Containerfile; answers the digest of the image's configuration, which names all of its layers. */
  build(target: Target, cache?: 'cached' | 'anew'): Promise<string>
  configOf(target: Target): Promise<ImageConfig>
  /** Bytes that the target adds to its base, and the base itself. */
  sizeOf(target: Target): Promise<{ readonly base: number; readonly added: number }>
  /** The root file system, for running it. */
  mount(target: Target): Promise<string>
  close(): Promise<void>
}

/** Why images cannot be built here; undefined = they can. */
export async function whyNoImages(): Promise<string | undefined> {
  if ((await tryRun('buildah', ['--version'])).code !== 0) return 'buildah is not installed'
  return process.getuid?.() === 0 ? undefined : 'building without a daemon and running a root file system needs root'
}

export async function openImageStore(): Promise<ImageStore> {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-images-'))
  const env = await storageIn(folder)
  const buildah = (...args: readonly string[]): Promise<string> => run('buildah', args, { env, timeoutMs: 900_000 })
  await run(join(ROOT, 'image/bases.sh'), [], { env })
  const containers: string[] = []
  return {
    build: async (target, cache = 'cached') => {
      const bases = ['--build-arg', 'BUILD=localhost/oasgen-local-build', '--build-arg', 'BASE=localhost/oasgen-local-node']
      await buildah('build', '--quiet', '--layers', ...(cache === 'anew' ? ['--no-cache'] : []), '--timestamp', '0', ...bases, '--target', target, '--tag', target, ROOT)
      return (JSON.parse(await buildah('inspect', '--type', 'image', target)) as { FromImageID: string }).FromImageID
    },
    configOf: async (target) => (JSON.parse(await buildah('inspect', '--type', 'image', target)) as { OCIv1: { config: ImageConfig } }).OCIv1.config,
    sizeOf: async (target) => {
      const container = (await buildah('from', target)).trim()
      const root = (await buildah('mount', container)).trim()
      const added = Number((await run('du', ['-sb', join(root, 'app')])).split('\t')[0])
      const all = Number((await run('du', ['-sb', root])).split('\t')[0])
      await buildah('rm', container)
      return { base: all - added, added }
    },
    mount: async (target) => {
      const container = (await buildah('from', target)).trim()
      containers.push(container)
      return (await buildah('mount', container)).trim()
    },
    close: async () => {
      for (const container of containers) await buildah('rm', container)
      // Overlay mounts itself below its root.
      await tryRun('umount', [join(folder, 'overlay/overlay')])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Neither a daemon nor a user's store is needed. vfs works everywhere and copies each layer whole; overlay takes a tenth of the time. */
async function storageIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const envWith = (driver: string): Readonly<Record<string, string>> => {
    const storage = join(folder, `${driver}.conf`)
    writeFileSync(storage, `[storage]\ndriver = "${driver}"\ngraphroot = "${join(folder, driver)}"\nrunroot = "${join(folder, 'run')}"\n`)
    return { CONTAINERS_STORAGE_CONF: storage, BUILDAH_ISOLATION: 'chroot' }
  }
  const env = envWith('overlay')
  const tried = await tryRun('buildah', ['from', '--name', 'try', 'scratch'], { env })
  if (tried.code !== 0 || (await tryRun('buildah', ['mount', 'try'], { env })).code !== 0) return envWith('vfs')
  await run('buildah', ['rm', 'try'], { env })
  return env
}

export interface ImageRun {
  readonly root: string
  readonly config: ImageConfig
  /** Path in the container → folder here. */
  readonly mounts: ReadonlyMap<string, string>
}

/**
 * A command that runs an image as a container runtime does: its own root, read-only, its entry point, its user, nothing of ours but
 * the mounts. The process that is started becomes the program itself, so that signals reach it.
 */
export function commandFor({ root, config, mounts }: ImageRun): { readonly command: string; readonly args: readonly string[] } {
  for (const path of mounts.keys()) mkdirSync(join(root, path), { recursive: true })
  const binds = [...mounts].map(([path, folder]) => `mount --bind '${folder}' '${root}${path}'`)
  const script = [
    'set -e', `mount --bind '${root}' '${root}'`, `mount -o remount,bind,ro '${root}'`, `mount --rbind /proc '${root}/proc'`, `mount --rbind /dev '${root}/dev'`, ...binds,
    // Where the entry point is found in the path of the image.
    `exec chroot --userspec=${config.User} '${root}' "$@"`,
  ]
  return { command: 'unshare', args: ['--mount', 'sh', '-c', script.join('\n'), 'run', ...resolved(root, config)] }
}

function resolved(root: string, { Entrypoint: [program = '', ...rest], Env }: ImageConfig): readonly string[] {
  const path = Env.find((variable) => variable.startsWith('PATH='))?.slice('PATH='.length) ?? ''
  const found = program.startsWith('/') ? program : path.split(':').map((folder) => `${folder}/${program}`).find((file) => existsSync(join(root, file)))
  if (found === undefined) throw new Error(`the entry point ${program} is not in ${path}`)
  return [found, ...rest]
}

export function readJsonFile(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
