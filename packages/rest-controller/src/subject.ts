import type { ConfigurationState, Settings, Subject, WriteRecord } from '@oasgen/engine'
import { isArray, isObject, type JsonObject, type JsonValue, type SecretReference } from '@oasgen/json'
import { getPath, parsePath } from '@oasgen/fieldpath'
import { namespaceOf, type KubeObject } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import { readReference } from './auth-table.js'
import type { ReferenceReader } from './references.js'
import type { Secrets } from './secrets.js'

/** Reads what a reconcile needs to know, from what watches keep. */
export interface SubjectSources {
  readonly plan: Plan
  readonly settings: Settings
  readonly configuration: (resource: KubeObject) => Promise<ConfigurationState | undefined>
  readonly references: ReferenceReader
  readonly secrets: Secrets
}

export interface SubjectMoment {
  readonly resource: KubeObject
  readonly written: readonly WriteRecord[]
  readonly failures: number
}

export async function readSubject(sources: SubjectSources, { resource, written, failures }: SubjectMoment): Promise<Subject> {
  const configuration = await sources.configuration(resource)
  const wanted = [...fieldSecrets(sources.plan, resource), ...(configuration?.state === 'found' ? configurationSecrets(configuration.object) : [])]
  const [references, secrets] = await Promise.all([sources.references.states(sources.plan, resource), sources.secrets.states(wanted)])
  return { resource, ...(configuration && { configuration }), references, secrets, settings: sources.settings, written, failures }
}

/** The Secrets that fields of the resource name: `spec.passwordSecretRef`, and 0.21's resolvers in any call. */
export function fieldSecrets(plan: Plan, resource: KubeObject): readonly SecretReference[] {
  const namespace = namespaceOf(resource)
  const fields = (plan.secrets ?? []).flatMap(({ path }) => referenceAt(resource, path, namespace))
  return [...fields, ...resolverSecrets(plan as unknown as JsonValue, resource, namespace)]
}

function referenceAt(resource: KubeObject, path: string, namespace: string): readonly SecretReference[] {
  const parsed = parsePath(path)
  const reference = parsed.ok ? readReference(getPath(resource, parsed.path), namespace) : undefined
  return reference === undefined ? [] : [reference]
}

function resolverSecrets(node: JsonValue, resource: KubeObject, namespace: string): readonly SecretReference[] {
  if (isArray(node)) return node.flatMap((item) => resolverSecrets(item, resource, namespace))
  if (!isObject(node)) return []
  if (node.from === 'secretRef' && typeof node.name === 'string' && typeof node.key === 'string') {
    const [name, key] = [textAt(resource, node.name), textAt(resource, node.key)]
    return name === undefined || key === undefined ? [] : [{ namespace, name, key }]
  }
  return Object.values(node).flatMap((member) => resolverSecrets(member, resource, namespace))
}

function textAt(resource: KubeObject, path: string): string | undefined {
  const parsed = parsePath(path)
  const value = parsed.ok ? getPath(resource, parsed.path) : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Every Secret that a Configuration names, wherever it stands. */
export function configurationSecrets(configuration: JsonObject): readonly SecretReference[] {
  const found: SecretReference[] = []
  collect(configuration.spec, namespaceOf(configuration), found)
  return found
}

function collect(value: JsonValue | undefined, namespace: string, found: SecretReference[]): void {
  if (isArray(value)) return value.forEach((item) => collect(item, namespace, found))
  if (!isObject(value)) return
  for (const [name, member] of Object.entries(value)) {
    const reference = name.endsWith('Ref') ? readReference(member, namespace) : undefined
    if (reference === undefined) collect(member, namespace, found)
    else found.push(reference)
  }
}
