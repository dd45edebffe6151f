import type { Finding } from '@oasgen/diagnostics'
import { hashJson, sha256, type JsonObject } from '@oasgen/json'
import { CUSTOM_RESOURCE_DEFINITIONS, SECRETS, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { CompiledNow } from './compile-definition.js'
import type { DefinitionFacts } from './definition-status.js'
import { refTo, type DefinitionEdge, type KindOfPlan } from './edge.js'
import type { DefinitionMemory } from './memory.js'
import { withOwner } from './objects/apply.js'
import { stateOfController, type Runner, type RunningController } from './run-controller.js'
import type { ServedKinds } from './serve-kinds.js'

/** Everything was written once; whether it is still so, the watches tell. A pass that finds it so asks nobody anything. */
export interface Settled {
  readonly key: string
  readonly kind: KindOfPlan
  readonly running: Runner
  readonly objects: readonly { readonly type: ResourceType; readonly object: JsonObject }[]
  /** The document lacks something that the definition names. */
  readonly broken: Finding | undefined
}

export interface Settling {
  readonly now: CompiledNow
  readonly kind: KindOfPlan
  readonly served: ServedKinds
  readonly running: RunningController
  readonly broken: Finding | undefined
}

export function settle(edge: DefinitionEdge, definition: KubeObject, memory: DefinitionMemory, { now, kind, served, running, broken }: Settling): void {
  const crds = served.crds.map((object) => ({ type: CUSTOM_RESOURCE_DEFINITIONS, object: withOwner(object, refTo(definition)) }))
  memory.settled = { key: keyOf(edge, now, kind), kind, running: running.who, objects: [...crds, ...running.objects].map(({ type, object }) => ({ type, object: namedOnly(object) })), broken }
}

/** The settled state, if it still is one. */
export function settledNow(edge: DefinitionEdge, memory: DefinitionMemory, now: CompiledNow): { readonly settled: Settled; readonly waiting: string | undefined; readonly facts: DefinitionFacts } | undefined {
  const { settled } = memory
  if (settled === undefined || settled.key !== keyOf(edge, now, settled.kind)) return undefined
  if (edge.live.get(SECRETS, { metadata: { name: settled.running.names.key, namespace: settled.running.names.namespace } }) === undefined) return undefined
  if (!settled.objects.every(({ type, object }) => edge.applier.isUntouched(type, object))) return undefined
  return { settled, ...stateOfController(edge, settled.running) }
}

/** All that what was written depends on, besides itself. */
function keyOf(edge: DefinitionEdge, now: CompiledNow, kind: KindOfPlan): string {
  const secrets = (kind.configuration === undefined ? [] : (edge.secretsOf(kind) ?? [])).map(({ namespace, name }) => `${namespace}/${name}`).sort()
  return sha256(`${now.inputs}\n${hashJson([secrets, [...edge.fieldSecretNamespaces()]])}`)
}

/** Enough of an object to find it again. */
function namedOnly(object: JsonObject): JsonObject {
  const metadata = object.metadata as JsonObject
  return { metadata: { name: metadata.name ?? '', ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) } }
}
