import type { FlagValues } from '@oasgen/controller'
import type { Settings } from '@oasgen/engine'
import type { NamedRef } from './environment/named-objects.js'
import type { CONTROLLER_FLAGS } from './flags.js'
import type { KindSettings } from './kind/options.js'
import type { Served } from './program.js'

export type Flags = FlagValues<typeof CONTROLLER_FLAGS>

export interface ServedFlags {
  readonly value: Served | undefined
  readonly problems: readonly string[]
}

/** One Plan by name, or all that carry a label. */
export function servedFrom(flags: Flags): ServedFlags {
  const problems = wordProblems(flags)
  if (flags['plans-in'] !== '') return { value: { mode: 'shared', namespace: flags['plans-in'], labelSelector: flags['plan-selector'] }, problems }
  const missing = (['group', 'version', 'resource', 'plan'] as const).filter((name) => flags[name] === '')
  const plan = readRef(flags.plan)
  const key = readRef(flags.key)
  const all = [
    ...missing.map((name) => `-${name} is needed (env REST_CONTROLLER_${name.toUpperCase()})`),
    ...(flags.plan !== '' && plan === undefined ? [`-plan: "${flags.plan}" is no namespace/name`] : []),
    ...(flags.key !== '' && key === undefined ? [`-key: "${flags.key}" is no namespace/name`] : []),
    ...problems,
  ]
  if (plan === undefined || missing.length > 0) return { value: undefined, problems: all }
  // The kind is in the Plan; it serves messages only, which name the plural until then.
  const type = { group: flags.group, version: flags.version, plural: flags.resource, kind: flags.resource, namespaced: true }
  return { value: { mode: 'dedicated', type, plan, ...(key && { key }) }, problems: all }
}

const WORDS = { 'cross-namespace': ['deny', 'warn', 'allow'], leadership: ['leader', 'shards'] } as const

function wordProblems(flags: Flags): readonly string[] {
  return Object.entries(WORDS).flatMap(([name, words]) => {
    const word = flags[name as keyof typeof WORDS]
    return (words as readonly string[]).includes(word) ? [] : [`-${name}: "${word}" is not one of ${words.join(', ')}`]
  })
}

function readRef(text: string): NamedRef | undefined {
  const [namespace = '', name = '', more] = text.split('/')
  return namespace === '' || name === '' || more !== undefined ? undefined : { namespace, name }
}

export interface SettingsExtras {
  readonly identity: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export function settingsFrom(flags: Flags, { identity, env }: SettingsExtras): KindSettings {
  const clusterHost = env['KUBERNETES_SERVICE_HOST']
  return {
    ...(flags.namespace !== '' && { namespace: flags.namespace }),
    settings: engineSettings(flags),
    workers: Math.max(1, flags.workers),
    leadership: flags.leadership === 'shards' ? 'shards' : 'leader',
    timing: { renewDeadlineMs: flags['lease-renew-deadline'] * 1000, retryMs: flags['lease-retry-period'] * 1000, longestRequestMs: flags['lease-margin'] * 1000 },
    identity,
    holdSecrets: flags['hold-secrets'] ? 'hold' : 'remember',
    bodies: flags['pretty-json-debug'] ? 'pretty' : 'compact',
    environment: { ...(clusterHost !== undefined && { clusterHost }) },
  }
}

/** What `decide` is told. A policy that nobody named is left to the RestDefinition and the engine's own default. */
function engineSettings(flags: Flags): Settings {
  const words = { management: flags['management-policy'], deletion: flags['deletion-policy'], drift: flags['drift-policy'], adoption: flags['adoption-policy'] }
  const crossNamespace = flags['cross-namespace']
  return {
    resyncSeconds: Math.max(1, flags['resync-interval']),
    minRetrySeconds: Math.max(0.05, flags['min-error-retry-interval']),
    maxRetrySeconds: Math.max(0.05, flags['max-error-retry-interval'], flags['min-error-retry-interval']),
    graceSeconds: flags['grace-period'],
    deleteDeadlineSeconds: flags['delete-deadline'],
    crossNamespace: crossNamespace === 'allow' || crossNamespace === 'deny' ? crossNamespace : 'warn',
    ...Object.fromEntries(Object.entries(words).filter(([, word]) => word !== '')),
  }
}

