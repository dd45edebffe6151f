import { finding, type Finding } from '@oasgen/diagnostics'
import { CONFIG_MAPS, createInformer, keyOfRef, named, type Informer, type Kube } from '@oasgen/kube'
import type { NamedRef } from '../environment/named-objects.js'
import { readRunningPlan, type RunningPlan } from './running-plan.js'

/** The Plan of a ConfigMap that is known by name. A new text that cannot be run changes nothing: the last good one goes on serving. */
export interface NamedPlan {
  current(): RunningPlan | undefined
  /** Why there is none, or why the newest text is not the one that runs. */
  problem(): Finding | undefined
  stop(): Promise<void>
}

export interface NamedPlanOptions {
  readonly ref: NamedRef
  /** What is to be served; a Plan for something else is refused. */
  readonly accepts: (plan: RunningPlan) => string | undefined
  readonly onPlan: (plan: RunningPlan) => void
  /** Something about `problem` may have changed. */
  readonly onProblem: () => void
}

export function followNamedPlan(kube: Kube, options: NamedPlanOptions): NamedPlan {
  const { ref, accepts, onPlan, onProblem } = options
  let running: RunningPlan | undefined
  let refused: string | undefined
  const informer = createInformer(kube, CONFIG_MAPS, { namespace: ref.namespace, fieldSelector: named(ref.name), onProblem })
  informer.onChange(({ type, object }) => {
    if (type === 'deleted') return onProblem()
    const read = readRunningPlan(object)
    refused = read.type === 'refused' ? read.problem : accepts(read.plan)
    if (read.type === 'plan' && refused === undefined && read.plan.hash !== running?.hash) {
      running = read.plan
      onPlan(running)
    }
    onProblem()
  })
  informer.start()
  void informer.synced.then(onProblem)
  const plan = keyOfRef(ref)
  return {
    current: () => running,
    problem: () => problemOf({ plan, running, refused, informer }),
    stop: () => informer.stop(),
  }
}

interface Facts {
  readonly plan: string
  readonly running: RunningPlan | undefined
  readonly refused: string | undefined
  readonly informer: Informer
}

function problemOf({ plan, running, refused, informer }: Facts): Finding | undefined {
  if (refused !== undefined) return finding(running === undefined ? 'CTL0203' : 'CTL0202', { plan, problem: refused })
  if (running !== undefined) return undefined
  if (informer.hasSynced()) return finding('CTL0201', { plan, problem: 'the ConfigMap does not exist' })
  return finding('CTL0201', { plan, problem: informer.problem()?.finding.message ?? 'the Kubernetes API has not answered yet' })
}
