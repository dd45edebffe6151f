import { finding, type Finding } from '@oasgen/diagnostics'
import { describeRef, finalizersOf, isDeleting, keyOf, refOf, SECRETS, type Kube, type KubeError, type KubeObject, type ResourceType } from '@oasgen/kube'
import { FINALIZER } from '@oasgen/wire'
import type { Configurations } from '../environment/configurations.js'
import { referenceKey, type References } from '../environment/references.js'
import type { Secrets } from '../environment/secrets.js'
import { addFinalizer, removeFinalizer, type FinalizerChange, type Held, type Released } from '../writing/finalizers.js'
import { THING } from './dependencies.js'
import { guardOf, isCircular } from './guard.js'

/**
 * What resources need until the end of their own deletion is held by finalizers: their Configuration, the resources that they
 * refer to and, where that is asked for, the Secrets of the Configuration. Added before the first write to the outside, taken
 * away when nobody needs it.
 */
export interface Holds {
  /** Before the resource gets its own finalizer. Answers why it must not go on. */
  ensure(resource: KubeObject): Promise<Finding | undefined>
  /** Lets go of everything that no resource needs any more. Cheap when there is nothing to do. `again`: something could not be let go. */
  releaseUnused(): Promise<'done' | 'again'>
}

export interface HoldsOptions {
  readonly kube: Kube
  readonly type: ResourceType
  readonly configurations: Configurations
  readonly references: References
  readonly secrets: Secrets
  /** `hold`: Secrets get a finalizer too. */
  readonly holdSecrets: 'hold' | 'remember'
  readonly resources: () => readonly KubeObject[]
  readonly secretsOf: (configuration: KubeObject) => readonly { readonly namespace: string; readonly name: string }[]
  /** Keys of resources by the thing that they depend on. */
  readonly usersOf: (thing: string) => ReadonlySet<string>
  readonly resource: (key: string) => KubeObject | undefined
  readonly onProblem: (problem: Finding) => void
}

export function createHolds(options: HoldsOptions): Holds {
  // Between `ensure` and the write of the resource's own finalizer nothing else shows that it needs them.
  const ensuring = new Map<string, number>()
  return {
    ensure: async (resource) => {
      const key = keyOf(resource)
      ensuring.set(key, (ensuring.get(key) ?? 0) + 1)
      setTimeout(() => leave(ensuring, key), ENSURE_MS).unref()
      return (await holdConfiguration(options, resource)) ?? (await holdReferences(options, resource))
    },
    releaseUnused: async () => {
      const released = [...await releaseConfigurations(options, ensuring), ...await releaseReferences(options, ensuring)]
      return released.some(({ type }) => type === 'again') ? 'again' : 'done'
    },
  }
}

/** Longer than a write of the attempt can take. */
const ENSURE_MS = 60_000

function leave(ensuring: Map<string, number>, key: string): void {
  const left = (ensuring.get(key) ?? 1) - 1
  if (left > 0) ensuring.set(key, left)
  else ensuring.delete(key)
}

async function holdConfiguration(options: HoldsOptions, resource: KubeObject): Promise<Finding | undefined> {
  const { kube, configurations, holdSecrets, secretsOf } = options
  const configuration = configurations.objectFor(resource)
  if (configuration === undefined || configurations.type === undefined) return undefined
  const held = await addFinalizer(kube, { type: configurations.type, object: configuration, finalizer: FINALIZER.configurationInUse })
  if (held.type === 'held') configurations.remember(held.object)
  const problem = problemOf(held, describeRef(configurations.type, refOf(configuration)))
  if (problem !== undefined || holdSecrets === 'remember') return problem
  for (const ref of secretsOf(configuration)) await holdSecret(options, ref)
  return undefined
}

function problemOf(held: Held, object: string): Finding | undefined {
  switch (held.type) {
    case 'held': return undefined
    case 'ending': return finding('CTL0213', { object })
    case 'gone': return finding('CTL0213', { object })
    case 'failed': return held.error.finding
  }
}

async function holdSecret({ kube, secrets, onProblem }: HoldsOptions, ref: { readonly namespace: string; readonly name: string }): Promise<void> {
  const now = secrets.objects.now(ref)
  if (now.state !== 'found') return
  const held = await addFinalizer(kube, { type: SECRETS, object: now.object, finalizer: FINALIZER.configurationInUse })
  if (held.type === 'failed') onProblem(held.error.finding)
}

/** Without the right to guard them, references are merely followed: the order of deletion is then up to people. */
async function holdReferences({ kube, type, references, onProblem }: HoldsOptions, resource: KubeObject): Promise<Finding | undefined> {
  for (const use of references.of(resource)) {
    const object = references.find(use)
    if (object === undefined) continue
    const held = await addFinalizer(kube, { type: use.type, object, finalizer: guardOf(type) })
    if (held.type === 'held') references.remember(use.type, held.object)
    if (held.type === 'failed') onProblem(guardProblem(use.type, held.error))
  }
  return undefined
}

function guardProblem({ plural, group }: ResourceType, error: KubeError): Finding {
  return finding('CTL0208', { kind: `${plural}.${group}`, problem: error.message })
}

function isNeeding(resource: KubeObject | undefined): boolean {
  return resource !== undefined && finalizersOf(resource).includes(FINALIZER.resource)
}

type Ensuring = ReadonlyMap<string, number>

async function releaseConfigurations(options: HoldsOptions, ensuring: Ensuring): Promise<readonly Released[]> {
  const { kube, configurations, secretsOf } = options
  if (configurations.type === undefined) return []
  const all: Released[] = []
  const held = configurations.list().filter((object) => finalizersOf(object).includes(FINALIZER.configurationInUse))
  for (const object of held.filter((configuration) => !isUsed(options, configuration, ensuring))) {
    for (const ref of secretsOf(object)) all.push(...await releaseSecret(options, ref))
    const released = await removeFinalizer(kube, { type: configurations.type, object, finalizer: FINALIZER.configurationInUse })
    if (released.type === 'released') configurations.remember(released.object)
    all.push(released)
  }
  return all
}

function isUsed({ configurations, usersOf, resource }: HoldsOptions, configuration: KubeObject, ensuring: Ensuring): boolean {
  const key = keyOf(configuration)
  const [namespace = ''] = key.split('/')
  const users = [...usersOf(THING.configuration(key)), ...usersOf(THING.defaultOf(namespace))].map((user) => resource(user)).filter((user) => user !== undefined)
  return users.some((user) => (isNeeding(user) || ensuring.has(keyOf(user))) && configurationKey(configurations, user) === key)
}

function configurationKey(configurations: Configurations, resource: KubeObject): string | undefined {
  const object = configurations.objectFor(resource)
  return object === undefined ? undefined : keyOf(object)
}

async function releaseSecret({ kube, secrets, holdSecrets }: HoldsOptions, ref: { readonly namespace: string; readonly name: string }): Promise<readonly Released[]> {
  const now = holdSecrets === 'hold' ? secrets.objects.now(ref) : undefined
  return now?.state === 'found' ? [await removeFinalizer(kube, { type: SECRETS, object: now.object, finalizer: FINALIZER.configurationInUse })] : []
}

async function releaseReferences(options: HoldsOptions, ensuring: Ensuring): Promise<readonly Released[]> {
  const { kube, type, references } = options
  const all: Released[] = []
  const finalizer = guardOf(type)
  for (const { type: kind, object } of references.list()) {
    if (!finalizersOf(object).includes(finalizer) || isReferenced(options, { type: kind, object, finalizer }, ensuring)) continue
    const released = await removeFinalizer(kube, { type: kind, object, finalizer })
    if (released.type === 'released') references.remember(kind, released.object)
    all.push(released)
  }
  return all
}

function isReferenced({ usersOf, resource, type, references }: HoldsOptions, { type: kind, object }: FinalizerChange, ensuring: Ensuring): boolean {
  const [namespace = '', name = ''] = keyOf(object).split('/')
  const users = [...usersOf(THING.reference(referenceKey({ type: kind, ref: { namespace, name } })))].map((user) => resource(user)).filter((user) => user !== undefined)
  const needing = users.filter((user) => isNeeding(user) || ensuring.has(keyOf(user)))
  return needing.some((user) => !(isDeleting(user) && isDeleting(object) && isCircular({ type, kind, object, user, references })))
}
