// What other people's code is in a bundle: esbuild tells which files it took, their packages tell version and licence.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { PROGRAMS, optionsFor } from '../scripts/bundle.mjs'

/** The npm packages of which at least one file is in the bundle of this folder, by name and version. */
export async function bundledPackages(outdir) {
  const program = PROGRAMS.find((each) => each.outdir === outdir)
  const { metafile } = await build({ ...optionsFor(program), write: false, metafile: true })
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
  const folders = new Set(used.map(folderOf).filter((folder) => folder !== undefined))
  return [...folders].toSorted().map(readPackage)
}

// The innermost node_modules of a path belongs to the package that the file is of.
function folderOf(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0]
}

function readPackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name))
  return {
    name: manifest.name, version: manifest.version, license: licenseOf(manifest),
    text: file === undefined ? undefined : readFileSync(join(folder, file), 'utf8'),
    integrity: lockedIntegrity(folder),
  }
}

function licenseOf({ license }) {
  return typeof license === 'string' ? license : license?.type
}

function lockedIntegrity(folder) {
  const lock = existsSync('package-lock.json') ? JSON.parse(readFileSync('package-lock.json', 'utf8')) : { packages: {} }
  return lock.packages[folder]?.integrity
}

/** CycloneDX 1.6; without serial number and time, so that the same bundle gives the same bytes. */
export function sbomOf({ name, version }, packages) {
  return {
    bomFormat: 'CycloneDX', specVersion: '1.6', version: 1,
    metadata: { component: { type: 'application', name, version, 'bom-ref': `pkg:npm/${name}@${version}`, licenses: [{ license: { id: 'Apache-2.0' } }] } },
    components: packages.map(componentOf),
  }
}

function componentOf({ name, version, license, integrity }) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const [algorithm, digest] = integrity?.split('-') ?? []
  return {
    type: 'library', name, version, 'bom-ref': purl, purl,
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    ...(algorithm === 'sha512' && { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }),
  }
}

export function noticesOf(packages) {
  const line = '-'.repeat(80)
  return packages.map(({ name, version, license, text }) => `${line}\n${name} ${version} (${license ?? 'licence not named'})\n${line}\n\n${text?.trim() ?? ''}\n`).join('\n')
}
