import { finding } from '@oasgen/diagnostics'
import { CONFIG_MAPS, createInformer, keyOf, nameOf, namespaceOf, type Kube, type KubeObject } from '@oasgen/kube'
import type { NamedRef } from '../environment/named-objects.js'
import { readRunningPlan, type RunningPlan } from './running-plan.js'

/** The Plans of a namespace that carry a label: what a controller in `shared` mode serves. */
export interface ManyPlans {
  /** Why there are none yet. */
  problem(): string | undefined
  stop(): Promise<void>
}

export interface ManyPlansOptions {
  readonly namespace: string
  readonly labelSelector: string
  readonly onPlan: (ref: NamedRef, plan: RunningPlan) => void
  readonly onGone: (ref: NamedRef) => void
  /** A Plan that cannot be run stops only its own kind; `undefined` = all is well with it. */
  readonly onProblem: (plan: string, problem: string | undefined) => void
}

export function followManyPlans(kube: Kube, options: ManyPlansOptions): ManyPlans {
  const { namespace, labelSelector, onPlan, onGone, onProblem } = options
  const running = new Map<string, string>()
  const informer = createInformer(kube, CONFIG_MAPS, { namespace, labelSelector, onProblem: ({ finding: found }) => onProblem('the Plans', found.message) })
  const take = (object: KubeObject): void => {
    const key = keyOf(object)
    const read = readRunningPlan(object)
    if (read.type === 'refused') {
      return onProblem(key, finding(running.has(key) ? 'CTL0202' : 'CTL0203', { plan: key, problem: read.problem }).message)
    }
    onProblem(key, undefined)
    if (running.get(key) === read.plan.hash) return
    running.set(key, read.plan.hash)
    onPlan(refOf(object), read.plan)
  }
  informer.onChange(({ type, object }) => {
    if (type !== 'deleted') return take(object)
    running.delete(keyOf(object))
    onProblem(keyOf(object), undefined)
    onGone(refOf(object))
  })
  informer.start()
  void informer.synced.then(() => onProblem('the Plans', undefined))
  return {
    problem: () => (informer.hasSynced() ? undefined : `the Plans are not known yet: ${informer.problem()?.finding.message ?? 'the Kubernetes API has not answered yet'}`),
    stop: () => informer.stop(),
  }
}

function refOf(object: KubeObject): NamedRef {
  return { namespace: namespaceOf(object), name: nameOf(object) }
}
