import { type Checked, finding, type Finding, type Position } from '@oasgen/diagnostics'
import { fromPlain, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { GROUP, KIND, VERSION } from './crd.js'
import type { DefinitionMetadata, DefinitionSource, RestDefinition } from './definition.js'
import { checkNode, type Complaint } from './read/check.js'
import { readMetadata, readSpec } from './read/definition.js'
import { definitionPlace, fieldText } from './read/place.js'
import { definitionComplaints, normalizerComplaints } from './read/rules.js'
import { SPEC } from './table/definition.js'

export interface ReadDefinitionOptions {
  /** The file, for findings. Absent: an object of the cluster. */
  readonly uri?: string
  readonly positionOf?: (pointer: string) => Position | undefined
}

/** Decodes a RestDefinition that somebody else wrote. A value beside errors has what could be understood. */
export function readRestDefinition(json: unknown, options: ReadDefinitionOptions = {}): Checked<RestDefinition> {
  const source: DefinitionSource = {
    ...(options.uri !== undefined && { uri: options.uri }),
    ...(options.positionOf && { positionOf: options.positionOf }),
  }
  const value = fromPlain(json)
  if (!isObject(value) || value['kind'] !== KIND || value['apiVersion'] !== `${GROUP}/${VERSION}`) return notOne(value, source)
  const metadata = readMetadata(value)
  const complaints: Complaint[] = []
  const spec = checkNode(SPEC, value['spec'] ?? {}, '/spec', complaints)
  const definition = isObject(spec) ? readSpec({ value: spec, at: '/spec' }, { metadata: withName(metadata, spec), source }) : undefined
  const all = [...complaints, ...refusals(value), ...normalizers(spec), ...(definition ? definitionComplaints(definition) : [])]
  return { value: definition, findings: placed(all, { metadata, source }) }
}

function named(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'none'
}

function notOne(value: JsonValue | undefined, source: DefinitionSource): Checked<RestDefinition> {
  const found = isObject(value) ? `kind ${named(value['kind'])}, apiVersion ${named(value['apiVersion'])}` : 'no object'
  return {
    value: undefined,
    findings: placed([{ pointer: '', finding: finding('RDF0001', { found }) }], { metadata: { name: '', namespace: '' }, source }),
  }
}

/** A manifest on a disk may leave its name to `generateName`; what we derive from it needs one. */
function withName(metadata: DefinitionMetadata, spec: JsonObject): DefinitionMetadata {
  const resource = spec['resource']
  const kind = isObject(resource) ? resource['kind'] : undefined
  return metadata.name !== '' || typeof kind !== 'string' ? metadata : { ...metadata, name: kind.toLowerCase() }
}

const DELEGATIONS = { createApiRef: 'create', observeApiRef: 'get or findby', updateApiRef: 'update', deleteApiRef: 'delete' } as const

function refusals(value: JsonObject): readonly Complaint[] {
  const spec = value['spec']
  const resource = isObject(spec) ? spec['resource'] : undefined
  if (!isObject(resource)) return []
  return Object.entries(DELEGATIONS).flatMap(([name, action]) => {
    const pointer = `/spec/resource/${name}`
    return resource[name] === undefined ? [] : [{ pointer, finding: finding('RDF0018', { field: fieldText(pointer), action }) }]
  })
}

function normalizers(spec: JsonValue | undefined): readonly Complaint[] {
  const resource = isObject(spec) ? spec['resource'] : undefined
  const fields = isObject(resource) ? resource['fields'] : undefined
  if (!Array.isArray(fields)) return []
  return normalizerComplaints(
    fields.flatMap((field: JsonValue, index) => {
      const normalize = isObject(field) ? field['normalize'] : undefined
      return Array.isArray(normalize) ? [{ at: `/spec/resource/fields/${index}`, normalize: normalize as readonly unknown[] }] : []
    }),
  )
}

function placed(
  complaints: readonly Complaint[],
  cited: { readonly metadata: DefinitionMetadata; readonly source: DefinitionSource },
): readonly Finding[] {
  return complaints.map(({ pointer, finding: what }) => ({ ...what, where: definitionPlace(cited, pointer) }))
}
