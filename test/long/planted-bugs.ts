import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** One bug, as a replacement in a source of the engine. */
export interface Planted {
  readonly name: string
  readonly about: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** What has to notice it: seeded schedules of the engine, or the life of a kind of `specs/conform` under switches. */
  readonly caught: 'simulator' | 'lives'
  readonly kind?: string
  readonly switches?: readonly string[]
}

export function readPlanted(): readonly Planted[] {
  const folder = join(root, 'specs/conform/planted')
  return readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => ({ ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Planted), name: file.replace('.json', '') }))
}

/** A copy of the engine's sources with the bug in it. Throws when the sources have moved on and the bug finds no place. */
export function plant(bug: Planted | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-planted-'))
  cpSync(join(root, 'packages/engine/src'), join(folder, 'engine'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  if (bug === undefined) return folder
  const file = join(folder, 'engine', bug.file.replace('packages/engine/src/', ''))
  const source = readFileSync(file, 'utf8')
  const places = source.split(bug.find).length - 1
  if (places !== 1) throw new Error(`${bug.name} finds ${places} places in ${bug.file}: bring the patch up to date`)
  writeFileSync(file, source.replace(bug.find, () => bug.replace))
  return folder
}

/** Everything from sources, with the engine of the copy in place of ours. */
export async function load<T>(folder: string, entry: string): Promise<T> {
  const alias = Object.fromEntries(readdirSync(join(root, 'packages')).filter((name) => name !== 'cli').map((name) => [`@oasgen/${name}`, join(root, 'packages', name, 'src/index.ts')]))
  const outfile = join(folder, `${entry.replace(/\W+/g, '-')}.mjs`)
  await build({
    entryPoints: [entry.startsWith('engine/') ? join(folder, entry) : join(root, entry)], outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'error',
    alias: { ...alias, '@oasgen/engine': join(folder, 'engine/index.ts'), yaml: join(root, 'node_modules/yaml/browser/index.js') },
    banner: { js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);" },
  })
  return (await import(pathToFileURL(outfile).href)) as T
}

export function clear(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
