import { equalJson, type JsonValue } from '@oasgen/json'
import { keyOf, keyOfRef, type KubeObject } from '@oasgen/kube'
import { followConfigurations, isConfigurationNews, type ConfigurationChange, type Configurations } from '../environment/configurations.js'
import { followReferences, type References } from '../environment/references.js'
import { findSecretPlaces, type SecretPlaces } from '../environment/secret-places.js'
import type { RunningPlan } from '../plan/running-plan.js'
import { readConfigured, type ConfiguredSending } from '../sending/configured.js'
import type { KindSettings, KindToServe, ProcessParts } from './options.js'
import type { ProblemLog } from '../telling/problem-log.js'

/** What belongs to the Plan that runs: it changes with it as a whole, so that no reconcile sees half of two Plans. */
export interface PlanRun {
  readonly running: RunningPlan
  readonly places: SecretPlaces
  readonly configurations: Configurations
  readonly references: References
  configuredBy(configuration: KubeObject | undefined): ConfiguredSending
}

export interface PlanRunOptions {
  readonly parts: ProcessParts
  readonly kind: KindToServe
  readonly settings: KindSettings
  readonly problems: ProblemLog
  readonly onConfiguration: (change: ConfigurationChange) => void
  /** Told the key of the other resource. */
  readonly onReference: (key: string) => void
}

/** Watches that the new Plan needs too go on, so that a change of it is no storm of lists. */
export function startPlanRun(running: RunningPlan, before: PlanRun | undefined, options: PlanRunOptions): PlanRun {
  const { plan } = running
  const configurations = before !== undefined && isSame(before.running.plan.configuration, plan.configuration) ? before.configurations : newConfigurations(running, options)
  const references = before !== undefined && isSame(before.running.plan.references, plan.references) ? before.references : newReferences(running, options)
  if (before !== undefined && before.configurations !== configurations) void before.configurations.stop()
  if (before !== undefined && before.references !== references) void before.references.stop()
  const { environment } = options.settings
  // Objects of a watch never change, so what was worked out from one stays true as long as it lives.
  const known = new WeakMap<KubeObject, ConfiguredSending>()
  const without = readConfigured({ plan, configuration: undefined, environment })
  return {
    running, configurations, references,
    places: findSecretPlaces(plan),
    configuredBy: (configuration) => {
      if (configuration === undefined) return without
      const found = known.get(configuration) ?? readConfigured({ plan, configuration, environment })
      known.set(configuration, found)
      return found
    },
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return equalJson((a ?? null) as JsonValue, (b ?? null) as JsonValue)
}

function scope({ settings }: PlanRunOptions): { readonly namespace?: string; readonly crossNamespace: 'deny' | 'warn' | 'allow' } {
  return { ...(settings.namespace !== undefined && { namespace: settings.namespace }), crossNamespace: settings.settings.crossNamespace }
}

function newConfigurations({ plan }: RunningPlan, options: PlanRunOptions): Configurations {
  return followConfigurations(options.parts.kube, {
    plan, ...scope(options),
    onChange: (change) => { if (isConfigurationNews(change) || isReleasable(change)) options.onConfiguration(change) },
    onProblem: ({ finding }) => options.problems.tell(`the Configurations of ${plan.resource.kind}`, finding.message),
  })
}

/** It began to be deleted, or somebody else's finalizer fell: perhaps nobody needs it any more. */
function isReleasable({ now, old }: ConfigurationChange): boolean {
  return now !== undefined && old !== undefined && keyOf(now) === keyOf(old) && !equalJson(now.metadata ?? null, old.metadata ?? null) && (now.metadata as { readonly deletionTimestamp?: unknown }).deletionTimestamp !== undefined
}

function newReferences({ plan }: RunningPlan, options: PlanRunOptions): References {
  return followReferences(options.parts.kube, {
    plan, ...scope(options),
    onChange: options.onReference,
    onProblem: ({ finding }) => options.problems.tell(`what ${plan.resource.kind} resources refer to`, finding.message),
  })
}

/** Secrets of a Configuration by name, without keys. */
export function secretNames(run: PlanRun, configuration: KubeObject): readonly string[] {
  return [...new Set(run.configuredBy(configuration).secrets.map(keyOfRef))]
}
