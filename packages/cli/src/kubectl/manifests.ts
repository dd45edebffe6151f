import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { fromPlain, isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { CommandError, EXIT, type CommandIo } from '../io.js'

/** One object of a file, with the place for messages. */
export interface Manifest {
  readonly object: JsonObject
  readonly file: string
  /** Counts from 1 in its file. */
  readonly index: number
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
  let documents: unknown[]
  try {
    documents = loadAll(text, undefined, { schema: CORE_SCHEMA, filename: file })
  } catch (error) {
    throw new CommandError(`${file} is no valid YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  return documents
    .flatMap((document) => objectsOf(fromPlain(document), file))
    .map((object, index) => ({ object, file, index: index + 1 }))
}

function objectsOf(value: JsonValue | undefined, file: string): readonly JsonObject[] {
  if (value === undefined || value === null) return []
  if (!isObject(value)) throw new CommandError(`${file} holds something that is no object`)
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && isArray(value.items)) return value.items.flatMap((item) => objectsOf(item, file))
  if (typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') throw new CommandError(`${file} holds an object without apiVersion and kind`)
  return [value]
}
