import { textOf, isArray, isObject, type JsonObject } from '@oasgen/json'
import { parsePath, getPath } from '@oasgen/fieldpath'
import { nameOf, type DiscoveredType, type Kube } from '@oasgen/kube'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { findTypes, lowerName } from './kinds.js'
import { pause } from './pause.js'
import { connectTarget, type TargetOptions } from './target.js'

export interface WaitOptions extends TargetOptions {
  readonly for: string
  readonly timeoutSeconds: number
  readonly all?: boolean
}

type Goal = (object: JsonObject | undefined) => boolean

export async function wait(io: CommandIo, names: readonly string[], options: WaitOptions): Promise<ExitCode> {
  const goal = readGoal(options.for)
  const target = await connectTarget(io, options)
  try {
    const end = Date.now() + options.timeoutSeconds * 1000
    const awaited = await awaitedObjects(target.kube, names, { namespace: target.namespace, all: options.all === true })
    for (const { type, name } of awaited) {
      const ref = { name, ...(type.namespaced && { namespace: target.namespace }) }
      await waitFor({ io, kube: target.kube, type, ref, goal, end, what: options.for })
      io.note(`${lowerName(type, name)} ${options.for === 'delete' ? 'deleted' : 'condition met'}\n`)
    }
    return EXIT.ok
  } finally {
    await target.kube.close()
  }
}

interface WaitFor {
  readonly io: CommandIo
  readonly kube: Kube
  readonly type: DiscoveredType
  readonly ref: { readonly name: string; readonly namespace?: string }
  readonly goal: Goal
  readonly end: number
  readonly what: string
}

async function waitFor({ io, kube, type, ref, goal, end, what }: WaitFor): Promise<void> {
  for (;;) {
    const answer = await kube.get(type, ref)
    if (!answer.ok && answer.error.kind !== 'notFound') throw new CommandError(answer.error.finding.message, { code: EXIT.unavailable })
    if (goal(answer.ok ? answer.value : undefined)) return
    if (io.signal.aborted) throw new CommandError('stopped', { code: EXIT.interrupted })
    if (Date.now() > end) throw new CommandError(`timed out waiting for ${what} on ${lowerName(type, ref.name)}`)
    await pause(150, io.signal)
  }
}

async function awaitedObjects(kube: Kube, names: readonly string[], { namespace, all }: { namespace: string; all: boolean }): Promise<readonly { type: DiscoveredType; name: string }[]> {
  const [first = '', ...rest] = names
  if (first.includes('/')) {
    const pairs = names.map((name) => name.split('/') as [string, string])
    return (await Promise.all(pairs.map(async ([kind, name]) => (await findTypes(kube, kind)).map((type) => ({ type, name }))))).flat()
  }
  const types = await findTypes(kube, first)
  if (!all) return types.flatMap((type) => rest.map((name) => ({ type, name })))
  const lists = await Promise.all(types.map(async (type) => ({ type, list: await kube.list(type, { namespace }) })))
  return lists.flatMap(({ type, list }) => (list.ok ? list.value.items.map((object) => ({ type, name: nameOf(object) })) : []))
}

function readGoal(text: string): Goal {
  if (text === 'delete') return (object) => object === undefined
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text)
  if (condition !== null) return (object) => object !== undefined && conditionStatus(object, condition[1] ?? '') === (condition[2] ?? 'True').toLowerCase()
  const path = /^jsonpath='?\{\.?(.+?)\}'?=(.*)$/.exec(text)
  if (path !== null) return pathGoal(path[1] ?? '', path[2] ?? '')
  throw new CommandError(`--for=${text} is not known`, { code: EXIT.usage, help: "condition=Ready, condition=Ready=False, delete, or jsonpath='{.status.id}'=1" })
}

function pathGoal(path: string, wanted: string): Goal {
  const parsed = parsePath(path)
  if (!parsed.ok) throw new CommandError(`cannot read the path ${path}: ${parsed.message}`, { code: EXIT.usage })
  return (object) => object !== undefined && textOf(getPath(object, parsed.path) ?? '') === wanted
}

function conditionStatus(object: JsonObject, type: string): string | undefined {
  const status = isObject(object.status) ? object.status : {}
  const generation = isObject(object.metadata) ? object.metadata.generation : undefined
  const conditions = isArray(status.conditions) ? status.conditions.filter(isObject) : []
  const found = conditions.find((condition) => textOf(condition.type).toLowerCase() === type.toLowerCase())
  // A condition about an older generation says nothing about this one, as kubectl has it.
  if (found === undefined || (typeof found.observedGeneration === 'number' && found.observedGeneration !== generation)) return undefined
  return textOf(found.status).toLowerCase()
}
