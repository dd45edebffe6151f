import { canonicalJson, isArray, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { decodeSchema, jsonKind, type Misfit } from './read-schema.js'
import type { StructuralSchema } from './schema.js'

/** A version of a CRD as the judge sees it, decoded. */
export interface CrdVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated: boolean
  readonly deprecationWarning: string | undefined
  readonly schema: StructuralSchema | undefined
  readonly subresources: JsonObject | undefined
  readonly columns: readonly JsonObject[]
  readonly selectableFields: readonly JsonObject[]
}

/** What is the same in every version stands, for the server and so in its paths, at the top of the spec. */
export interface CrdView {
  readonly metadata: JsonObject
  readonly group: string
  readonly scope: string
  readonly names: JsonObject
  readonly conversion: JsonObject | undefined
  readonly preserveUnknownFields: boolean
  readonly versions: readonly CrdVersion[]
  readonly common: {
    readonly schema: boolean
    readonly subresources: boolean
    readonly columns: boolean
    readonly selectableFields: boolean
  }
  readonly storedVersions: readonly string[]
  readonly annotations: JsonObject
  readonly misfits: readonly Misfit[]
}

/** Decodes a CRD and sets the server's defaults: singular, listKind, conversion, stored versions. */
export function viewCrd(crd: JsonObject): CrdView {
  const misfits: Misfit[] = []
  const spec = objectAt(crd, 'spec', '', misfits)
  const metadata = objectAt(crd, 'metadata', '', misfits)
  const raw = listAt(spec, 'versions', 'spec', misfits)
  const versions = raw.map((version, index) => viewVersion(isObject(version) ? version : {}, `spec.versions[${index}]`, misfits))
  return {
    metadata,
    group: textAt(spec, 'group', 'spec', misfits),
    scope: textAt(spec, 'scope', 'spec', misfits),
    names: defaultNames(objectAt(spec, 'names', 'spec', misfits), misfits),
    conversion: member(spec, 'conversion') === undefined ? undefined : objectAt(spec, 'conversion', 'spec', misfits),
    preserveUnknownFields: member(spec, 'preserveUnknownFields') === true,
    versions,
    common: commonParts(raw),
    storedVersions: storedVersions(crd, versions),
    annotations: objectAt(metadata, 'annotations', 'metadata', misfits),
    misfits,
  }
}

function viewVersion(version: JsonObject, path: string, misfits: Misfit[]): CrdVersion {
  const schema = objectAt(version, 'schema', path, misfits)
  const openApi = member(schema, 'openAPIV3Schema')
  const decoded = openApi === undefined || openApi === null ? undefined : decodeSchema(openApi, `${path}.schema.openAPIV3Schema`)
  if (decoded) misfits.push(...decoded.misfits)
  const warning = member(version, 'deprecationWarning')
  return {
    name: textAt(version, 'name', path, misfits),
    served: member(version, 'served') === true,
    storage: member(version, 'storage') === true,
    deprecated: member(version, 'deprecated') === true,
    deprecationWarning: typeof warning === 'string' ? warning : undefined,
    schema: decoded?.schema,
    subresources: isObject(member(version, 'subresources')) ? objectAt(version, 'subresources', path, misfits) : undefined,
    columns: listAt(version, 'additionalPrinterColumns', path, misfits).filter(isObject),
    selectableFields: listAt(version, 'selectableFields', path, misfits).filter(isObject),
  }
}

function commonParts(versions: readonly JsonValue[]): CrdView['common'] {
  const isCommon = (name: string): boolean => {
    const texts = versions.map((version) => (isObject(version) ? canonicalJson(member(version, name) ?? null) : ''))
    return texts.length > 0 && texts.every((text) => text === texts[0])
  }
  return {
    schema: isCommon('schema'),
    subresources: isCommon('subresources'),
    columns: isCommon('additionalPrinterColumns'),
    selectableFields: isCommon('selectableFields'),
  }
}

function defaultNames(names: JsonObject, misfits: Misfit[]): JsonObject {
  const kind = textAt(names, 'kind', 'spec.names', misfits)
  const [singular, listKind] = [textAt(names, 'singular', 'spec.names', misfits), textAt(names, 'listKind', 'spec.names', misfits)]
  return {
    ...names,
    plural: textAt(names, 'plural', 'spec.names', misfits),
    kind,
    singular: singular === '' ? kind.toLowerCase() : singular,
    listKind: listKind === '' && kind !== '' ? `${kind}List` : listKind,
  }
}

function storedVersions(crd: JsonObject, versions: readonly CrdVersion[]): readonly string[] {
  const status = member(crd, 'status')
  const stored = isObject(status) ? member(status, 'storedVersions') : undefined
  const names = isArray(stored) ? stored.filter((name) => typeof name === 'string') : []
  const storage = versions.find((version) => version.storage)
  return storage && !names.includes(storage.name) ? [...names, storage.name] : names
}

function objectAt(parent: JsonObject, name: string, path: string, misfits: Misfit[]): JsonObject {
  const value = member(parent, name)
  if (value === undefined || value === null || isObject(value)) return isObject(value) ? value : {}
  misfits.push({ path: joined(path, name), expected: 'object', actual: jsonKind(value), value })
  return {}
}

function listAt(parent: JsonObject, name: string, path: string, misfits: Misfit[]): readonly JsonValue[] {
  const value = member(parent, name)
  if (value === undefined || value === null || isArray(value)) return isArray(value) ? value : []
  misfits.push({ path: joined(path, name), expected: 'array', actual: jsonKind(value), value })
  return []
}

function textAt(parent: JsonObject, name: string, path: string, misfits: Misfit[]): string {
  const value = member(parent, name)
  if (value === undefined || value === null || typeof value === 'string') return value ?? ''
  misfits.push({ path: joined(path, name), expected: 'string', actual: jsonKind(value), value })
  return ''
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
