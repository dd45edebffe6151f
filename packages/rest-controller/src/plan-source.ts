import type { Finding } from '@oasgen/diagnostics'
import { prepare, type PreparedPlan } from '@oasgen/engine'
import { isObject, readJson } from '@oasgen/json'
import { CONFIG_MAPS, createInformer, keyOfRef, named, type Kube, type KubeObject } from '@oasgen/kube'
import { planHash, readPlan } from '@oasgen/plan'
import type { NamedRef } from './named-objects.js'

/** The Plan that runs. A new one that cannot be read changes nothing: the last good one goes on serving. */
export interface PlanSource {
  readonly first: Promise<void>
  current(): RunningPlan | undefined
  /** Why the newest text is not the one that runs. */
  problems(): readonly Finding[]
  stop(): Promise<void>
}

export interface RunningPlan {
  readonly prepared: PreparedPlan
  readonly hash: string
  /** `<namespace>/<name>` of the RestDefinition. */
  readonly definition: string
}

export function followPlan(kube: Kube, ref: NamedRef, onChange: (plan: RunningPlan) => void): PlanSource {
  const informer = createInformer(kube, CONFIG_MAPS, { namespace: ref.namespace, fieldSelector: named(ref.name) })
  let running: RunningPlan | undefined
  let problems: readonly Finding[] = []
  let settle = (): void => undefined
  const first = new Promise<void>((resolve) => { settle = resolve })
  const take = (object: KubeObject | undefined): void => {
    const read = object === undefined ? undefined : readText(object)
    if (read === undefined) return
    problems = read.findings
    if (read.plan === undefined || read.plan.hash === running?.hash) return
    running = read.plan
    settle()
    onChange(running)
  }
  informer.onChange(({ type, object }) => take(type === 'deleted' ? undefined : object))
  informer.start()
  void informer.synced.then(() => take(informer.get(keyOfRef(ref))))
  return { first, current: () => running, problems: () => problems, stop: () => informer.stop() }
}

interface ReadText {
  readonly plan: RunningPlan | undefined
  readonly findings: readonly Finding[]
}

function readText(object: KubeObject): ReadText | undefined {
  const text = isObject(object.data) ? object.data['plan.json'] : undefined
  const json = typeof text === 'string' ? readJson(text) : undefined
  if (json === undefined || !json.ok) return undefined
  const plan = readPlan(json.value)
  if (plan.value === undefined) return { plan: undefined, findings: plan.findings }
  const prepared = prepare(plan.value)
  const findings = [...plan.findings, ...prepared.findings]
  if (prepared.value === undefined) return { plan: undefined, findings }
  const { namespace, name } = plan.value.definition
  return { plan: { prepared: prepared.value, hash: planHash(plan.value), definition: `${namespace}/${name}` }, findings }
}
