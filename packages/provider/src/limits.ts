import { finding, type Finding } from '@oasgen/diagnostics'
import type { DocumentSource } from '@oasgen/openapi'

/** What an administrator allows. Empty = everything but what is never allowed. */
export interface Limits {
  readonly allowGroups: readonly string[]
  readonly allowHosts: readonly string[]
  readonly allowNamespaces: readonly string[]
}

const RESERVED = /(^|\.)(k8s\.io|kubernetes\.io)$/

export function judgeGroup(group: string, allowed: readonly string[]): Finding | undefined {
  if (RESERVED.test(group)) return finding('PRV0103', { group, why: 'it belongs to Kubernetes' })
  if (allowed.length > 0 && !isAllowed(group, allowed)) return finding('PRV0103', { group, why: `the administrator allows ${allowed.join(', ')} only` })
  return undefined
}

/** Groups that somebody else uses need to be named by the administrator. */
export function judgeForeignGroup(group: string, foreign: string | undefined, allowed: readonly string[]): Finding | undefined {
  return foreign === undefined || isAllowed(group, allowed) ? undefined : finding('PRV0103', { group, why: `the CRD ${foreign} is in it, which no RestDefinition made` })
}

export function judgeNamespace(namespace: string, allowed: readonly string[]): Finding | undefined {
  return allowed.length === 0 || isAllowed(namespace, allowed) ? undefined : finding('PRV0115', { namespace, allowed: allowed.join(', ') })
}

export function judgeHost(source: DocumentSource, allowed: readonly string[]): Finding | undefined {
  const host = hostOf(source)
  return host === undefined || allowed.length === 0 || isAllowed(host, allowed)
    ? undefined
    : finding('PRV0107', { uri: source.uri, why: `the administrator allows documents from ${allowed.join(', ')} only` })
}

function hostOf(source: DocumentSource): string | undefined {
  switch (source.kind) {
    case 'http': return URL.canParse(source.url) ? new URL(source.url).hostname : ''
    case 'oci': return source.registry.replace(/:\d+$/, '')
    case 'github': return source.host
    case 'configMap': case 'secret': case 'file': return undefined
  }
}

/** `*.example.com` stands for everything below, `team-*` for every name that starts so. */
function isAllowed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => pattern === name
    || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)))
    || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))))
}
