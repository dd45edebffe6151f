import { type JsonObject, type JsonValue } from '@oasgen/json'
import { apiVersionOf, metadataOf, typed, uidOf } from '../object.js'
import type { ObjectReply, ResourceTarget } from '../request.js'
import type { Column, ResourceVersion, ResourceType } from '../registry/types.js'
import type { Stored } from '../store/types.js'
import type { Form } from './negotiate.js'

/** A stored object as one version of its kind shows it. */
export function present(type: ResourceType, version: ResourceVersion, object: JsonObject): JsonObject {
  const apiVersion = apiVersionOf(type.group, version.name)
  const stored = type.storedSchema && version.name !== type.storage ? type.storedSchema.present(object) : object
  const converted = version.fromStorage ? version.fromStorage(stored) : stored
  return version.schema.present(typed(converted, apiVersion, type.kind))
}

export const presentStored = (target: ResourceTarget, stored: Stored): JsonObject => present(target.type, target.version, stored.object)

/** The answer with one object, in the form that was negotiated. */
export function objectReply(target: ResourceTarget, object: JsonObject, form: Form, rest: { readonly status?: number; readonly warnings?: readonly string[]; readonly now: number; readonly includeObject?: string }): ObjectReply {
  return {
    type: 'object', status: rest.status ?? 200, body: shape(target, object, form, rest.now, rest.includeObject),
    contentType: form.contentType, ...(rest.warnings?.length && { warnings: rest.warnings }),
  }
}

export function shape(target: ResourceTarget, object: JsonObject, form: Form, now: number, includeObject = 'Metadata'): JsonValue {
  if (form.as === 'Table') {
    const { resourceVersion } = metadataOf(object)
    return table(target, [object], { form, now, includeObject, header: true, metadata: resourceVersion === undefined ? {} : { resourceVersion } })
  }
  return form.as === 'PartialObjectMetadata' ? partial(object, form.metaVersion) : object
}

export function partial(object: JsonObject, metaVersion: string): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata: metadataOf(object) }
}

export interface TableOptions {
  readonly form: Form
  readonly now: number
  readonly includeObject: string
  /** Watches name the columns only once. */
  readonly header: boolean
  readonly metadata: JsonObject
}

export function table(target: ResourceTarget, objects: readonly JsonObject[], options: TableOptions): JsonObject {
  const columns = target.version.columns
  return {
    kind: 'Table', apiVersion: `meta.k8s.io/${options.form.metaVersion}`, metadata: options.metadata,
    columnDefinitions: options.header ? columns.map(definition) : null,
    // Kinds without columns of their own have no rows instead of an empty list of them.
    rows: objects.length === 0 && columns.some((column) => column.name === 'Created At') ? null : objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      object: options.includeObject === 'None' ? null : options.includeObject === 'Object' ? object : partial(object, options.form.metaVersion),
    })),
  }
}

function definition(column: Column): JsonObject {
  return { name: column.name, type: column.type, format: column.format, description: column.description, priority: column.priority }
}

/** `{kind: Status, status: Success}` after a deletion. */
export function deletedStatus(type: ResourceType, object: JsonObject, name: string): JsonObject {
  return {
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success',
    details: { name, ...(type.group !== '' && { group: type.group }), kind: type.resource, uid: uidOf(object) },
  }
}

