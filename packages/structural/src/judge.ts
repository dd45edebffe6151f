import { parseRequestUri } from '@oasgen/expressions'
import { equalJson, isArray, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { viewCrd, type CrdVersion, type CrdView } from './crd-view.js'
import { goQuote } from './go-text.js'
import { printVersions } from './go-structs.js'
import { judgeColumn, judgeSelectableFields, judgeSubresources, textOf } from './judge-columns.js'
import { judgeConversion } from './judge-conversion.js'
import { judgeSchema, type SchemaJudgeOptions } from './judge-schema.js'
import { structuralProblem } from './judge-rule-texts.js'
import { checkLabel1035, checkSubdomain } from '@oasgen/expressions'
import { validateObjectMeta } from './object-meta.js'
import type { StructuralSchema } from './schema.js'
import { childPath, indexPath, invalid, keyPath, notSupported, required, typeInvalid, type Violation } from './violation.js'

export interface JudgeOptions {
  /** The CRD before an update: what it already had is not refused for its cost, and its identity may not change. */
  readonly old?: JsonObject
}

/**
 * The verdict of kube-apiserver on a CustomResourceDefinition, empty when it would be accepted. Keywords that the server's
 * types cannot hold come alone, as its decoder would end the request there.
 */
export function judgeCrd(crd: JsonObject, options: JudgeOptions = {}): readonly Violation[] {
  const view = viewCrd(crd)
  if (view.misfits.length > 0) return view.misfits.map(misfitViolation)
  const old = options.old && viewCrd(options.old)
  return [
    ...judgeMetadata(view),
    ...judgeSpec(view, old),
    ...(old ? judgeChanges(view, old, options.old ?? {}) : []),
    ...judgeStoredVersions(view),
    ...judgeApproval(view, old),
    ...(view.preserveUnknownFields ? [preserveUnknownRefused()] : []),
  ]
}

function misfitViolation(misfit: CrdView['misfits'][number]): Violation {
  return typeInvalid(misfit.path, misfit.value, `cannot unmarshal ${misfit.actual} into Go value of type ${misfit.expected}`)
}

function preserveUnknownRefused(): Violation {
  const sentence = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return invalid('spec.preserveUnknownFields', true, sentence)
}

function judgeMetadata(view: CrdView): readonly Violation[] {
  const expected = `${textOf(view.names, 'plural')}.${view.group}`
  const checkName = (name: string): readonly string[] =>
    name === expected ? checkSubdomain(name) : [...checkSubdomain(name), 'must be spec.names.plural+"."+spec.group']
  return validateObjectMeta(view.metadata, 'metadata', { scope: 'Cluster', checkName })
}

function judgeSpec(view: CrdView, old: CrdView | undefined): readonly Violation[] {
  return [
    ...judgeGroup(view.group),
    ...judgeScope(view.scope),
    ...judgeSchemasPresent(view),
    ...judgeDefaultsAllowed(view),
    ...view.versions.flatMap((version, index) => judgeVersion(version, view, { path: indexPath('spec.versions', index), old })),
    ...judgeVersionSet(view),
    ...judgeRequiredNames(view.names),
    ...judgeNames(view.names, 'spec.names'),
    ...judgeCommonParts(view, old),
    ...judgeConversion(view.conversion, 'spec.conversion'),
  ]
}

function judgeGroup(group: string): readonly Violation[] {
  if (group === '') return [required('spec.group')]
  const complaints = checkSubdomain(group)
  if (complaints.length > 0) return [invalid('spec.group', group, complaints.join(','))]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function judgeScope(scope: string): readonly Violation[] {
  const scopes = ['Cluster', 'Namespaced']
  if (scope === '') return [required('spec.scope')]
  return scopes.includes(scope) ? [] : [notSupported('spec.scope', scope, scopes)]
}

function judgeSchemasPresent(view: CrdView): readonly Violation[] {
  return view.versions.flatMap((version, index) => (version.schema ? [] : [required(`${indexPath('spec.versions', index)}.schema.openAPIV3Schema`)]))
}

function judgeDefaultsAllowed(view: CrdView): readonly Violation[] {
  const hasDefaults = view.versions.some((version) => version.schema && anySchema(version.schema, (schema) => schema.default !== undefined && schema.default !== null))
  return hasDefaults && view.preserveUnknownFields ? [invalid('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema')] : []
}

function anySchema(schema: StructuralSchema, test: (schema: StructuralSchema) => boolean): boolean {
  return test(schema) || Object.values(schema.properties ?? {}).some((child) => anySchema(child, test)) ||
    (schema.items !== undefined && !isArray(schema.items as JsonValue) && anySchema(schema.items, test)) ||
    (typeof schema.additionalProperties === 'object' && anySchema(schema.additionalProperties, test))
}

interface VersionPlace {
  readonly path: string
  readonly old: CrdView | undefined
}

function judgeVersion(version: CrdVersion, view: CrdView, place: VersionPlace): readonly Violation[] {
  const complaints = checkLabel1035(version.name)
  return [
    ...(complaints.length > 0 ? [invalid(childPath(place.path, 'name'), version.name, complaints.join(','))] : []),
    ...judgeDeprecation(version, childPath(place.path, 'deprecationWarning')),
    ...(view.common.schema ? [] : judgeVersionSchema(version, place)),
    ...(view.common.subresources ? [] : judgeSubresources(version.subresources, childPath(place.path, 'subresources'))),
    ...(view.common.columns ? [] : judgeColumns(version, place.path)),
    ...(view.common.selectableFields ? [] : judgeFields(version, place.path, 'may only be set when `version.schema.openAPIV3Schema` is not included')),
  ]
}

function judgeVersionSchema(version: CrdVersion, place: VersionPlace): readonly Violation[] {
  if (version.schema === undefined) return []
  return judgeSchema(version.schema, childPath(place.path, 'schema'), { ...schemaOptions(version, place.old), statusSubresource: hasStatus(version) })
}

function hasStatus(version: CrdVersion): boolean {
  return isObject(version.subresources && member(version.subresources, 'status'))
}

/** A schema that does not change keeps its costs, however high. */
function schemaOptions(version: CrdVersion, old: CrdView | undefined): Pick<SchemaJudgeOptions, 'knownRules'> {
  const before = old?.versions.find((candidate) => candidate.name === version.name)?.schema
  const same = before !== undefined && version.schema !== undefined && equalJson(before as JsonValue, version.schema as JsonValue)
  return { knownRules: same ? 'skip-cost' : 'judge-cost' }
}

function judgeColumns(version: CrdVersion, path: string): readonly Violation[] {
  return version.columns.flatMap((column, index) => judgeColumn(column, indexPath(childPath(path, 'additionalPrinterColumns'), index)))
}

function judgeFields(version: CrdVersion, path: string, schemaMissing: string): readonly Violation[] {
  if (version.selectableFields.length === 0) return []
  const place = childPath(path, 'selectableFields')
  if (version.schema === undefined) return [invalid(place, '', schemaMissing)]
  const problem = structuralProblem(version.schema)
  return [
    ...(problem === undefined ? [] : [invalid(childPath(path, 'schema.openAPIV3Schema'), '', problem)]),
    ...judgeSelectableFields(version.selectableFields, version.schema, place),
  ]
}

function judgeDeprecation(version: CrdVersion, path: string): readonly Violation[] {
  const warning = version.deprecationWarning
  if (warning === undefined) return []
  if (!version.deprecated) return [invalid(path, warning, 'can only be set for deprecated versions')]
  const complaints: string[] = []
  if (warning.length > 256) complaints.push('must be <= 256 characters long')
  if (warning === '') complaints.push('must not be an empty string')
  const unprintable = [...warning].findIndex((character) => goQuote(character) !== `"${character}"` && character !== '"' && character !== '\\')
  if (unprintable >= 0) complaints.push(`must only contain printable UTF-8 characters; non-printable character found at index ${unprintable}`)
  return complaints.map((complaint) => invalid(path, warning, complaint))
}

function judgeVersionSet(view: CrdView): readonly Violation[] {
  const names = view.versions.map((version) => version.name)
  const storage = view.versions.filter((version) => version.storage).length
  const about = (message: string): Violation => ({ path: 'spec.versions', type: 'FieldValueInvalid', message, valueText: printVersions(view) })
  return [
    ...(new Set(names).size < names.length ? [about('must contain unique version names')] : []),
    ...(storage === 1 ? [] : [about('must have exactly one version marked as storage version')]),
    ...judgeFirstVersion(names[0]),
  ]
}

function judgeFirstVersion(name: string | undefined): readonly Violation[] {
  const complaints = name === undefined || name === '' ? [] : checkLabel1035(name)
  return complaints.length > 0 ? [invalid('spec.version', name, complaints.join(','))] : []
}

function judgeRequiredNames(names: JsonObject): readonly Violation[] {
  return ['plural', 'singular', 'kind', 'listKind'].filter((name) => textOf(names, name) === '').map((name) => required(`spec.names.${name}`))
}

function judgeNames(names: JsonObject, path: string): readonly Violation[] {
  const label = (name: string): readonly Violation[] => {
    const text = textOf(names, name)
    const mixed = name === 'kind' || name === 'listKind'
    const complaints = text === '' ? [] : checkLabel1035(mixed ? text.toLowerCase() : text)
    const prefix = mixed ? 'may have mixed case, but should otherwise match: ' : ''
    return complaints.length === 0 ? [] : [invalid(childPath(path, name), text, `${prefix}${complaints.join(',')}`)]
  }
  const kind = textOf(names, 'kind')
  return [
    ...['plural', 'singular', 'kind', 'listKind'].flatMap(label),
    ...judgeLabelList(names, 'shortNames', path),
    ...(kind !== '' && kind === textOf(names, 'listKind') ? [invalid(childPath(path, 'listKind'), kind, 'kind and listKind may not be the same')] : []),
    ...judgeLabelList(names, 'categories', path),
  ]
}

function judgeLabelList(names: JsonObject, name: string, path: string): readonly Violation[] {
  const list = member(names, name)
  return (isArray(list) ? list : []).flatMap((item, index) => {
    const complaints = typeof item === 'string' ? checkLabel1035(item) : ['must be a string']
    return complaints.length === 0 ? [] : [invalid(indexPath(childPath(path, name), index), item, complaints.join(','))]
  })
}

/** Parts that all versions share are judged once, at the top of the spec, where the server keeps them. */
function judgeCommonParts(view: CrdView, old: CrdView | undefined): readonly Violation[] {
  const [first] = view.versions
  if (first === undefined) return []
  const schema = view.common.schema && first.schema
  return [
    ...(schema ? judgeSchema(schema, 'spec.validation', { ...schemaOptions(first, old), statusSubresource: view.versions.some(hasStatus) }) : []),
    ...(view.common.subresources ? judgeSubresources(first.subresources, 'spec.subresources') : []),
    ...(view.common.columns ? judgeColumns(first, 'spec') : []),
    ...(view.common.selectableFields ? judgeFields(first, 'spec', 'may only be set when validations.schema is included') : []),
  ]
}

function judgeChanges(view: CrdView, old: CrdView, oldCrd: JsonObject): readonly Violation[] {
  const immutable = (path: string, before: string, after: string): readonly Violation[] =>
    before === after ? [] : [invalid(path, after, 'field is immutable')]
  const established = isEstablished(oldCrd)
  return [
    ...(established ? immutable('spec.scope', old.scope, view.scope) : []),
    ...(established ? immutable('spec.names.kind', textOf(old.names, 'kind'), textOf(view.names, 'kind')) : []),
    ...immutable('spec.group', old.group, view.group),
    ...immutable('spec.names.plural', textOf(old.names, 'plural'), textOf(view.names, 'plural')),
  ]
}

function isEstablished(crd: JsonObject): boolean {
  const status = member(crd, 'status')
  const conditions = isObject(status) ? member(status, 'conditions') : undefined
  return isArray(conditions) && conditions.some((item) => isObject(item) && item.type === 'Established' && item.status === 'True')
}

function judgeStoredVersions(view: CrdView): readonly Violation[] {
  const stored = view.storedVersions
  if (stored.length === 0) return [{ path: 'status.storedVersions', type: 'FieldValueInvalid', message: 'must have at least one stored version', value: null }]
  const missing = view.versions.filter(({ storage, name }) => storage && !stored.includes(name))
    .map(({ name }) => invalid('status.storedVersions', stored, `must have the storage version ${name}`))
  const unknown = stored.flatMap((name, index) => {
    if (view.versions.some((version) => version.name === name)) return []
    const sentence = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
    return [invalid(indexPath('status.storedVersions', index), name, sentence)]
  })
  return [...missing, ...unknown]
}

const APPROVAL = 'api-approved.kubernetes.io'

/** Groups of the Kubernetes community need an approval, or the confession that there is none. */
function judgeApproval(view: CrdView, old: CrdView | undefined): readonly Violation[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(view.group)) return []
  const state = approvalOf(view)
  if (state === 'approved' || (old && approvalOf(old) === state)) return []
  const path = keyPath('metadata.annotations', APPROVAL)
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  if (state === 'missing') return [required(path, `protected groups must have approval annotation ${goQuote(APPROVAL)}, ${see}`)]
  const sentence = `protected groups must have approval annotation ${goQuote(APPROVAL)} with either a URL or a reason starting with "unapproved", ${see}`
  return [invalid(path, textOf(view.annotations, APPROVAL), sentence)]
}

function approvalOf(view: CrdView): 'missing' | 'approved' | 'invalid' {
  const text = textOf(view.annotations, APPROVAL)
  if (text === '') return 'missing'
  const uri = parseRequestUri(text)
  return text.startsWith('unapproved') || (uri !== undefined && uri.host !== '' && uri.scheme !== '') ? 'approved' : 'invalid'
}
