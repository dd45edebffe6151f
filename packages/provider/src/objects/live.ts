import {
  annotationsOf, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, CONFIG_MAPS, createInformer, CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS, keyOf, ROLES, ROLE_BINDINGS,
  SECRETS, SERVICE_ACCOUNTS, type Informer, type InformerProblem, type Kube, type KubeObject, type ResourceType,
} from '@oasgen/kube'
import { ANNOTATION, LABEL } from '@oasgen/wire'

export const POD_DISRUPTION_BUDGETS: ResourceType = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', namespaced: true }

/** What was made for RestDefinitions, in the order of the reference's teardown; the ServiceAccount last, as what is before it may still need it. */
export const DEPLOYED_TYPES: readonly ResourceType[] = [
  DEPLOYMENTS, POD_DISRUPTION_BUDGETS, CONFIG_MAPS, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, ROLES, ROLE_BINDINGS, SECRETS, SERVICE_ACCOUNTS,
]

/**
 * What is in the cluster of what we make: one watch for each kind of object, whatever the number of definitions. Only
 * metadata is held, but for Deployments, whose status is read. CRDs are followed all, as foreign ones matter too.
 */
export interface LiveObjects {
  readonly synced: Promise<void>
  get(type: ResourceType, object: KubeObject): KubeObject | undefined
  crd(name: string): KubeObject | undefined
  crds(): readonly KubeObject[]
  /** Everything of this kind that was made for `namespace/name`. */
  ownedBy(type: ResourceType, owner: string): readonly KubeObject[]
  remember(type: ResourceType, object: KubeObject): void
  problem(): string | undefined
  stop(): Promise<void>
}

export function followObjects(kube: Kube, onChange: (object: KubeObject, type: ResourceType) => void, onProblem: (problem: InformerProblem) => void): LiveObjects {
  const informers = new Map<string, Informer>()
  for (const type of DEPLOYED_TYPES) {
    informers.set(nameOfType(type), createInformer(kube, type, {
      labelSelector: `${LABEL.definitionObject}=true`, metadataOnly: type !== DEPLOYMENTS, indexers: { owner: ownersOf }, onProblem,
    }))
  }
  const crds = createInformer(kube, CUSTOM_RESOURCE_DEFINITIONS, { metadataOnly: true, indexers: { owner: ownersOf }, onProblem })
  informers.set(nameOfType(CUSTOM_RESOURCE_DEFINITIONS), crds)
  for (const informer of informers.values()) {
    informer.onChange(({ object, initial }) => void (initial !== true && onChange(object, informer.type)))
    informer.start()
  }
  const all = [...informers.values()]
  return {
    synced: Promise.all(all.map(({ synced }) => synced)).then(() => undefined),
    get: (type, object) => informers.get(nameOfType(type))?.get(keyOf(object)),
      crd: (name) => crds.get(name),
    crds: () => crds.list(),
    ownedBy: (type, owner) => informers.get(nameOfType(type))?.byIndex('owner', owner) ?? [],
    remember: (type, object) => informers.get(nameOfType(type))?.remember(object),
    problem: () => all.map((informer) => (informer.hasSynced() ? undefined : `${informer.type.plural}: ${informer.problem()?.message ?? 'not known yet'}`)).find((problem) => problem !== undefined),
    stop: async () => void (await Promise.all(all.map((informer) => informer.stop()))),
  }
}

function nameOfType({ group, plural }: ResourceType): string {
  return `${plural}.${group}`
}

function ownersOf(object: KubeObject): readonly string[] {
  const owner = annotationsOf(object)[ANNOTATION.definition]
  return owner === undefined ? [] : [owner]
}
