import { isObject, type SecretReference } from '@oasgen/json'
import { keyOf, keyOfRef, namespaceOf, type KubeObject } from '@oasgen/kube'
import { isDefault, namedBy } from '../environment/configurations.js'
import type { NamedRef } from '../environment/named-objects.js'
import { referenceKey, type ReferenceUse } from '../environment/references.js'

/** Names of the things that a resource depends on, as `Dependents` keeps them. */
export const THING = {
  configuration: (key: string) => `configuration ${key}`,
  /** The default Configuration of a namespace, whichever it is. */
  defaultOf: (namespace: string) => `default ${namespace}`,
  secret: (ref: NamedRef | string) => `secret ${typeof ref === 'string' ? ref : keyOfRef(ref)}`,
  reference: (key: string) => `reference ${key}`,
} as const

export interface DependencySources {
  readonly secrets: readonly SecretReference[]
  readonly references: readonly ReferenceUse[]
}

/** What stands in the resource itself: the Secrets of its Configuration are that one's own dependencies. */
export function dependenciesOf(resource: KubeObject, { secrets, references }: DependencySources): readonly string[] {
  const named = namedBy(resource)
  const configuration = named === undefined ? THING.defaultOf(namespaceOf(resource)) : THING.configuration(keyOfRef(named))
  return [...new Set([configuration, ...secrets.map((secret) => THING.secret(secret)), ...references.map((use) => THING.reference(referenceKey(use)))])]
}

/** The things that a change of this Configuration is a change of. */
export function thingsOfConfiguration(configuration: KubeObject): readonly string[] {
  const own = THING.configuration(keyOf(configuration))
  return isDefault(configuration) ? [own, THING.defaultOf(namespaceOf(configuration))] : [own]
}

/** A Configuration that became or ceased to be the default matters to both. */
export function thingsOfChange(now: KubeObject | undefined, old: KubeObject | undefined): readonly string[] {
  return [...new Set([now, old].flatMap((object) => (object !== undefined && isObject(object) ? thingsOfConfiguration(object) : [])))]
}
