import type { ConfigurationState } from '@oasgen/engine'
import { finding } from '@oasgen/diagnostics'
import { equalJson, isObject } from '@oasgen/json'
import { createInformer, keyOf, keyOfRef, nameOf, namespaceOf, type Informer, type InformerProblem, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import { pause, unreadable, type NamedRef } from './named-objects.js'

/** The Configurations of one kind. */
export interface Configurations {
  /** `undefined` where the kind has none, or the resource names none and its namespace has no default. */
  stateFor(resource: KubeObject): ConfigurationState | undefined
  /** For the first state, a moment long; `undefined`: it is there, or there is no use in waiting. */
  waiting(): Promise<unknown> | undefined
  /** The object of a state that is found. */
  objectFor(resource: KubeObject): KubeObject | undefined
  get(key: string): KubeObject | undefined
  list(): readonly KubeObject[]
  readonly type: ResourceType | undefined
  /** Takes over the answer to a write of our own. */
  remember(object: KubeObject): void
  stop(): Promise<void>
}

export interface ConfigurationsOptions {
  readonly plan: Plan
  /** Absent = all namespaces. */
  readonly namespace?: string
  readonly crossNamespace: 'deny' | 'warn' | 'allow'
  readonly onChange: (change: ConfigurationChange) => void
  readonly onProblem?: (problem: InformerProblem) => void
}

export interface ConfigurationChange {
  readonly now: KubeObject | undefined
  readonly old: KubeObject | undefined
}

const FIRST_STATE_MS = 5000

export function followConfigurations(kube: Kube, options: ConfigurationsOptions): Configurations {
  const type = typeOf(options.plan)
  const informer = type === undefined ? undefined : start(kube, type, options)
  return {
    type,
    stateFor: (resource) => (informer === undefined ? undefined : readState(informer, resource, options.crossNamespace)),
    waiting: () => (informer === undefined || informer.hasSynced() || informer.problem() !== undefined ? undefined : Promise.race([informer.synced, pause(FIRST_STATE_MS)])),
    objectFor: (resource) => {
      const state = informer?.hasSynced() === true ? readState(informer, resource, options.crossNamespace) : undefined
      return state?.state === 'found' ? (state.object as KubeObject) : undefined
    },
    get: (key) => informer?.get(key),
    list: () => informer?.list() ?? [],
    remember: (object) => informer?.remember(object),
    stop: async () => informer?.stop(),
  }
}

function start(kube: Kube, type: ResourceType, { namespace, crossNamespace, onChange, onProblem }: ConfigurationsOptions): Informer {
  // Resources of one namespace may name Configurations of another one.
  const scope = namespace !== undefined && crossNamespace === 'deny' ? { namespace } : {}
  const informer = createInformer(kube, type, { ...scope, indexers: { default: defaultIn }, ...(onProblem && { onProblem }) })
  informer.onChange((change) => {
    if (change.initial !== true) onChange({ now: change.type === 'deleted' ? undefined : change.object, old: change.old })
  })
  informer.start()
  return informer
}

function typeOf(plan: Plan): ResourceType | undefined {
  if (plan.configuration === undefined) return undefined
  const { group, version } = plan.resource
  return { group, version, plural: plan.configuration.plural, kind: plan.configuration.kind, namespaced: true }
}

function defaultIn(configuration: KubeObject): readonly string[] {
  return isDefault(configuration) ? [namespaceOf(configuration)] : []
}

/** It serves the resources of its namespace that name no Configuration. */
export function isDefault(configuration: KubeObject): boolean {
  return isObject(configuration.spec) && configuration.spec.default === true
}

/** The Configuration that the resource names itself. */
export function namedBy(resource: KubeObject): NamedRef | undefined {
  const reference = isObject(resource.spec) ? resource.spec.configurationRef : undefined
  if (!isObject(reference) || typeof reference.name !== 'string' || reference.name === '') return undefined
  return { name: reference.name, namespace: typeof reference.namespace === 'string' && reference.namespace !== '' ? reference.namespace : namespaceOf(resource) }
}

function readState(informer: Informer, resource: KubeObject, crossNamespace: ConfigurationsOptions['crossNamespace']): ConfigurationState | undefined {
  if (!informer.hasSynced()) return unreadable(informer.problem())
  const named = namedBy(resource)
  if (named === undefined) return defaultState(informer, namespaceOf(resource))
  if (named.namespace !== namespaceOf(resource) && crossNamespace === 'deny') return { state: 'forbidden', message: `it is in namespace ${named.namespace}` }
  const object = informer.get(keyOfRef(named))
  return object === undefined ? { state: 'missing', ...named } : { state: 'found', object }
}

/** Two defaults are no default: a random pick would send one tenant's objects to the other's API. */
function defaultState(informer: Informer, namespace: string): ConfigurationState | undefined {
  const here = informer.byIndex('default', namespace)
  const [only] = here
  if (only === undefined) return undefined
  return here.length === 1 ? { state: 'found', object: only } : { state: 'unknown', message: ambiguous(here, namespace) }
}

function ambiguous(defaults: readonly KubeObject[], namespace: string): string {
  const names = defaults.map(nameOf).toSorted().join(', ')
  return finding('CTL0206', { namespace, names }).message
}

/** Whether the change can matter to whoever uses the Configuration: what controllers note on it does not. */
export function isConfigurationNews({ now, old }: ConfigurationChange): boolean {
  return now === undefined || old === undefined || keyOf(now) !== keyOf(old) || !equalJson(now.spec ?? null, old.spec ?? null)
}
