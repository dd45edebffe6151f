// What goes into the images, laid out by program: bundled JavaScript, SBOM, licences. `node image/stage.mjs <folder>`, after a build.
// Two runs on the same sources give the same bytes, modes and times.
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledPackages, noticesOf, sbomOf } from './sbom.mjs'

const PROGRAMS = [
  { name: 'oasgen-provider', package: 'provider', copies: [['bundle', '.']] },
  { name: 'rest-dynamic-controller', package: 'rest-controller', copies: [['bundle', '.']] },
  // The command finds its demo beside its bundle, as in the npm package.
  { name: 'oasgen', package: 'cli', copies: [['bin', 'bin'], ['bundle', 'bundle'], ['demo', 'demo']] },
]

export async function stage(destination) {
  rmSync(destination, { recursive: true, force: true })
  for (const program of PROGRAMS) await stageProgram(program, join(destination, program.name))
}

async function stageProgram({ name, package: folder, copies }, destination) {
  mkdirSync(destination, { recursive: true })
  const source = join('packages', folder)
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  for (const [from, to] of copies) cpSync(join(source, from), join(destination, to), { recursive: true })
  const packages = await bundledPackages(`${source}/bundle`)
  writeFileSync(join(destination, 'sbom.cdx.json'), `${JSON.stringify(sbomOf({ name, version }, packages), undefined, 2)}\n`)
  writeFileSync(join(destination, 'THIRD_PARTY_NOTICES'), noticesOf(packages))
  cpSync('LICENSE', join(destination, 'LICENSE'))
  settle(destination)
}

/** Readable by everybody, writable by nobody but root, without a time. */
function settle(path) {
  const isFolder = statSync(path).isDirectory()
  if (isFolder) for (const name of readdirSync(path)) settle(join(path, name))
  chmodSync(path, isFolder ? 0o755 : 0o644)
  utimesSync(path, 0, 0)
}

if (import.meta.url === `file://${process.argv[1]}`) await stage(process.argv[2] ?? 'out')
