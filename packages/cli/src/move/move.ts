import { isObject } from '@oasgen/json'
import { generationOf, metadataOf, nameOf, NAMESPACES, namespaceOf, type Kube, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { applyObject } from '../kubectl/apply.js'
import { pause } from '../kubectl/pause.js'
import { connectTarget, type TargetOptions } from '../kubectl/target.js'
import { carried, carriedStatus, isQuiet } from './carried.js'
import { takeInventory, titleOf, type Carried, type Inventory } from './inventory.js'

export interface MoveOptions extends TargetOptions {
  readonly to: string
  readonly toContext?: string
  readonly dryRun?: boolean
  readonly timeoutSeconds: number
}

interface Moving {
  readonly io: CommandIo
  readonly from: Kube
  readonly to: Kube
  readonly inventory: Inventory
  readonly end: number
}

/**
 * Definitions, Configurations, credentials and resources of one cluster into another, with all that is known of their external
 * objects. Never do both serve: here everything is paused first, and stays so. Nothing is sent to any API.
 */
export async function move(io: CommandIo, options: MoveOptions): Promise<ExitCode> {
  const from = (await connectTarget(io, options)).kube
  const to = (await connectTarget(io, { kubeconfig: options.to, ...(options.toContext !== undefined && { context: options.toContext }) })).kube
  try {
    if (from.server === to.server) throw new CommandError('both are the same cluster', { code: EXIT.usage })
    const inventory = await takeInventory(from, options.namespace)
    tell(io, inventory)
    if (options.dryRun === true) return EXIT.ok
    await moveAll({ io, from, to, inventory, end: Date.now() + options.timeoutSeconds * 1000 })
    io.note(`moved; what is left in ${from.server} is paused and may be deleted once you are content:\n  its resources first get krateo.io/deletion-policy: orphan, so that their external objects stay\n`)
    return EXIT.ok
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}

function tell(io: CommandIo, { beside, definitions, configurations, resources, missing }: Inventory): void {
  if (definitions.length === 0) throw new CommandError('there is no RestDefinition to move', { code: EXIT.usage })
  for (const one of [...beside, ...definitions, ...configurations, ...resources]) io.note(`  ${titleOf(one)}\n`)
  for (const title of missing) io.err(`${title} is named and does not exist; it is not moved\n`)
  io.note(`${definitions.length} definitions, ${configurations.length} configurations, ${resources.length} resources, ${beside.length} documents and Secrets\n`)
}

async function moveAll(moving: Moving): Promise<void> {
  const { io, inventory } = moving
  await pauseAll(moving)
  io.note('paused here\n')
  await makeNamespaces(moving)
  for (const one of [...inventory.beside, ...inventory.definitions]) await make(moving, one, 'running')
  io.note('definitions are there; waiting for their kinds\n')
  for (const one of inventory.configurations) await make(moving, one, 'running')
  for (const one of inventory.resources) await makeWithStatus(moving, one)
  await checkCopies(moving)
  for (const one of inventory.resources) await unpause(moving, one)
}

/** A controller that works on a resource at this moment ends first: only its own word that it is paused counts. */
async function pauseAll(moving: Moving): Promise<void> {
  const { from, inventory: { resources } } = moving
  for (const { type, object } of resources) {
    await must(from.patch(type, refOf(object), { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.paused]: 'true' } } } }))
  }
  for (const { type, object } of resources) {
    await until(moving, `${titleOf({ type, object })} is paused here`, async () => isQuiet(await must(from.get(type, refOf(object)))))
  }
}

async function makeNamespaces({ to, inventory }: Moving): Promise<void> {
  const all = [...inventory.beside, ...inventory.definitions, ...inventory.configurations, ...inventory.resources]
  for (const name of new Set(all.map(({ object }) => namespaceOf(object)))) {
    const made = await to.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    if (!made.ok && made.error.kind !== 'alreadyExists') throw new CommandError(made.error.finding.message)
  }
}

/** Kinds appear while the provider there works: what is not served yet is tried again until then. */
async function make(moving: Moving, one: Carried, state: 'running' | 'paused'): Promise<void> {
  const object = carried(one.object, state)
  const manifest = { object, file: titleOf(one), place: (pointer: string) => ({ kind: 'document', uri: titleOf(one), pointer }) as const }
  await until(moving, `${titleOf(one)} is made there (does a provider run?)`, async () => {
    const applied = await applyObject(moving.to, manifest, { namespace: namespaceOf(object), force: true })
    if (!applied.ok && applied.unknownKind !== true) throw new CommandError(applied.text)
    return applied.ok
  })
}

async function makeWithStatus(moving: Moving, one: Carried): Promise<void> {
  const { from, to } = moving
  const current = { ...one, object: { ...one.object, ...await must(from.get(one.type, refOf(one.object))) } }
  const { apiVersion, kind } = one.object
  await make(moving, { ...current, object: { ...current.object, ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }) } }, 'paused')
  // The controller there notes that it is paused: written again until nobody was in between.
  await until(moving, `${titleOf(one)} has its status there`, async () => {
    const copy = await must(to.get(one.type, refOf(one.object)))
    const status = carriedStatus(current.object, generationOf(copy))
    return status === undefined || (await to.updateStatus(one.type, { ...copy, status })).ok
  })
}

async function checkCopies({ to, inventory }: Moving): Promise<void> {
  for (const { type, object } of inventory.resources) {
    const copy = await must(to.get(type, refOf(object)))
    const [here, there] = [object, copy].map((each) => metadataOf(each).annotations)
    const name = (annotations: typeof here): unknown => (annotations !== undefined && isObject(annotations) ? annotations[ANNOTATION.externalName] : undefined)
    if (name(here) !== name(there)) throw new CommandError(`${titleOf({ type, object })} lost its external name on the way; both sides are left paused`)
  }
}

async function unpause({ to }: Moving, { type, object }: Carried): Promise<void> {
  await must(to.patch(type, refOf(object), { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.paused]: null } } } }))
}

function refOf(object: KubeObject): { readonly name: string; readonly namespace: string } {
  return { name: nameOf(object), namespace: namespaceOf(object) }
}

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly finding: { readonly message: string } } }

async function must<T>(asked: Promise<Answer<T>>): Promise<T> {
  const answer = await asked
  if (answer.ok) return answer.value
  throw new CommandError(answer.error.finding.message, { code: EXIT.unavailable })
}

async function until({ io, end }: Moving, what: string, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    if (io.signal.aborted) throw new CommandError('stopped; both sides are left paused as far as they were, the same command goes on', { code: EXIT.interrupted })
    if (Date.now() > end) throw new CommandError(`timed out: ${what}`, { help: 'nothing is lost: the same command goes on; to stay here, take krateo.io/paused off the resources' })
    await pause(300, io.signal)
  }
}
