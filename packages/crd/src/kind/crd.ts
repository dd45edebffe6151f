import { type JsonObject, type JsonValue, objectFrom } from '@oasgen/json'
import type { CelRule, Structural } from '../lower/structural.js'

export interface KindNames {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
}

export interface KindParts {
  readonly names: KindNames
  readonly description: string
  readonly spec: Structural
  readonly status?: Structural
  readonly rules: readonly CelRule[]
  /** The reference accepts an object without a spec; it cannot be anything but useless. */
  readonly specRequired?: boolean
  readonly columns: readonly JsonObject[]
}

const TYPE_META: Readonly<Record<string, Structural>> = {
  apiVersion: { type: 'string', description: 'The version of the schema of this object.' },
  kind: { type: 'string', description: 'The kind of this object.' },
  metadata: { type: 'object' },
}

/** A CustomResourceDefinition with one version, as the reference names and scopes it. */
export function renderKind({ names, description, spec, status, rules, columns, specRequired }: KindParts): JsonObject {
  const { group, version, plural, shortNames, kind, listKind, singular, categories } = names
  const root: Structural = {
    type: 'object',
    description,
    properties: { ...TYPE_META, spec, ...(status && { status }) },
    ...(specRequired === true && (spec.required?.length ?? 0) > 0 && { required: ['spec'] }),
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        categories: [...categories],
        kind,
        listKind,
        plural,
        ...(shortNames.length > 0 && { shortNames: [...shortNames] }),
        singular,
      },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(columns.length > 0 && { additionalPrinterColumns: [...columns] }),
          schema: { openAPIV3Schema: toJson(root) },
          ...(status && { subresources: { status: {} } }),
        },
      ],
      conversion: { strategy: 'None' },
    },
  }
}

/** Properties sorted by name and keywords in one order, so that a schema has one text. */
export function toJson(node: Structural): JsonObject {
  const made: Record<string, JsonValue> = {}
  for (const key of KEYWORDS) {
    const value = node[key]
    if (value !== undefined) made[key] = keywordJson(key, value)
  }
  return made
}

function keywordJson(key: keyof Structural, value: unknown): JsonValue {
  if (key === 'properties') return sortedProperties(value as Readonly<Record<string, Structural>>)
  if (key === 'items' || key === 'additionalProperties' || key === 'not') return toJson(value as Structural)
  return key === 'allOf' || key === 'anyOf' || key === 'oneOf' ? (value as readonly Structural[]).map(toJson) : (value as JsonValue)
}

function sortedProperties(properties: Readonly<Record<string, Structural>>): JsonObject {
  return objectFrom(Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, child]) => [name, toJson(child)]))
}

const KEYWORDS: readonly (keyof Structural)[] = [
  'type', 'title', 'description', 'format', 'nullable', 'enum', 'default', 'minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'multipleOf', 'minLength',
  'maxLength', 'pattern', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'required', 'properties', 'additionalProperties', 'items',
  'allOf', 'anyOf', 'oneOf', 'not', 'x-kubernetes-int-or-string', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys',
  'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-validations',
]
