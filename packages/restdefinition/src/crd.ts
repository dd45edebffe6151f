import type { JsonObject, JsonValue } from '@oasgen/json'
import { SPEC } from './table/definition.js'
import type { Node, NodeType } from './table/node.js'
import { STATUS } from './table/status.js'

export const GROUP = 'ogen.krateo.io'
export const VERSION = 'v1alpha1'
export const KIND = 'RestDefinition'
export const PLURAL = 'restdefinitions'

const METADATA: JsonObject = {
  apiVersion: { type: 'string', description: 'The version of the schema of this object: ogen.krateo.io/v1alpha1.' },
  kind: { type: 'string', description: 'The kind of this object: RestDefinition.' },
  metadata: { type: 'object' },
}

/** The CustomResourceDefinition of RestDefinition: names, columns, categories and messages of the reference, and our fields. */
export function restDefinitionCrd(): JsonObject {
  const names = {
    categories: ['krateo', 'restdefinition', 'core'],
    kind: KIND,
    listKind: `${KIND}List`,
    plural: PLURAL,
    singular: 'restdefinition',
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: { group: GROUP, names, scope: 'Namespaced', versions: [version()] },
  }
}

function version(): JsonObject {
  return {
    name: VERSION,
    served: true,
    storage: true,
    additionalPrinterColumns: [
      { name: 'READY', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
      { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      { name: 'API VERSION', type: 'string', priority: 10, jsonPath: '.status.resource.apiVersion' },
      { name: 'KIND', type: 'string', priority: 10, jsonPath: '.status.resource.kind' },
      { name: 'OAS PATH', type: 'string', priority: 10, jsonPath: '.status.oasPath' },
    ],
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description: 'RestDefinition makes a Kubernetes kind of one resource of an OpenAPI document.',
        properties: {
          ...METADATA,
          spec: renderNode(SPEC),
          status: { ...(renderNode(STATUS) as JsonObject), default: { observedGeneration: -1 } },
        },
      },
    },
    subresources: { status: {} },
  }
}

function renderNode(node: Node): JsonValue {
  return { ...typeOf(node.type), description: describe(node), ...constraints(node), ...members(node), ...validations(node) }
}

function typeOf(type: NodeType): JsonObject {
  switch (type) {
    case 'any':
      return { 'x-kubernetes-preserve-unknown-fields': true }
    case 'open':
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    case 'map':
      return { type: 'object' }
    case 'object': case 'array': case 'string': case 'integer': case 'number': case 'boolean':
      return { type }
  }
}

/** The description with what is true when the field is absent, and since when it exists where that is not from the beginning. */
export function describe(node: Node): string {
  const absent = node.fallback === undefined ? '' : ` Absent: ${JSON.stringify(node.fallback)}.`
  const since = node.since === 'oasgen 0.1' ? ' (oasgen)' : ''
  return `${node.description}${absent}${since}`
}

function constraints(node: Node): JsonObject {
  return defined({
    enum: node.choices && [...node.choices],
    pattern: node.pattern,
    format: node.format,
    minimum: node.minimum,
    maximum: node.maximum,
    minLength: node.minLength,
    maxLength: node.maxLength,
    minItems: node.minItems,
    maxItems: node.maxItems,
  })
}

function members(node: Node): JsonObject {
  return defined({
    required: node.required && [...node.required],
    properties: node.properties && Object.fromEntries(Object.entries(node.properties).map(([name, child]) => [name, renderNode(child)])),
    items: node.items && renderNode(node.items),
    additionalProperties: node.values && renderNode(node.values),
    'x-kubernetes-list-type': node.keys && 'map',
    'x-kubernetes-list-map-keys': node.keys && [...node.keys],
  })
}

function validations(node: Node): JsonObject {
  const immutable = node.immutable === undefined ? [] : [{ rule: 'self == oldSelf', message: node.immutable }]
  const rules = [...(node.rules ?? []).flatMap(({ cel, message }) => (cel === undefined ? [] : [{ rule: cel, message }])), ...immutable]
  return rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }
}

function defined(record: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))
}
