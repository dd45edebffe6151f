import type { Position } from '@oasgen/diagnostics'
import type { JsonObject, JsonValue } from '@oasgen/json'
import type { FieldSettings } from './field.js'
import type { VerbDescription } from './verb.js'

/**
 * A RestDefinition as everybody inside sees it: read, checked, every default resolved.
 * It keeps the reference's vocabulary; only spelling variants (`requestFieldMapping`, the one-of members of a mapping) are folded.
 */
export interface RestDefinition {
  readonly metadata: DefinitionMetadata
  readonly oasPath: string
  readonly document: DocumentSettings
  readonly resourceGroup: string
  readonly resource: ResourceDescription
  readonly policy: PolicySettings
  readonly controller: ControllerSettings
  /** How findings cite this definition. */
  readonly source: DefinitionSource
}

export interface DefinitionMetadata {
  readonly name: string
  readonly namespace: string
}

export interface DefinitionSource {
  /** The file it was read from; absent for an object of the cluster, which is cited by name and field. */
  readonly uri?: string
  readonly positionOf?: (pointer: string) => Position | undefined
}

export interface DocumentSettings {
  readonly credentialsRef?: DocumentCredentials
  /** `sha256:<hex>`: other content is refused. */
  readonly digest?: string
  readonly refreshIntervalSeconds: number
  /** OpenAPI Server Objects, Security Scheme Objects and Security Requirement Objects, replacing the document's. */
  readonly servers?: readonly JsonObject[]
  readonly securitySchemes?: Readonly<Record<string, JsonObject>>
  readonly security?: readonly JsonObject[]
  readonly overlays: readonly OverlaySource[]
}

/** Where the credentials for downloading the document are: a token, or user and password of one Secret. */
export interface DocumentCredentials {
  readonly name: string
  readonly namespace?: string
  readonly key: string
  readonly usernameKey?: string
  readonly passwordKey?: string
  /** Header that takes the token as it is; without it the token goes into `Authorization: Bearer`. */
  readonly header?: string
}

export type OverlaySource =
  | { readonly type: 'inline'; readonly overlay: JsonObject; readonly at: string }
  | { readonly type: 'path'; readonly path: string; readonly at: string }

export interface ResourceDescription {
  readonly kind: string
  readonly verbsDescription: readonly VerbDescription[]
  readonly identifiers: readonly string[]
  readonly additionalStatusFields: readonly string[]
  readonly configurationFields: readonly ConfigurationField[]
  readonly excludedSpecFields: readonly string[]
  readonly compareScope: 'fullSpec' | 'identifiersAndStatus' | 'updatable'
  readonly names: ResourceNames
  readonly schema: 'compatible' | 'strict'
  readonly fields: readonly FieldSettings[]
  readonly exports: readonly ExportSettings[]
  readonly readyWhen?: string
  readonly failedWhen?: string
  readonly completedWhen?: string
  readonly deletedWhen?: string
}

export interface ConfigurationField {
  readonly name: string
  /** As it is written: the reference does not restrict it; only path, query, header and cookie mean something. */
  readonly in: string
  /** As written; `['*']` stands for every declared verb. */
  readonly actions: readonly string[]
  readonly at: string
}

export interface ResourceNames {
  readonly plural?: string
  readonly singular?: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
}

export interface ExportSettings {
  readonly to: 'Secret' | 'ConfigMap'
  /** Absent: the name of the resource. */
  readonly name?: string
  readonly key: string
  readonly value: string
  readonly from: 'observe' | 'create'
  readonly at: string
}

/** Absent = what the annotation or the flag of the controller says. Unknown words never get here. */
export interface PolicySettings {
  readonly management?: string
  readonly deletion?: 'delete' | 'orphan'
  readonly drift?: 'correct' | 'report' | 'ignore'
  readonly adoption?: 'adopt' | 'match' | 'refuse' | 'only-existing'
  readonly intervalSeconds?: number
  readonly onDefinitionDelete: 'cascade' | 'orphan' | 'block'
}

export interface ControllerSettings {
  readonly mode: 'dedicated' | 'shared'
  readonly activation: 'always' | 'whenNamed'
  readonly replicas?: number
  readonly workers?: number
  readonly resources?: JsonObject
  readonly nodeSelector?: JsonObject
  readonly tolerations?: readonly JsonValue[]
  readonly serviceAccountAnnotations?: JsonObject
}
