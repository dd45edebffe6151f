import type { Logger } from '@oasgen/controller'
import { finding } from '@oasgen/diagnostics'
import type { SecretReference } from '@oasgen/json'
import { keyOf, keyOfRef, namespaceOf, uidOf, type EventRecorder, type KubeObject } from '@oasgen/kube'
import { namedBy } from '../environment/configurations.js'
import type { ReferenceUse } from '../environment/references.js'

export interface Used {
  readonly references: readonly ReferenceUse[]
  /** Of its Configuration. */
  readonly secrets: readonly SecretReference[]
}

/** What a resource uses of other namespaces, in words. */
export function foreignThings(resource: KubeObject, { references, secrets }: Used): readonly string[] {
  const own = namespaceOf(resource)
  const named = namedBy(resource)
  const things = [
    ...(named === undefined ? [] : [{ what: 'Configuration', ref: named }]),
    ...references.map(({ type, ref }) => ({ what: type.kind, ref })),
    ...secrets.map((ref) => ({ what: 'Secret', ref })),
  ]
  return [...new Set(things.filter(({ ref }) => ref.namespace !== own).map(({ what, ref }) => `${what} ${keyOfRef(ref)}`))]
}

/** `--cross-namespace=warn`: said once per resource, in the log and as an event, and again when it uses something else. */
export interface ForeignLog {
  tell(resource: KubeObject, things: readonly string[]): void
  forget(uid: string): void
}

export function createForeignLog({ logger, recorder }: { readonly logger: Logger; readonly recorder: EventRecorder }): ForeignLog {
  const told = new Map<string, string>()
  return {
    tell: (resource, things) => {
      const text = things.join(', ')
      if (text === (told.get(uidOf(resource)) ?? '')) return
      told.set(uidOf(resource), text)
      if (things.length === 0) return
      const found = finding('CTL0214', { resource: keyOf(resource), things: text })
      logger.warn('a resource uses another namespace', { resource: keyOf(resource), finding: found })
      recorder.record({ regarding: resource, type: 'Warning', reason: 'CrossNamespaceReference', action: 'Reconcile', note: found.message })
    },
    forget: (uid) => void told.delete(uid),
  }
}
