import { isObject, textOf } from '@oasgen/json'
import { createInformer, CUSTOM_RESOURCE_DEFINITIONS, keyOf, type Informer, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { kstatus, violationsOf, type KStatus } from './oracle.js'

/** Every state of RestDefinitions and of generated kinds that was ever visible, judged as tools judge it. */
export interface HealthWatch {
  /** What was wrong with any of them. */
  violations(): readonly string[]
  /** States of one object in the order in which they were seen, without repetition. */
  statesOf(kind: string, key: string): readonly KStatus[]
  readonly seen: () => number
  stop(): Promise<void>
}

export function watchHealth(kube: Kube): HealthWatch {
  const informers = new Map<string, Informer>()
  const violations = new Set<string>()
  const states = new Map<string, KStatus[]>()
  let seen = 0
  const judge = (kind: string, object: KubeObject): void => {
    seen += 1
    // Made by a CRD of the reference and not yet looked at by us.
    if (object['status'] === undefined && kind !== 'RestDefinition') return
    for (const violation of violationsOf(object)) violations.add(`${kind} ${keyOf(object)}: ${violation} ${JSON.stringify(isObject(object.status) ? object.status['conditions'] : null)}`)
    const known = states.get(`${kind}/${keyOf(object)}`) ?? []
    if (known.at(-1) !== kstatus(object)) known.push(kstatus(object))
    states.set(`${kind}/${keyOf(object)}`, known)
  }
  const follow = (type: ResourceType): void => {
    if (informers.has(type.plural)) return
    const informer = createInformer(kube, type)
    informers.set(type.plural, informer)
    informer.onChange(({ type: change, object }) => void (change !== 'deleted' && judge(type.kind, object)))
    informer.start()
  }
  follow(REST_DEFINITIONS)
  const crds = createInformer(kube, CUSTOM_RESOURCE_DEFINITIONS)
  crds.onChange(({ type, object }) => {
    const spec = isObject(object['spec']) ? object['spec'] : {}
    const names = isObject(spec['names']) ? spec['names'] : {}
    const categories = Array.isArray(names['categories']) ? names['categories'] : []
    if (type !== 'deleted' && categories.includes('restresources')) follow({ group: textOf(spec['group']), version: 'v1alpha1', plural: textOf(names['plural']), kind: textOf(names['kind']), namespaced: true })
  })
  crds.start()
  return {
    violations: () => [...violations], statesOf: (kind, key) => states.get(`${kind}/${key}`) ?? [], seen: () => seen,
    stop: async () => void (await Promise.all([crds, ...informers.values()].map((informer) => informer.stop()))),
  }
}
