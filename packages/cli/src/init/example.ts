import { isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z', date: '2026-01-01', time: '12:00:00Z', duration: '1h', email: 'somebody@example.com', hostname: 'host.example.com',
  ipv4: '192.0.2.1', ipv6: '2001:db8::1', cidr: '192.0.2.0/24', uri: 'https://example.com/', url: 'https://example.com/', uuid: '00000000-0000-4000-8000-000000000000', byte: 'ZXhhbXBsZQ==',
}

/** The kind that a CRD makes: what stands above its objects, and the schema of their spec. */
export interface KindParts {
  readonly head: { readonly apiVersion: string; readonly kind: string }
  readonly spec: JsonObject
}

export function partsOf(crd: JsonObject): KindParts {
  const { group, names, versions } = crd.spec as JsonObject
  const version = (versions as readonly JsonObject[])[0] ?? {}
  const { properties } = (version.schema as JsonObject).openAPIV3Schema as JsonObject
  const { spec } = properties as JsonObject
  return { head: { apiVersion: `${textOf(group)}/${textOf(version.name)}`, kind: textOf((names as JsonObject).kind) }, spec: isObject(spec) ? spec : {} }
}

/** The required fields, with values that the schema accepts. */
export function exampleOf(schema: JsonObject): JsonValue {
  if (schema.default !== undefined) return schema.default
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0] ?? null
  switch (schema.type) {
    case 'object': return exampleObject(schema)
    case 'array': return typeof schema.minItems === 'number' && schema.minItems > 0 && isObject(schema.items) ? [exampleOf(schema.items)] : []
    case 'integer': case 'number': return exampleNumber(schema)
    case 'boolean': return true
    default: return exampleText(schema)
  }
}

function exampleObject(schema: JsonObject): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required.map(textOf) : []
  return Object.fromEntries(required.map((name) => [name, exampleOf(isObject(properties[name]) ? properties[name] : {})]))
}

function exampleNumber({ minimum, maximum, exclusiveMinimum }: JsonObject): number {
  if (typeof minimum === 'number') return exclusiveMinimum === true ? minimum + 1 : minimum
  return typeof maximum === 'number' ? Math.min(1, maximum) : 1
}

function exampleText({ format, minLength, maxLength }: JsonObject): string {
  const text = FORMATS[textOf(format)] ?? 'example'
  return text.padEnd(typeof minLength === 'number' ? minLength : 0, 'x').slice(0, typeof maxLength === 'number' ? maxLength : undefined)
}
