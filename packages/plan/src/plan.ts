import type { JsonValue } from '@oasgen/json'
import type { Action, AuthRequirement, HttpMethod } from '@oasgen/wire'

/**
 * The compiled form of a RestDefinition: plain JSON, all that a controller needs and nothing else.
 * Every path is text in the language of `fieldpath`; every program is text that compiled when the Plan was made.
 * Optional members are absent, never null or empty, so that the canonical form is small and stable.
 */
export interface Plan {
  readonly format: 1
  /** A controller refuses the Plan only for a feature that it does not know. Sorted. */
  readonly requires: readonly Feature[]
  readonly definition: { readonly namespace: string; readonly name: string }
  readonly resource: ResourcePlan
  readonly configuration?: ConfigurationPlan
  readonly servers: readonly ServerPlan[]
  readonly auth: Readonly<Record<string, SchemePlan>>
  readonly identity: IdentityPlan
  readonly actions: Readonly<Partial<Record<Action, ActionPlan>>>
  readonly status: readonly StatusFieldPlan[]
  readonly compare: ComparePlan
  readonly references?: readonly ReferencePlan[]
  readonly secrets?: readonly SecretFieldPlan[]
  readonly exports?: readonly ExportPlan[]
  readonly conditions?: ConditionPlan
  readonly policy: PolicyPlan
}

/** What a Plan may ask of a controller beyond plain get/findby/create/update/delete with JSON bodies. */
export const FEATURES = [
  'absenceProof', 'async', 'bodyModes', 'cel', 'exports', 'fieldRules', 'forms', 'idempotencyKey', 'jq', 'multipart', 'ociSignature',
  'ownershipMark', 'pagination', 'references', 'replace', 'secretFields', 'signatureV4', 'steps', 'valueMapping',
] as const
export type Feature = (typeof FEATURES)[number]

export interface ResourcePlan {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
}

export interface ConfigurationPlan {
  readonly kind: string
  readonly plural: string
  /** The CRD demands `spec.configurationRef`, unless the namespace has a default Configuration. */
  readonly required: boolean
}

/** `https://{region}.example.com/v1` with the variables' values; a Configuration's `baseURL` or variables win. */
export interface ServerPlan {
  readonly url: string
  readonly variables?: Readonly<Record<string, { readonly default: string; readonly enum?: readonly string[] }>>
}

/** How a security scheme of the document is satisfied; where the credentials stand in the Configuration is fixed by `block`. */
export type SchemePlan =
  /** `block`: the member of `spec.authentication` in the Configuration. */
  | { readonly type: 'basic'; readonly block: string }
  | { readonly type: 'bearer'; readonly block: string }
  | { readonly type: 'digest'; readonly block: string }
  | { readonly type: 'http'; readonly block: string; readonly scheme: string }
  | { readonly type: 'apiKey'; readonly block: string; readonly in: 'header' | 'query' | 'cookie'; readonly name: string }
  | { readonly type: 'oauth2'; readonly block: string; readonly flow: 'clientCredentials' | 'password'; readonly tokenUrl: string; readonly scopes: readonly string[] }
  | { readonly type: 'openIdConnect'; readonly block: string; readonly url: string }
  | { readonly type: 'mutualTLS'; readonly block: string }
  | { readonly type: 'awsV4'; readonly block: string; readonly service?: string; readonly region?: string }
  | { readonly type: 'ociSignature'; readonly block: string }

/** How the external object is known: what fills path parameters of get, update and delete. */
export interface IdentityPlan {
  /** In the order of the path. Empty for singletons. */
  readonly parts: readonly IdentityPart[]
}
export interface IdentityPart {
  /** Where the part lives in the resource: `status.id`, `spec.name`. */
  readonly path: string
  /** `server`: assigned by the API and kept in the external-name annotation and status; `spec`: the user chose it. */
  readonly assigned: 'server' | 'spec'
  /** Where answers carry it, tried in order. */
  readonly from: readonly IdentitySource[]
  readonly type: 'string' | 'integer' | 'number' | 'boolean'
}
export type IdentitySource =
  /** In the object (after itemPath and mappings). */
  | { readonly in: 'body'; readonly path: string }
  | { readonly in: 'header'; readonly name: string }
  /** Segment of the `Location` header that stands where this parameter stands in the template. */
  | { readonly in: 'location'; readonly template: readonly PathPiece[]; readonly parameter: string }

export interface ActionPlan {
  /** Absent where the verb consists of steps alone. */
  readonly call?: CallPlan
  readonly steps?: readonly StepPlan[]
  readonly match?: MatchPlan
  readonly pagination?: PaginationPlan
  readonly async?: AsyncPlan
  /** On get: a 404 is believed only if this answers 2xx. */
  readonly absenceProof?: CallPlan
  /** On create: header that carries the hash of uid and attempt. */
  readonly idempotencyKey?: { readonly header: string }
}

/** One HTTP call as a template. */
export interface CallPlan {
  readonly method: HttpMethod
  /** Index into `servers`. */
  readonly server: number
  readonly path: readonly PathPiece[]
  readonly parameters: readonly ParameterPlan[]
  /** Static headers and queries of the definition; they win over parameters of the same name. */
  readonly headers?: readonly ConstantPlan[]
  readonly queries?: readonly ConstantPlan[]
  readonly accept?: string
  readonly body?: BodyPlan
  readonly auth?: AuthRequirement
  readonly response: ResponsePlan
}
/** Literal text of the path template, already percent-encoded, or the name of a path parameter. */
export type PathPiece = string | { readonly parameter: string }

export interface ConstantPlan {
  readonly name: string
  readonly value: string
}

export interface ParameterPlan {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: true
  readonly style: 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject'
  readonly explode: boolean
  readonly allowReserved?: true
  /** The value is serialised as this media type (OpenAPI `content`). */
  readonly content?: string
  /** The first source that gives a value wins. */
  readonly sources: readonly ValueSource[]
  /** The field may drift, so it must not narrow a list (it would hide the object). */
  readonly drifting?: true
}

/** Where a value comes from, in the reference's precedence: mapping, configuration, spec, status. */
export type ValueSource =
  | { readonly from: 'resource'; readonly path: string; readonly alias?: readonly AliasPair[] }
  /** Path below the Configuration's `spec.configuration`: `query.get.apiVersion`. */
  | { readonly from: 'configuration'; readonly path: string }
  | { readonly from: 'constant'; readonly value: JsonValue }
  | { readonly from: 'cel'; readonly program: string }
  /** 0.21 `resolver: secretRef`: the names stand in the resource; the Secret is in its namespace. */
  | { readonly from: 'secretRef'; readonly name: string; readonly key: string }
  /** A field with `secret: true`: `<name>SecretRef {name, key}` at this path of the resource. */
  | { readonly from: 'secretField'; readonly path: string; readonly form: 'text' | 'json' }
  /** A part of the identity, last known (external-name annotation, then status). */
  | { readonly from: 'identity'; readonly path: string }
  /** A reference resolved to another resource's external id (`references[]` by this path). */
  | { readonly from: 'reference'; readonly path: string }
  /** The mark by which an unknown create is found again. */
  | { readonly from: 'mark'; readonly form: 'uuid' | 'text' }

export interface AliasPair {
  readonly customResourceValue: JsonValue
  readonly apiValue: JsonValue
}

export interface BodyPlan {
  readonly contentType: string
  readonly encoding: 'json' | 'form' | 'multipart' | 'text' | 'bytes'
  readonly required?: true
  /** `full`: every field; `changed`: fields that differ from the observed; `merged`: observed, spec on top; `mergePatch`: RFC 7386 difference. */
  readonly mode: 'full' | 'changed' | 'merged' | 'mergePatch'
  readonly whenEmpty: 'omit' | 'object'
  /** Where the object sits in the request (`rrsets[0]`). */
  readonly path?: string
  /** This value alone is the body (`spec.items` for a list body). */
  readonly value?: readonly ValueSource[]
  readonly fields: readonly BodyFieldPlan[]
  /** How single properties of a form or multipart body are written, where that is not the usual way. */
  readonly properties?: Readonly<Record<string, PropertyPlan>>
  /** jq over the whole assembled body. */
  readonly transform?: string
}
export interface PropertyPlan {
  /** Media type of the part, or of the text in a form. */
  readonly contentType?: string
  /** The value is base64 text, and its bytes are a file. */
  readonly file?: true
  readonly style?: 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject'
  readonly explode?: boolean
}
export interface BodyFieldPlan {
  /** Path in the body; nested where a mapping says so. Deeper ones are written after shallower ones and keep their siblings. */
  readonly path: string
  readonly sources: readonly ValueSource[]
  readonly required?: true
  readonly writeOnly?: true
  /** Which nested properties this body declares, where the spec field has more (other verbs' fields are cut). */
  readonly shape?: ShapePlan
}
/** `true`: anything below; else the declared properties (of list items too). */
export type ShapePlan = true | { readonly [property: string]: ShapePlan }

export interface ResponsePlan {
  /** As the document and the definition declare them: `200`, `2XX`, `default`. */
  readonly successCodes: readonly string[]
  /** Success with an empty body. */
  readonly tolerateCodes?: readonly number[]
  /** Absent. 404 and 410 always are, unless tolerated. */
  readonly notFoundCodes?: readonly number[]
  /** jq over the raw body, before everything else. */
  readonly transform?: string
  /** Where the object is; `$` = the answer itself, even when it has one array. Absent = seen by the reference's rules. */
  readonly itemPath?: string
  /** Where the list is. */
  readonly itemsPath?: string
  readonly mappings?: readonly ResponseMappingPlan[]
  /** jq predicate over the body (findby: the item): true = absent, unless Pending. */
  readonly notFoundBody?: string
  /** CEL over `response`, after codes and predicates. */
  readonly absentWhen?: string
  readonly errorWhen?: string
  /** The answer of this call carries the whole object, so that it can be compared. */
  readonly complete?: true
}
export interface ResponseMappingPlan {
  readonly from: { readonly in: 'body' | 'header'; readonly path: string }
  /** In the resource's shape: `spec.x` or `status.y`. */
  readonly to: string
  readonly alias?: readonly AliasPair[]
  readonly jq?: string
  readonly defaultIfAbsent?: JsonValue
}

export interface MatchPlan {
  readonly policy: 'OR' | 'AND'
  readonly identifiers: readonly IdentifierPlan[]
  /** The list item has every field of the object, so that no get is needed before comparing. */
  readonly itemsComplete?: true
  /** Field of the item that carries our mark. */
  readonly mark?: { readonly path: string; readonly form: 'uuid' | 'text' }
}
export interface IdentifierPlan {
  /** Path in the item. */
  readonly path: string
  /** Where the resource says it, tried in order: `spec.name`, `status.id`. */
  readonly resource: readonly string[]
}

export type PaginationPlan = PaginationKind & {
  /** After so many pages the answer is unknown, never absent. */
  readonly maxPages: number
  readonly pageSize?: { readonly in: 'query' | 'body'; readonly name: string; readonly value: number }
}
export type PaginationKind =
  | { readonly type: 'continuationToken'; readonly request: PagePlace; readonly response: PagePlace }
  | { readonly type: 'pageNumber'; readonly request: PagePlace; readonly first: number; readonly end?: LastPagePlan }
  | { readonly type: 'offset'; readonly request: PagePlace; readonly step: 'items' | number; readonly end?: LastPagePlan }
  | { readonly type: 'linkHeader' }
  | { readonly type: 'nextUrl'; readonly response: PagePlace }
/** How the last page is recognised; without one it is the first page that brings no item. */
export type LastPagePlan =
  | { readonly type: 'totalPages' | 'totalItems'; readonly path: string }
  /** The header holds this text. */
  | { readonly type: 'header'; readonly name: string; readonly matches: string }
export interface PagePlace {
  readonly in: 'query' | 'header' | 'body'
  readonly path: string
}

export interface AsyncPlan {
  /** Where the handle is; async starts only when it is there (or `codes` match without a handle: status polling by get). */
  readonly handle?: { readonly in: 'body' | 'header'; readonly path: string; readonly jq?: string }
  readonly poll?: {
    readonly call: CallPlan
    /** Name of the path parameter that takes the handle; a handle that is a URL is followed as it is (same origin). */
    readonly handleParameter: string
    readonly statusPath: string
    readonly successValues: readonly JsonValue[]
    readonly failureValues: readonly JsonValue[]
    readonly pendingValues?: readonly JsonValue[]
    readonly intervalSeconds: number
  }
  readonly deadlineSeconds: number
}

export interface StepPlan {
  readonly name: string
  readonly call: CallPlan
  /** CEL; false = skipped. */
  readonly when?: string
  /** CEL that gives a list; the call is made once per `item`. */
  readonly forEach?: string
  readonly pagination?: PaginationPlan
  readonly async?: AsyncPlan
}

export interface StatusFieldPlan {
  /** Below `status`. */
  readonly path: string
  /** In the observed object, in the resource's shape. */
  readonly from: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'any'
}

export interface ComparePlan {
  readonly scope: 'fullSpec' | 'identifiersAndStatus' | 'updatable'
  /** Below `spec`: fields that are never looked at (parameters, references, configurationRef). */
  readonly ignored: readonly string[]
  /** Below `spec`: what update can express, where scope is `updatable`. */
  readonly updatable?: readonly string[]
  readonly rules: readonly FieldRule[]
}
/** All that is known about one field beyond its place. Path below `spec`; `[]` = every element: `credentials[].value`. */
export interface FieldRule {
  readonly path: string
  readonly compare?: 'exact' | 'set' | 'keyed' | 'contains' | 'ignore'
  readonly keys?: readonly string[]
  readonly normalize?: readonly Normalizer[]
  readonly writeOnly?: true
  /** Status path: a change of it means that somebody else wrote the write-only value. */
  readonly witness?: string
  readonly secret?: true
  readonly immutable?: 'deny' | 'replace' | 'never'
  readonly whenRemoved?: 'null' | 'empty' | 'omit'
  /** The document's default: an observed value equal to it is no drift when the user said nothing. */
  readonly default?: JsonValue
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array'
  readonly format?: 'date-time' | 'date' | 'float'
}
export type Normalizer = 'lowerCase' | 'trim' | 'dateTime' | 'float32' | { readonly cel: string }

export interface ReferencePlan {
  /** `spec.zoneRef`; `spec.rules[].zoneRef`: one per element. */
  readonly path: string
  /** The field that it fills: `spec.zoneId`, `spec.rules[].zoneId`. */
  readonly field: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  /** `externalName` or a status path of the other resource. */
  readonly resolves: string
  /** The parent proven absent means the child absent. */
  readonly parent?: true
}

export interface SecretFieldPlan {
  /** `spec.password`: the value's place; the reference stands at `spec.passwordSecretRef`. */
  readonly field: string
  readonly path: string
  readonly form: 'text' | 'json'
}

export interface ExportPlan {
  readonly to: 'Secret' | 'ConfigMap'
  /** CEL or text with the resource's name as default. */
  readonly name: string
  readonly key: string
  readonly value: string
  readonly from: 'observe' | 'create'
}

export interface ConditionPlan {
  readonly readyWhen?: string
  readonly failedWhen?: string
  readonly completedWhen?: string
  readonly deletedWhen?: string
}

export interface PolicyPlan {
  readonly management?: string
  readonly deletion?: string
  readonly drift?: string
  readonly adoption?: string
  readonly intervalSeconds?: number
}
