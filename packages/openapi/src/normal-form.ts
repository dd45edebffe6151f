import type { DocumentPlace, Finding } from '@oasgen/diagnostics'
import type { JsonNumber, JsonObject, JsonValue } from '@oasgen/json'

/**
 * The one form of OpenAPI 2.0, 3.0 and 3.1 that everything behind this package sees. Nodes are made when they are touched;
 * `place` finds its line and column only when somebody reads them.
 */
export interface Operation {
  /** Lower case: `get`. */
  readonly method: string
  readonly path: string
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly pointer: string
  /** Those of the path item and of the operation; the operation's win. In the document's order. */
  readonly parameters: readonly Parameter[]
  readonly requestBody?: RequestBody
  /** By code, as the document orders them: `200`, `2XX`, `default`. */
  readonly responses: ReadonlyMap<string, Response>
  /** Of the operation, else of the path item, else of the document; resolved. */
  readonly servers: readonly Server[]
  readonly security: SecurityRequirements
  readonly deprecated: boolean
  readonly extensions: JsonObject
  readonly place: DocumentPlace
}

export type ParameterLocation = 'path' | 'query' | 'header' | 'cookie'
export type ParameterStyle = 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject'

export interface Parameter {
  readonly name: string
  readonly in: ParameterLocation
  readonly required: boolean
  readonly style: ParameterStyle
  readonly explode: boolean
  readonly allowReserved: boolean
  readonly allowEmptyValue: boolean
  readonly deprecated: boolean
  readonly description?: string
  /** Absent when `content` is there, or when the document says nothing about the value. */
  readonly schema?: Schema
  /** The parameter is one serialised value of this media type. */
  readonly content?: MediaType
  readonly example?: JsonValue
  readonly extensions: JsonObject
  readonly pointer: string
  readonly place: DocumentPlace
  /** Declared by the operation, by its path item, or only by the braces of the path. */
  readonly origin: 'operation' | 'pathItem' | 'path'
}

export interface RequestBody {
  readonly required: boolean
  readonly description?: string
  /** By media type, as written. */
  readonly content: ReadonlyMap<string, MediaType>
  readonly extensions: JsonObject
  readonly pointer: string
  readonly place: DocumentPlace
}

export interface MediaType {
  readonly mediaType: string
  readonly schema?: Schema
  /** How the properties of a form or multipart body are written. */
  readonly encoding: ReadonlyMap<string, Encoding>
  readonly example?: JsonValue
  readonly extensions: JsonObject
  readonly pointer: string
  readonly place: DocumentPlace
}

export interface Encoding {
  readonly contentType?: string
  readonly style?: ParameterStyle
  readonly explode?: boolean
  readonly allowReserved: boolean
  readonly headers: ReadonlyMap<string, Header>
}

export interface Response {
  readonly code: string
  readonly description?: string
  readonly headers: ReadonlyMap<string, Header>
  readonly content: ReadonlyMap<string, MediaType>
  readonly extensions: JsonObject
  readonly pointer: string
  readonly place: DocumentPlace
}

export interface Header {
  /** As written; compare without regard to case. */
  readonly name: string
  readonly required: boolean
  readonly description?: string
  readonly schema?: Schema
  readonly pointer: string
  readonly place: DocumentPlace
}

export interface Server {
  /** Variables at their defaults, relative addresses resolved against the document's own; without a slash at the end. */
  readonly url: string
  /** `relative`: the document's own address is no URL (a ConfigMap, a file), so host and scheme are unknown. */
  readonly form: 'absolute' | 'relative'
  /** As written, with `{variables}`. */
  readonly template: string
  readonly variables: readonly ServerVariable[]
  readonly description?: string
  readonly place: DocumentPlace
}

export interface ServerVariable {
  readonly name: string
  readonly default?: string
  readonly enum: readonly string[]
  readonly description?: string
}

export interface SecurityRequirements {
  /** Who says it. `undeclared`: neither operation nor document does, which is not the same as "none needed". */
  readonly origin: 'operation' | 'document' | 'definition' | 'undeclared'
  /** One of them is enough. Empty: none is needed, or nothing is declared. */
  readonly alternatives: readonly SecurityAlternative[]
}

export interface SecurityAlternative {
  /** All of them are needed. Empty: anonymous is allowed. */
  readonly schemes: readonly SecurityUse[]
}

export interface SecurityUse {
  readonly name: string
  readonly scopes: readonly string[]
  /** Absent when the document names a scheme that it does not define; a finding says so. */
  readonly scheme?: SecurityScheme
}

interface SchemeCommon {
  readonly name: string
  readonly description?: string
  readonly extensions: JsonObject
  readonly place: DocumentPlace
}
export type SecurityScheme = SchemeCommon & (
  /** `scheme` in lower case: `basic`, `bearer`, `digest`, anything else. */
  | { readonly type: 'http'; readonly scheme: string; readonly bearerFormat?: string }
  | { readonly type: 'apiKey'; readonly in: 'query' | 'header' | 'cookie'; readonly parameter: string }
  | { readonly type: 'oauth2'; readonly flows: OAuthFlows }
  | { readonly type: 'openIdConnect'; readonly url: string }
  | { readonly type: 'mutualTLS' }
  /** Named, but of a type that OpenAPI does not know, or without what its type needs. */
  | { readonly type: 'unusable'; readonly declared: string }
)

export type OAuthFlowName = 'authorizationCode' | 'clientCredentials' | 'implicit' | 'password'
export type OAuthFlows = Readonly<Partial<Record<OAuthFlowName, OAuthFlow>>>
export interface OAuthFlow {
  readonly authorizationUrl?: string
  readonly tokenUrl?: string
  readonly refreshUrl?: string
  /** Name to description. */
  readonly scopes: ReadonlyMap<string, string>
}

export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array'

/**
 * A schema as a node of a graph: a `$ref` is followed, and two routes to one place give the same object, so a cycle is a cycle.
 * Children are made when they are read.
 */
export interface Schema {
  /**
   * `schema`: described by keywords. `true`/`false`: a boolean schema. `unresolved`: a broken place; `findings` says what is wrong,
   * and everything else is as in an empty schema.
   */
  readonly kind: 'schema' | 'true' | 'false' | 'unresolved'
  readonly uri: string
  readonly pointer: string
  readonly place: DocumentPlace
  /** Name of the component (3.x `components/schemas`, 2.0 `definitions`) that this is. */
  readonly refName?: string
  /** `null` is never in it, see `nullable`. Several only where the document lists several. Empty: any, or null alone. */
  readonly types: readonly SchemaType[]
  /** `inferred`: the document gives no type, but its keywords leave one. */
  readonly typeOrigin: 'declared' | 'inferred' | 'absent'
  readonly nullable: boolean
  /** The union of which a member was read as null although it says `{type: object, nullable: true}`. */
  readonly nullBranch?: 'oneOf' | 'anyOf'
  readonly title?: string
  readonly description?: string
  readonly properties: ReadonlyMap<string, Schema>
  readonly required: readonly string[]
  /** `{}` counts as `true`. */
  readonly additionalProperties: boolean | Schema | undefined
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: Schema
  readonly prefixItems: readonly Schema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems: boolean
  /** Members that allow nothing but null are taken out of `oneOf` and `anyOf` and make the schema nullable. */
  readonly allOf: readonly Schema[]
  readonly oneOf: readonly Schema[]
  readonly anyOf: readonly Schema[]
  readonly not?: Schema
  /** Without null, see `nullable`; a `const` is an enum of one. */
  readonly enum?: readonly JsonValue[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: Bound
  readonly maximum?: Bound
  readonly multipleOf?: JsonNumber
  readonly default?: JsonValue
  readonly example?: JsonValue
  readonly readOnly: boolean
  readonly writeOnly: boolean
  readonly deprecated: boolean
  readonly discriminator?: Discriminator
  readonly extensions: JsonObject
  /** Keywords that this form does not carry, for the report of what got lost. */
  readonly unsupported: readonly UnsupportedKeyword[]
  /** What is wrong with this node itself; that of its children is at the children. */
  readonly findings: readonly Finding[]
  /** Where a keyword of it stands; the node's own place when it has none. */
  placeOf(keyword: string): DocumentPlace
}

export interface Bound {
  readonly value: JsonNumber
  readonly exclusive: boolean
}

export interface Discriminator {
  readonly propertyName: string
  /** Value of the property to schema, where the document lists them. */
  readonly mapping: ReadonlyMap<string, Schema>
}

export interface UnsupportedKeyword {
  readonly keyword: string
  readonly pointer: string
}
