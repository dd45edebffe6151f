import { isObject, type JsonObject } from '@oasgen/json'
import { nameOf, namespaceOf, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import type { Compiler } from './compiler.js'
import type { Limits } from './limits.js'
import type { Applier } from './objects/apply.js'
import type { DeploymentSettings } from './objects/deploy.js'
import type { LiveObjects } from './objects/live.js'
import type { DeployedNames } from './objects/names.js'
import type { SecretKey } from './objects/rbac.js'
import type { LoadedSource } from './source.js'

export const REST_DEFINITIONS: ResourceType = { group: 'ogen.krateo.io', version: 'v1alpha1', plural: 'restdefinitions', kind: 'RestDefinition', namespaced: true }

/** What a pass over a RestDefinition needs of the outside. */
export interface DefinitionEdge {
  readonly kube: Kube
  readonly compiler: Compiler
  readonly applier: Applier
  readonly live: LiveObjects
  readonly settings: ProviderSettings
  readonly now: () => number
  /** The bytes behind a URI, as far as possible from what is held already. */
  readonly load: (uri: string, definition: KubeObject) => Promise<LoadedSource>
  /** All RestDefinitions of the cluster, and one of them by `namespace/name`. */
  readonly definitions: () => readonly KubeObject[]
  readonly definition: (key: string) => KubeObject | undefined
  /** Takes over the answer to a write of our own. */
  readonly remember: (definition: KubeObject) => void
  /** Whether CRDs that carry no mark of ours were made by a generator, by uid. */
  readonly generated: Map<string, boolean>
  /** Which definition writes which CRD: decided before the first write, as two passes may run at the same time. */
  readonly claims: Map<string, string>
  /** Secrets that the Configurations of this kind name; undefined until they are known. */
  readonly secretsOf: (kind: KindOfPlan) => readonly SecretKey[] | undefined
  /** Namespaces that let controllers read the Secrets that fields of resources name. */
  readonly fieldSecretNamespaces: () => readonly string[]
  readonly newKey: () => string
  readonly runningPlanHash: (names: DeployedNames) => string | undefined
  readonly event: (definition: KubeObject, event: DefinitionEvent) => void
}

/** As much of a Plan as tells which Configurations belong to it. */
export type KindOfPlan = Pick<Plan, 'definition' | 'resource' | 'configuration'>

export interface DefinitionEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface ProviderSettings extends DeploymentSettings, Limits {
  readonly activated: readonly string[]
  readonly pollSeconds: number
  /** `given`: roles and bindings are made by somebody else, so that the provider needs no right to hand out rights. */
  readonly access: 'grant' | 'given'
  readonly crossNamespace: 'deny' | 'warn' | 'allow'
}

export function refTo(object: KubeObject): { readonly namespace: string; readonly name: string } {
  return { namespace: namespaceOf(object), name: nameOf(object) }
}

export function keyOfDefinition(definition: KubeObject): string {
  return `${namespaceOf(definition)}/${nameOf(definition)}`
}

export function specText(definition: KubeObject, name: string): string {
  const value = isObject(definition.spec) ? definition.spec[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** `spec.controller` */
export function controllerOf(definition: KubeObject): JsonObject {
  return isObject(definition.spec) && isObject(definition.spec.controller) ? definition.spec.controller : {}
}

export function kindIn(definition: KubeObject): string {
  const resource = isObject(definition.spec) ? definition.spec.resource : undefined
  const kind = isObject(resource) && typeof resource.kind === 'string' ? resource.kind : ''
  return kind.slice(0, 1).toUpperCase() + kind.slice(1)
}
