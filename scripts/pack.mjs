// Tarballs of the three programs, as they are published: bundles only, no dependency. `node scripts/pack.mjs [folder]`.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const PROGRAMS = [
  { package: 'cli', name: 'oasgen', bin: { oasgen: 'bin/oasgen.mjs', 'kubectl-oasgen': 'bin/oasgen.mjs' }, files: ['bin', 'bundle', 'demo'] },
  { package: 'provider', name: 'oasgen-provider', bin: { 'oasgen-provider': 'bundle/oasgen-provider.mjs' }, files: ['bundle'] },
  { package: 'rest-controller', name: 'rest-dynamic-controller', bin: { 'rest-dynamic-controller': 'bundle/rest-dynamic-controller.mjs' }, files: ['bundle'] },
]

export function packAll(destination) {
  mkdirSync(destination, { recursive: true })
  return PROGRAMS.map((program) => pack(program, resolve(destination)))
}

function pack(program, destination) {
  const source = join('packages', program.package)
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const stage = mkdtempSync(join(tmpdir(), 'oasgen-pack-'))
  try {
    for (const file of program.files) cpSync(join(source, file), join(stage, file), { recursive: true })
    cpSync('LICENSE', join(stage, 'LICENSE'))
    const published = {
      name: program.name, version: manifest.version, description: manifest.description, license: manifest.license, type: 'module',
      engines: { node: '>=20.19' }, bin: program.bin, files: program.files,
    }
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`)
    const output = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination], { cwd: stage, encoding: 'utf8' })
    return join(destination, output.trim().split('\n').at(-1))
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

if (import.meta.url === `file://${process.argv[1]}`) for (const tarball of packAll(process.argv[2] ?? 'bundle')) console.log(tarball)
