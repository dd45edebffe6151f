import { textOf, readJson, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { buildRaw, nameOf, pathOfCollection, pathOfObject, type DiscoveredType, type Kube } from '@oasgen/kube'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { printYaml } from '../yaml.js'
import { findTypes, lowerName } from './kinds.js'
import { printTable, readTable } from './table.js'
import { connectTarget, type TargetOptions } from './target.js'

export interface GetOptions extends TargetOptions {
  readonly output?: string
  readonly allNamespaces?: boolean
  readonly selector?: string
  readonly headers?: boolean
  readonly watch?: boolean
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

export async function get(io: CommandIo, names: readonly string[], options: GetOptions): Promise<ExitCode> {
  const target = await connectTarget(io, options)
  try {
    const { types, name } = await wanted(target.kube, names)
    let found = 0
    for (const type of types) found += await printKind({ io, type, name, options, kube: target.kube, namespace: options.allNamespaces ? undefined : target.namespace, several: types.length > 1 })
    if (found === 0 && name === undefined) io.err(options.allNamespaces ? 'No resources found\n' : `No resources found in ${target.namespace} namespace.\n`)
    return EXIT.ok
  } finally {
    await target.kube.close()
  }
}

async function wanted(kube: Kube, [first, second]: readonly string[]): Promise<{ types: readonly DiscoveredType[]; name: string | undefined }> {
  if (first === undefined) throw new CommandError('which kind? for example: oasgen get restdefinitions', { code: EXIT.usage })
  const [word = '', slashed] = first.split('/')
  return { types: await findTypes(kube, word), name: slashed ?? second }
}

interface Print {
  readonly io: CommandIo
  readonly kube: Kube
  readonly type: DiscoveredType
  readonly name: string | undefined
  readonly namespace: string | undefined
  readonly options: GetOptions
  readonly several: boolean
}

async function printKind(print: Print): Promise<number> {
  const { options } = print
  const isTable = options.output === undefined || options.output === 'wide'
  const value = await read(print, isTable ? TABLE : 'application/json')
  if (isTable) return printRows(print, value)
  const items = itemsOf(value)
  if (options.output === 'name') print.io.out(items.map((item) => `${lowerName(print.type, nameOf(item))}\n`).join(''))
  else if (options.output === 'json') print.io.out(`${writeJson(value, { indent: 4 })}\n`)
  else if (options.output === 'yaml') print.io.out(printYaml(value))
  else throw new CommandError(`-o ${options.output} is not known`, { code: EXIT.usage, help: 'json, yaml, name or wide' })
  return items.length
}

async function read({ kube, type, name, namespace, options }: Print, accept: string): Promise<JsonValue> {
  const scope = type.namespaced ? namespace : undefined
  const selector = options.selector === undefined ? '' : `?labelSelector=${encodeURIComponent(options.selector)}`
  const path = name === undefined ? `${pathOfCollection(type, scope)}${selector}` : pathOfObject(type, { name, ...(scope !== undefined && { namespace: scope }) })
  const answer = await kube.raw(buildRaw(path, name ?? type.plural, accept))
  if (!answer.ok) throw new CommandError(answer.error.finding.message, { code: EXIT.unavailable })
  const body = readJson(answer.value.text)
  if (!body.ok) throw new CommandError('the server answered something that is no JSON', { code: EXIT.unavailable })
  if (answer.value.status >= 400) throw new CommandError(`Error from server (${textAt(body.value, 'reason')}): ${textAt(body.value, 'message')}`)
  return body.value
}

function textAt(value: JsonValue, member: string): string {
  return textOf((value as JsonObject)[member] ?? '')
}

function printRows({ io, type, options, several }: Print, value: JsonValue): number {
  const table = readTable(value)
  if (table === undefined) throw new CommandError('the server gave no table', { code: EXIT.unavailable })
  if (table.rows.length === 0) return 0
  const prefix = several ? lowerName(type, '') : ''
  io.out(printTable(table, { wide: options.output === 'wide', namespaces: options.allNamespaces === true && type.namespaced, header: options.headers !== false, prefix }))
  if (several) io.out('\n')
  return table.rows.length
}

function itemsOf(value: JsonValue): readonly JsonObject[] {
  const object = value as JsonObject
  return Array.isArray(object.items) ? (object.items as readonly JsonObject[]) : [object]
}
