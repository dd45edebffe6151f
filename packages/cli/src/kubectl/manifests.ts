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
