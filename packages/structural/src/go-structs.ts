import { isArray, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import type { CrdVersion, CrdView } from './crd-view.js'
import type { StructuralSchema, ValidationRule } from './schema.js'
import { goJson } from './violation.js'

/** The server's own types as its messages print them: JSON with every field under its Go name, in the order of declaration. */

type Print = (value: JsonValue) => string
type Field = readonly [goName: string, keyword: string, empty: string, print: Print]

function printStruct(fields: readonly Field[], value: JsonObject): string {
  return `{${fields.map(([goName, keyword, empty, print]) => `"${goName}":${printField(member(value, keyword), empty, print)}`).join(',')}}`
}

function printField(value: JsonValue | undefined, empty: string, print: Print): string {
  return value === undefined || value === null ? empty : print(value)
}

const plain: Print = (value) => goJson(value)

function text(goName: string, keyword: string): Field {
  return [goName, keyword, '""', plain]
}

function flag(goName: string, keyword: string): Field {
  return [goName, keyword, 'false', plain]
}

function optional(goName: string, keyword: string, print: Print = plain): Field {
  return [goName, keyword, 'null', print]
}

function listOf(print: Print): Print {
  return (value) => (isArray(value) ? `[${value.map(print).join(',')}]` : 'null')
}

function mapOf(print: Print): Print {
  return (value) => (isObject(value) ? `{${Object.keys(value).sort().map((key) => `${goJson(key)}:${print(member(value, key) ?? null)}`).join(',')}}` : 'null')
}

const schema: Print = (value) => printStruct(SCHEMA_FIELDS, isObject(value) ? value : {})
const itemsOrList: Print = (value) => (isArray(value) ? `{"Schema":null,"JSONSchemas":${listOf(schema)(value)}}` : `{"Schema":${schema(value)},"JSONSchemas":null}`)
const schemaOrBool: Print = (value) => (isObject(value) ? `{"Allows":true,"Schema":${schema(value)}}` : `{"Allows":${value === true ? 'true' : 'false'},"Schema":null}`)
const dependency: Print = (value) => (isArray(value) ? `{"Schema":null,"Property":${goJson(value)}}` : `{"Schema":${schema(value)},"Property":null}`)
const documents: Print = (value) => printStruct([text('Description', 'description'), text('URL', 'url')], isObject(value) ? value : {})

const RULE_FIELDS: readonly Field[] = [
  text('Rule', 'rule'), text('Message', 'message'), text('MessageExpression', 'messageExpression'), optional('Reason', 'reason'), text('FieldPath', 'fieldPath'),
  optional('OptionalOldSelf', 'optionalOldSelf'),
]
const rule: Print = (value) => printStruct(RULE_FIELDS, isObject(value) ? value : {})

const SCHEMA_FIELDS: readonly Field[] = [
  text('ID', 'id'), text('Schema', '$schema'), optional('Ref', '$ref'), text('Description', 'description'), text('Type', 'type'), flag('Nullable', 'nullable'),
  text('Format', 'format'), text('Title', 'title'), optional('Default', 'default'), optional('Maximum', 'maximum'), flag('ExclusiveMaximum', 'exclusiveMaximum'),
  optional('Minimum', 'minimum'), flag('ExclusiveMinimum', 'exclusiveMinimum'), optional('MaxLength', 'maxLength'), optional('MinLength', 'minLength'),
  text('Pattern', 'pattern'), optional('MaxItems', 'maxItems'), optional('MinItems', 'minItems'), flag('UniqueItems', 'uniqueItems'),
  optional('MultipleOf', 'multipleOf'), optional('Enum', 'enum'), optional('MaxProperties', 'maxProperties'), optional('MinProperties', 'minProperties'),
  optional('Required', 'required'), optional('Items', 'items', itemsOrList), optional('AllOf', 'allOf', listOf(schema)), optional('OneOf', 'oneOf', listOf(schema)),
  optional('AnyOf', 'anyOf', listOf(schema)), optional('Not', 'not', schema), optional('Properties', 'properties', mapOf(schema)),
  optional('AdditionalProperties', 'additionalProperties', schemaOrBool), optional('PatternProperties', 'patternProperties', mapOf(schema)),
  optional('Dependencies', 'dependencies', mapOf(dependency)), optional('AdditionalItems', 'additionalItems', schemaOrBool),
  optional('Definitions', 'definitions', mapOf(schema)), optional('ExternalDocs', 'externalDocs', documents), optional('Example', 'example'),
  optional('XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields'), flag('XEmbeddedResource', 'x-kubernetes-embedded-resource'),
  flag('XIntOrString', 'x-kubernetes-int-or-string'), optional('XListMapKeys', 'x-kubernetes-list-map-keys'), optional('XListType', 'x-kubernetes-list-type'),
  optional('XMapType', 'x-kubernetes-map-type'), optional('XValidations', 'x-kubernetes-validations', listOf(rule)),
]

const COLUMN_FIELDS: readonly Field[] = [
  text('Name', 'name'), text('Type', 'type'), text('Format', 'format'), text('Description', 'description'), ['Priority', 'priority', '0', plain], text('JSONPath', 'jsonPath'),
]
const SCALE_FIELDS: readonly Field[] = [
  text('SpecReplicasPath', 'specReplicasPath'), text('StatusReplicasPath', 'statusReplicasPath'), optional('LabelSelectorPath', 'labelSelectorPath'),
]
const SUBRESOURCE_FIELDS: readonly Field[] = [
  optional('Status', 'status', () => '{}'), optional('Scale', 'scale', (value) => printStruct(SCALE_FIELDS, isObject(value) ? value : {})),
]

export function printSchemaStruct(value: StructuralSchema): string {
  return schema(value as unknown as JsonObject)
}

export function printRuleStruct(value: ValidationRule): string {
  return rule({ ...value })
}

/** What all versions share stands at the top of the server's own type, and null in the versions. */
export function printVersions({ versions, common }: CrdView): string {
  return `[${versions.map((version) => printVersion(version, common)).join(',')}]`
}

function printVersion(version: CrdVersion, common: CrdView['common']): string {
  const { name, served, storage, deprecated, deprecationWarning, subresources, columns, selectableFields } = version
  const parts = [
    `"Name":${goJson(name)}`, `"Served":${String(served)}`, `"Storage":${String(storage)}`, `"Deprecated":${String(deprecated)}`,
    `"DeprecationWarning":${goJson(deprecationWarning ?? null)}`,
    `"Schema":${version.schema === undefined || common.schema ? 'null' : `{"OpenAPIV3Schema":${printSchemaStruct(version.schema)}}`}`,
    `"Subresources":${subresources === undefined || common.subresources ? 'null' : printStruct(SUBRESOURCE_FIELDS, subresources)}`,
    `"AdditionalPrinterColumns":${columns.length === 0 || common.columns ? 'null' : `[${columns.map((column) => printStruct(COLUMN_FIELDS, column)).join(',')}]`}`,
    `"SelectableFields":${selectableFields.length === 0 || common.selectableFields ? 'null' : `[${selectableFields.map((field) => printStruct([text('JSONPath', 'jsonPath')], field)).join(',')}]`}`,
  ]
  return `{${parts.join(',')}}`
}
