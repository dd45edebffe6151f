import { isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { child, finalizersOf, nameOf, objects, strings, text } from '../object.js'
import { AGE, NAME } from '../table/builtin-columns.js'
import { since } from '../table/ages.js'
import { printPath } from '../table/json-path.js'
import { customSchema } from '../schema/custom.js'
import { ALL_VERBS } from './builtin.js'
import type { Column, ResourceType, ResourceVersion, Subresource } from './types.js'

/** The kind that an established CRD serves; undefined while its names are not accepted. */
export function customType(crd: JsonObject): ResourceType | undefined {
  const accepted = child(child(crd, 'status'), 'acceptedNames')
  const versions = objects(child(crd, 'spec'), 'versions').filter((version) => version.served === true)
  if (!isEstablished(crd) || versions.length === 0 || text(accepted, 'kind') === '') return undefined
  const group = text(child(crd, 'spec'), 'group')
  const stored = objects(child(crd, 'spec'), 'versions').find((version) => version.storage === true) ?? {}
  const resource = text(accepted, 'plural')
  const kind = text(accepted, 'kind')
  return {
    group, resource, kind,
    singular: text(accepted, 'singular') || kind.toLowerCase(), listKind: text(accepted, 'listKind') || `${kind}List`,
    shortNames: strings(accepted, 'shortNames'), categories: strings(accepted, 'categories'),
    scope: text(child(crd, 'spec'), 'scope') === 'Cluster' ? 'Cluster' : 'Namespaced',
    verbs: isTerminating(crd) ? ALL_VERBS.filter((verb) => verb !== 'create') : ALL_VERBS,
    storage: text(stored, 'name'), storedSchema: customSchema(stored),
    store: nameOf(crd), origin: 'custom',
    versions: sortVersions(versions).map((version) => versionOf(crd, version, kind)),
    rules: { generation: 'allButStatusAndMetadata', name: 'subdomain', updateName: 'pathSegment', unconditionalUpdate: false, plainFinalizers: true, advise: finalizerAdvice },
  }
}

export function conditionOf(crd: JsonObject, type: string): JsonObject | undefined {
  return objects(child(crd, 'status'), 'conditions').find((condition) => condition.type === type)
}
export const isEstablished = (crd: JsonObject): boolean => conditionOf(crd, 'Established')?.status === 'True'
export const isTerminating = (crd: JsonObject): boolean => conditionOf(crd, 'Terminating')?.status === 'True'

function versionOf(crd: JsonObject, version: JsonObject, kind: string): ResourceVersion {
  const name = text(version, 'name')
  const warning = member(version, 'deprecationWarning')
  return {
    name, kind, schema: customSchema(version), subresources: subresourcesOf(version), columns: columnsOf(version),
    selectableFields: objects(version, 'selectableFields').map((field) => text(field, 'jsonPath').replace(/^\./, '')),
    ...(version.deprecated === true && { deprecation: typeof warning === 'string' ? warning : deprecationOf(crd, name, kind) }),
  }
}

/** Names the best version that is not deprecated, if it is better. */
function deprecationOf(crd: JsonObject, name: string, kind: string): string {
  const group = text(child(crd, 'spec'), 'group')
  const better = sortVersions(objects(child(crd, 'spec'), 'versions').filter((one) => one.served === true && one.deprecated !== true))
    .map((one) => text(one, 'name')).find((one) => compareVersions(one, name) < 0)
  return `${group}/${name} ${kind} is deprecated${better === undefined ? '' : `; use ${group}/${better} ${kind}`}`
}

function finalizerAdvice(object: JsonObject, old: JsonObject | undefined): readonly string[] {
  const before = old ? finalizersOf(old) : []
  return [...finalizersOf(object)].sort().filter((name) => !before.includes(name) && !name.includes('/') && !['orphan', 'foregroundDeletion', 'kubernetes'].includes(name))
    .map((name) => `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name${name.includes('.') ? ' including a path (/)' : ''} to avoid accidental conflicts with other finalizer writers`)
}

function subresourcesOf(version: JsonObject): ReadonlyMap<string, Subresource> {
  const declared = child(version, 'subresources')
  const found = new Map<string, Subresource>()
  if (isObject(member(declared, 'status'))) found.set('status', { type: 'status' })
  const scale = member(declared, 'scale')
  if (isObject(scale)) {
    const selector = text(scale, 'labelSelectorPath')
    found.set('scale', {
      type: 'scale', specReplicas: text(scale, 'specReplicasPath'), statusReplicas: text(scale, 'statusReplicasPath'),
      ...(selector !== '' && { labelSelector: selector }),
    })
  }
  return found
}

/** Newest first, as Kubernetes orders versions: GA before beta before alpha, then by number. */
export function sortVersions(versions: readonly JsonObject[]): readonly JsonObject[] {
  return [...versions].sort((a, b) => compareVersions(text(a, 'name'), text(b, 'name')))
}

const RANK: Readonly<Record<string, number>> = { alpha: 0, beta: 1, '': 2 }

export function compareVersions(a: string, b: string): number {
  const left = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(a)
  const right = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(b)
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0
  const stage = (RANK[right[2] ?? ''] ?? 0) - (RANK[left[2] ?? ''] ?? 0)
  return stage || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0)
}

function columnsOf(version: JsonObject): readonly Column[] {
  const declared = objects(version, 'additionalPrinterColumns')
  if (declared.length === 0) return [NAME, AGE]
  return [NAME, ...declared.map(printerColumn)]
}

function printerColumn(declared: JsonObject): Column {
  const type = text(declared, 'type') as Column['type']
  const path = text(declared, 'jsonPath')
  return {
    name: text(declared, 'name'), type, format: text(declared, 'format'), priority: typeof declared.priority === 'number' ? declared.priority : 0,
    description: text(declared, 'description') || `Custom resource definition column (in JSONPath format): ${path}`,
    cell: (object, now) => cell(type, printPath(object, path), now),
  }
}

/** A value as its column shows it; null where there is none or it is of another type. */
function cell(type: Column['type'], values: readonly JsonValue[], now: number): JsonValue {
  const value = values[0]
  if (value === undefined || value === null) return null
  switch (type) {
    case 'integer': return typeof value === 'number' ? Math.trunc(value) : typeof value === 'bigint' ? value : null
    case 'number': return typeof value === 'number' || typeof value === 'bigint' ? value : null
    case 'boolean': return typeof value === 'boolean' ? value : null
    case 'date': return typeof value === 'string' ? since(value, now) : null
    case 'string': return shown(value)
  }
}

function shown(value: JsonValue): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))
}

