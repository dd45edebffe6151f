import { createInformer, namespaceOf, type Informer, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { KindOfPlan } from './edge.js'
import type { SecretKey } from './objects/rbac.js'
import { secretsOf } from './secret-access.js'

/** A Role names exactly the Secrets that Configurations use, so each Configuration kind is followed. */
export interface FollowedConfigurations {
  /** Undefined until they are known. */
  secretsFor(kind: KindOfPlan): readonly SecretKey[] | undefined
  forget(definition: string): void
  stop(): Promise<void>
}

export interface FollowOptions {
  /** `deny`: no right is given on Secrets of other namespaces than the Configuration's own. */
  readonly crossNamespace: 'deny' | 'warn' | 'allow'
  /** Told the key of the definition. */
  readonly onChange: (definition: string) => void
}

export function followConfigurations(kube: Kube, options: FollowOptions): FollowedConfigurations {
  const followed = new Map<string, { readonly informer: Informer; readonly plural: string }>()
  const isGranted = (configuration: KubeObject, secret: SecretKey): boolean => options.crossNamespace !== 'deny' || secret.namespace === namespaceOf(configuration)
  return {
    secretsFor: (kind) => {
      if (kind.configuration === undefined) return []
      const key = `${kind.definition.namespace}/${kind.definition.name}`
      const known = followed.get(key)
      if (known !== undefined && known.plural !== kind.configuration.plural) void known.informer.stop()
      const informer = known !== undefined && known.plural === kind.configuration.plural ? known.informer : follow(kube, kind, () => options.onChange(key))
      followed.set(key, { informer, plural: kind.configuration.plural })
      return informer.hasSynced() ? informer.list().flatMap((configuration) => secretsOf(configuration).filter((secret) => isGranted(configuration, secret))) : undefined
    },
    forget: (definition) => {
      void followed.get(definition)?.informer.stop()
      followed.delete(definition)
    },
    stop: async () => void (await Promise.all([...followed.values()].map(({ informer }) => informer.stop()))),
  }
}

function follow(kube: Kube, { resource, configuration }: KindOfPlan, wake: () => void): Informer {
  const { group, version } = resource
  const type: ResourceType = { group, version, plural: configuration?.plural ?? '', kind: configuration?.kind ?? '', namespaced: true }
  const informer = createInformer(kube, type)
  informer.onChange(({ initial }) => void (initial !== true && wake()))
  informer.start()
  void informer.synced.then(wake)
  return informer
}
