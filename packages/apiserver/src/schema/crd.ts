import { judgeCrd } from '@oasgen/structural'
import { isArray, isObject, objectFrom, type JsonObject, type JsonValue } from '@oasgen/json'
import type { FieldFault } from '../failure.js'
import { faultOf } from './violation.js'

const MUST_MATCH = 'must be spec.names.plural+"."+spec.group'

/** What the API server says of a CRD that is created or changed; metadata is judged where all kinds are. */
export function crdFaults(crd: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  const faults = judgeCrd(crd, old === undefined ? {} : { old }).map(faultOf)
  return faults.filter((fault) => !fault.path.startsWith('metadata.') || fault.message.includes(MUST_MATCH))
}

/** Keywords of JSONSchemaProps by what stands below them. */
const KEYWORDS: Readonly<Record<string, 'value' | 'schema' | 'schemas' | 'map' | 'schemaOrBool' | 'schemaOrList' | 'rules' | 'docs'>> = {
  ...Object.fromEntries([
    'id', '$schema', '$ref', 'description', 'type', 'format', 'title', 'default', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength',
    'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'enum', 'maxProperties', 'minProperties', 'required', 'example', 'nullable',
    'dependencies', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource', 'x-kubernetes-int-or-string', 'x-kubernetes-list-map-keys',
    'x-kubernetes-list-type', 'x-kubernetes-map-type',
  ].map((name) => [name, 'value' as const])),
  not: 'schema', allOf: 'schemas', oneOf: 'schemas', anyOf: 'schemas', properties: 'map', patternProperties: 'map', definitions: 'map',
  additionalProperties: 'schemaOrBool', additionalItems: 'schemaOrBool', items: 'schemaOrList', 'x-kubernetes-validations': 'rules', externalDocs: 'docs',
}
const RULE_FIELDS: ReadonlySet<string> = new Set(['rule', 'message', 'messageExpression', 'reason', 'fieldPath', 'optionalOldSelf'])
const DOC_FIELDS: ReadonlySet<string> = new Set(['description', 'url'])

/** A CRD whose schemas hold only keywords that a CRD can hold, with the paths of the others. */
export function readCrdSchemas(crd: JsonObject): { readonly crd: JsonObject; readonly unknown: readonly string[] } {
  const spec = crd.spec
  if (!isObject(spec) || !isArray(spec.versions)) return { crd, unknown: [] }
  const unknown: string[] = []
  const versions = spec.versions.map((version, index): JsonValue => {
    const schema = isObject(version) ? version.schema : undefined
    if (!isObject(version) || !isObject(schema) || !isObject(schema.openAPIV3Schema)) return version
    const kept = readSchemaProps(schema.openAPIV3Schema, `spec.versions[${index}].schema.openAPIV3Schema`, unknown)
    return { ...version, schema: { ...schema, openAPIV3Schema: kept } }
  })
  return { crd: { ...crd, spec: { ...spec, versions } }, unknown }
}

function readSchemaProps(schema: JsonValue, path: string, unknown: string[]): JsonValue {
  if (!isObject(schema)) return schema
  return objectFrom(Object.entries(schema).flatMap(([name, value]): [string, JsonValue][] => {
    const kind = Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined
    if (kind === undefined) {
      unknown.push(`${path}.${name}`)
      return []
    }
    return value === null && name !== 'default' && name !== 'example' ? [] : [[name, readKeyword(kind, value, `${path}.${name}`, unknown)]]
  }))
}

function readKeyword(kind: (typeof KEYWORDS)[string], value: JsonValue, path: string, unknown: string[]): JsonValue {
  const below = (part: JsonValue, place: string): JsonValue => readSchemaProps(part, place, unknown)
  switch (kind) {
    case 'schema': case 'schemaOrBool': return below(value, path)
    case 'schemas': return isArray(value) ? value.map((part, index) => below(part, `${path}[${index}]`)) : value
    case 'schemaOrList': return isArray(value) ? value.map((part, index) => below(part, `${path}[${index}]`)) : below(value, path)
    case 'map': return isObject(value) ? objectFrom(Object.entries(value).map(([name, part]) => [name, below(part, `${path}.${name}`)])) : value
    case 'rules': return isArray(value) ? value.map((part, index) => known(part, RULE_FIELDS, `${path}[${index}]`, unknown)) : value
    case 'docs': return known(value, DOC_FIELDS, path, unknown)
    case 'value': return value
  }
}

function known(value: JsonValue, fields: ReadonlySet<string>, path: string, unknown: string[]): JsonValue {
  if (!isObject(value)) return value
  for (const name of Object.keys(value)) if (!fields.has(name)) unknown.push(`${path}.${name}`)
  return objectFrom(Object.entries(value).filter(([name]) => fields.has(name)))
}
