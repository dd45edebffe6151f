import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { fromPlain, isArray, isObject, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { CommandError, EXIT, type CommandIo } from '../io.js'
import { kubeconfigPath, type TargetOptions } from '../kubectl/target.js'

/** One file that says what flags, KUBECONFIG and context say together: for processes that are given no more than a path. */
export function kubeconfigText(io: CommandIo, options: TargetOptions): string {
  const path = kubeconfigPath(io, options)
  const listed = path === undefined ? (io.env['KUBECONFIG'] ?? '').split(delimiter).filter((part) => part !== '') : [path]
  const files = (listed.length > 0 ? listed : [join(io.env['HOME'] ?? homedir(), '.kube', 'config')]).flatMap((file) => readOne(resolve(io.cwd, file)))
  const [first] = files
  if (first === undefined) throw new CommandError('no kubeconfig can be read', { code: EXIT.unavailable })
  const current = options.context ?? files.map((file) => file['current-context']).find((name) => typeof name === 'string' && name !== '') ?? ''
  const merged = { ...first, 'current-context': current, clusters: all(files, 'clusters'), users: all(files, 'users'), contexts: all(files, 'contexts') }
  return `${writeJson(merged, { indent: 2 })}\n`
}

function readOne(path: string): readonly JsonObject[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const value = fromPlain(load(text))
  return value !== undefined && isObject(value) ? [absolute(value, dirname(path)) as JsonObject] : []
}

const PATHS = new Set(['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'])

function absolute(value: JsonValue, folder: string): JsonValue {
  if (isArray(value)) return value.map((item) => absolute(item, folder))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, PATHS.has(name) && typeof member === 'string' ? resolve(folder, member) : absolute(member, folder)]))
}

function all(files: readonly JsonObject[], name: string): JsonValue {
  const entries = files.flatMap((file) => (isArray(file[name]) ? file[name].filter(isObject) : []))
  // The first file that names an entry wins, as in kubectl.
  return entries.filter((entry, index) => entries.findIndex((other) => other.name === entry.name) === index)
}
