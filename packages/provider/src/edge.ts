import { isObject } from '@oasgen/json'
import { nameOf, namespaceOf, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import type { Compiler } from './compiler.js'
import type { Applier } from './objects/apply.js'
import type { DeploymentSettings } from './objects/deploy.js'
import type { DeployedNames } from './objects/names.js'
import type { SecretKey } from './objects/rbac.js'
import type { LoadedSource } from './source.js'

export const REST_DEFINITIONS: ResourceType = { group: 'ogen.krateo.io', version: 'v1alpha1', plural: 'restdefinitions', kind: 'RestDefinition', namespaced: true }

/** What a pass over a RestDefinition needs of the outside. */
export interface DefinitionEdge {
  readonly kube: Kube
  readonly compiler: Compiler
  readonly applier: Applier
  readonly settings: ProviderSettings
  readonly now: () => number
  /** The bytes behind a URI, as far as possible from what is held already. */
  readonly load: (uri: string, definition: KubeObject) => Promise<LoadedSource>
  /** Secrets that the Configurations of this kind name; undefined until they are known. */
  readonly secretsOf: (plan: Plan) => readonly SecretKey[] | undefined
  /** Live state that watches keep. */
  readonly deployment: (names: DeployedNames) => KubeObject | undefined
  /** Key Secrets that are known to exist. */
  readonly keys: Set<string>
  readonly newKey: () => string
  readonly runningPlanHash: (names: DeployedNames) => string | undefined
  readonly event: (definition: KubeObject, event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }) => void
}

export interface ProviderSettings extends DeploymentSettings {
  readonly allowGroups: readonly string[]
  readonly activated: readonly string[]
  readonly pollSeconds: number
}

export function refTo(object: KubeObject): { readonly namespace: string; readonly name: string } {
  return { namespace: namespaceOf(object), name: nameOf(object) }
}

export function specText(definition: KubeObject, name: string): string {
  const value = isObject(definition.spec) ? definition.spec[name] : undefined
  return typeof value === 'string' ? value : ''
}

