import { systemClock } from '@oasgen/controller'
import type { JsonValue } from '@oasgen/json'
import { keyOfRef, type ResourceType } from '@oasgen/kube'
import type { NamedRef } from './environment/named-objects.js'
import { startKindServer, type KindServer } from './kind/kind-server.js'
import type { KindSettings, ProcessParts } from './kind/options.js'
import { followManyPlans } from './plan/many-plans.js'
import { followNamedPlan } from './plan/named-plan.js'
import type { RunningPlan } from './plan/running-plan.js'
import { createProblemLog } from './telling/problem-log.js'

/** What is served: one kind whose Plan has a name, or every kind whose Plan carries a label. */
export type Served =
  | { readonly mode: 'dedicated'; readonly type: ResourceType; readonly plan: NamedRef; readonly key?: NamedRef }
  | { readonly mode: 'shared'; readonly namespace: string; readonly labelSelector: string }

export interface ControllerOptions {
  readonly parts: ProcessParts
  readonly settings: KindSettings
  readonly served: Served
}

export interface RestController {
  /** Why it is not ready; `undefined` when it is. A standby is. */
  problem(): string | undefined
  /** `?resource=namespace/name`, and `&kind=<plural>.<group>` where several are served; without it, what there is to see. */
  exchanges(query: URLSearchParams): JsonValue
  stop(graceMs: number): Promise<void>
}

export function startController(options: ControllerOptions): RestController {
  return options.served.mode === 'dedicated' ? dedicated(options, options.served) : shared(options, options.served)
}

/** While something is missing, the log says so now and then: a pod that waits in silence is a riddle. */
const REMIND_MS = 15_000

function dedicated({ parts, settings }: ControllerOptions, { type, plan, key }: Extract<Served, { mode: 'dedicated' }>): RestController {
  const problems = createProblemLog(parts.logger, () => systemClock.now())
  const server = startKindServer({ parts, settings, kind: { type, leaseNamespace: plan.namespace, ...(key && { key }) } })
  const named = followNamedPlan(parts.kube, {
    ref: plan,
    accepts: (running) => mismatch(type, running),
    onPlan: (running) => server.run(running),
    onProblem: () => remind(),
  })
  const remind = (): void => problems.tell(`the Plan ${keyOfRef(plan)}`, named.problem()?.message)
  const reminder = setInterval(remind, REMIND_MS)
  reminder.unref()
  return {
    problem: () => (named.current() === undefined ? named.problem()?.message : server.problem()),
    exchanges: (query) => exchangesOf([server], query),
    stop: async (graceMs) => {
      clearInterval(reminder)
      await named.stop()
      await server.stop(graceMs)
    },
  }
}

function mismatch({ group, version, plural }: ResourceType, { plan: { resource } }: RunningPlan): string | undefined {
  const isSame = resource.group === group && resource.version === version && resource.plural === plural
  return isSame ? undefined : `it is for ${resource.plural}.${resource.group}/${resource.version}, and this controller was started for ${plural}.${group}/${version}`
}

/** Each kind has its own queue, budgets, Lease and watches: what is wrong with one stops only that one. */
function shared({ parts, settings }: ControllerOptions, { namespace, labelSelector }: Extract<Served, { mode: 'shared' }>): RestController {
  const problems = createProblemLog(parts.logger, () => systemClock.now())
  const servers = new Map<string, KindServer>()
  const stopping = new Set<Promise<void>>()
  const start = (ref: NamedRef, { plan: { resource } }: RunningPlan): KindServer => {
    const type: ResourceType = { ...resource, namespaced: true }
    const logger = parts.logger.child({ kind: resource.kind })
    const server = startKindServer({ parts: { ...parts, logger }, settings, kind: { type, leaseNamespace: ref.namespace, key: keyBeside(ref) } })
    servers.set(keyOfRef(ref), server)
    return server
  }
  const plans = followManyPlans(parts.kube, {
    namespace, labelSelector,
    onPlan: (ref, plan) => (servers.get(keyOfRef(ref)) ?? start(ref, plan)).run(plan),
    onGone: (ref) => {
      const server = servers.get(keyOfRef(ref))
      servers.delete(keyOfRef(ref))
      const ended = server?.stop(GONE_GRACE_MS).finally(() => stopping.delete(ended as Promise<void>))
      if (ended !== undefined) stopping.add(ended)
    },
    onProblem: (plan, problem) => problems.tell(plan, problem),
  })
  return {
    problem: () => plans.problem(),
    exchanges: (query) => exchangesOf([...servers.values()], query),
    stop: async (graceMs) => {
      await plans.stop()
      await Promise.all([...[...servers.values()].map((server) => server.stop(graceMs)), ...stopping])
    },
  }
}

const GONE_GRACE_MS = 10_000

/** The provider makes both: `<definition>-controller-plan` and `<definition>-controller-key`. */
function keyBeside({ namespace, name }: NamedRef): NamedRef {
  return { namespace, name: name.replace(/-plan$/, '-key') }
}

function exchangesOf(servers: readonly KindServer[], query: URLSearchParams): JsonValue {
  const resource = query.get('resource')
  const kind = query.get('kind')
  const asked = servers.filter((server) => kind === null || server.name === kind)
  if (resource !== null) return asked.flatMap((server) => server.exchanges.of(resource))
  return Object.fromEntries(asked.map((server) => [server.name, server.exchanges.keys()]))
}
