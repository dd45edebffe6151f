import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { renderPlain, type DocumentPlace } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject } from '@oasgen/json'
import { readManifestText, type ManifestText } from '@oasgen/openapi'
import { CommandError, EXIT, type CommandIo } from '../io.js'

/** One object of a file, with its places for messages. */
export interface Manifest {
  readonly object: JsonObject
  readonly file: string
  readonly place: (pointer: string) => DocumentPlace
}

/** An OpenAPI document among the files. */
export interface DocumentFile {
  readonly file: string
  readonly bytes: Uint8Array
}

export interface ReadFiles {
  readonly manifests: readonly Manifest[]
  readonly documents: readonly DocumentFile[]
}

/** As `readManifests`, for commands that take documents too. */
export async function readFiles(io: CommandIo, paths: readonly string[]): Promise<ReadFiles> {
  const manifests: Manifest[] = []
  const documents: DocumentFile[] = []
  for (const path of paths) {
    const texts = path === '-' ? [{ shown: 'standard input', text: await io.readStdin() }] : filesOf(resolve(io.cwd, path), path).map(({ full, shown }) => ({ shown, text: readFileSync(full, 'utf8') }))
    for (const { shown, text } of texts) {
      if (looksLikeOpenApi(text)) documents.push({ file: shown, bytes: Buffer.from(text) })
      else manifests.push(...readText(text, shown))
    }
  }
  return { manifests, documents }
}

/** Told by its first lines: a large document is not parsed for that. */
export function looksLikeOpenApi(text: string): boolean {
  return /(?:^|[{,\n])\s*"?(?:openapi|swagger)"?[ \t]*:[ \t]*["']?\d/.test(text.slice(0, 64 * 1024)) && !/^\s*(?:apiVersion|"apiVersion")\s*:/m.test(text.slice(0, 4096))
}

/** All objects of files, folders (not nested, sorted by name) and `-`; Lists are taken apart. */
export async function readManifests(io: CommandIo, paths: readonly string[]): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = []
  for (const path of paths) {
    if (path === '-') manifests.push(...readText(await io.readStdin(), 'standard input'))
    else for (const file of filesOf(resolve(io.cwd, path), path)) manifests.push(...readText(readFileSync(file.full, 'utf8'), file.shown))
  }
  return manifests
}

interface ManifestFile {
  readonly full: string
  readonly shown: string
}

function filesOf(full: string, shown: string): readonly ManifestFile[] {
  let isFolder: boolean
  try {
    isFolder = statSync(full).isDirectory()
  } catch {
    throw new CommandError(`cannot read ${shown}: there is no such file or folder`, { code: EXIT.unavailable })
  }
  if (!isFolder) return [{ full, shown }]
  const names = readdirSync(full).filter((name) => /\.(ya?ml|json)$/.test(name)).sort()
  return names.map((name) => ({ full: join(full, name), shown: join(shown, name) }))
}

function readText(text: string, file: string): readonly Manifest[] {
  const read = readManifestText(text, file)
  const errors = read.findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new CommandError(renderPlain(errors).trimEnd())
  return (read.value ?? []).flatMap((manifest) => objectsOf(manifest, file))
}

function objectsOf({ value, place }: ManifestText, file: string, at = ''): readonly Manifest[] {
  if (!isObject(value)) throw new CommandError(`${file} holds something that is no object`)
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && isArray(value.items)) {
    return value.items.flatMap((item, index) => objectsOf({ value: item, place }, file, `${at}/items/${index}`))
  }
  if (typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') throw new CommandError(`${file} holds an object without apiVersion and kind`)
  return [{ object: value, file, place: (pointer) => place(at + pointer) }]
}
