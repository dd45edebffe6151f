import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FlagValues } from '@oasgen/controller'
import { fromPlain, type JsonValue } from '@oasgen/json'
import { CORE_SCHEMA, load as loadYaml } from 'js-yaml'
import type { ProviderSettings } from './edge.js'
import type { PROVIDER_FLAGS } from './flags.js'
import { DEPLOYMENT_TEMPLATE, SETTINGS_TEMPLATE } from './objects/templates.js'

type Flags = FlagValues<typeof PROVIDER_FLAGS>
type Environment = Readonly<Record<string, string | undefined>>

export function settingsFrom(flags: Flags, env: Environment): ProviderSettings {
  const assets = join(tmpdir(), 'assets')
  const crossNamespace = flags['cross-namespace'] === 'deny' || flags['cross-namespace'] === 'allow' ? flags['cross-namespace'] : 'warn'
  return {
    image: flags['controller-image'],
    deploymentTemplate: templateFrom(env['RDC_TEMPLATE_DEPLOYMENT_PATH'] ?? join(assets, 'rdc-deployment', 'deployment.yaml'), DEPLOYMENT_TEMPLATE),
    settingsTemplate: templateFrom(env['RDC_TEMPLATE_CONFIGMAP_PATH'] ?? join(assets, 'rdc-configmap', 'configmap.yaml'), SETTINGS_TEMPLATE),
    readYaml: (text): JsonValue => fromPlain(loadYaml(text, { schema: CORE_SCHEMA })) ?? null,
    controllerEnv: crossNamespace === 'warn' ? {} : { REST_CONTROLLER_CROSS_NAMESPACE: crossNamespace },
    allowGroups: listOf(flags['allow-groups']), allowHosts: listOf(flags['allow-hosts']), allowNamespaces: listOf(flags['allow-namespaces']),
    activated: listOf(flags.activate),
    pollSeconds: flags.poll,
    access: flags.access === 'given' ? 'given' : 'grant',
    crossNamespace,
  }
}

const WORDS = { 'private-sources': ['deny', 'warn', 'allow'], 'cross-namespace': ['deny', 'warn', 'allow'], access: ['grant', 'given'] } as const

/** A word that is not known must not quietly mean the default: some of these are about safety. */
export function wordProblems(flags: Flags): readonly string[] {
  return Object.entries(WORDS).flatMap(([name, words]) => {
    const word = flags[name as keyof typeof WORDS]
    return (words as readonly string[]).includes(word) ? [] : [`-${name}: "${word}" is not one of ${words.join(', ')}`]
  })
}

// The chart mounts files there, as the reference's did; without them the built-in templates are used.
function templateFrom(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return fallback
  }
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '')
}
