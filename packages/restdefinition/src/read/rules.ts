import { finding, type Finding } from '@oasgen/diagnostics'
import { parsePath } from '@oasgen/fieldpath'
import type { ConfigurationField, RestDefinition } from '../definition.js'
import { readFieldPattern } from '../pattern.js'
import { type CallDescription, VERB_ACTIONS, type VerbDescription } from '../verb.js'
import type { Complaint } from './check.js'
import { readNormalizer } from './definition.js'
import { nearestName } from './nearest.js'
import { fieldText } from './place.js'

/** What the table cannot say: rules about names, paths, and entries that contradict each other. */
export function definitionComplaints(definition: RestDefinition): readonly Complaint[] {
  return [
    ...groupComplaints(definition), ...kindComplaints(definition), ...verbComplaints(definition), ...pathComplaints(definition),
    ...configurationComplaints(definition), ...fieldComplaints(definition), ...identifierComplaints(definition),
  ]
}

function complaint(pointer: string, what: Finding): Complaint {
  return { pointer, finding: what }
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/

function groupComplaints({ resourceGroup: group }: RestDefinition): readonly Complaint[] {
  const problem = groupProblem(group)
  return problem === undefined ? [] : [complaint('/spec/resourceGroup', finding('RDF0026', { group, problem }))]
}

function groupProblem(group: string): string | undefined {
  if (group.length > 253) return 'it is longer than 253 characters'
  if (!group.includes('.')) return 'it has no dot'
  if (!SUBDOMAIN.test(group)) return 'it is no DNS subdomain of lower-case letters, digits, dashes and dots'
  return /(^|\.)(k8s\.io|kubernetes\.io)$/.test(group) ? 'it is reserved for Kubernetes' : undefined
}

function kindComplaints({ resource: { kind } }: RestDefinition): readonly Complaint[] {
  const problem = kindProblem(kind)
  return problem === undefined ? [] : [complaint('/spec/resource/kind', finding('RDF0027', { kind, problem }))]
}

/** `<Kind>Configuration` and `<Kind>List` are names too. */
const LONGEST_KIND = 63 - 'ConfigurationList'.length

function kindProblem(kind: string): string | undefined {
  if (!/^[A-Za-z]/.test(kind)) return 'it does not begin with a letter'
  if (!/^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$/.test(kind)) return 'it holds other characters than letters and digits'
  return kind.length > LONGEST_KIND ? `it is longer than ${LONGEST_KIND} characters` : undefined
}

function verbComplaints({ resource }: RestDefinition): readonly Complaint[] {
  const verbs = resource.verbsDescription
  if (verbs.length === 0) return [complaint('/spec/resource/verbsDescription', finding('RDF0024', {}))]
  const repeated = verbs.filter((verb, index) => verbs.findIndex(({ action }) => action === verb.action) < index)
  return [
    ...repeated.map(({ action, at }) => complaint(`${at}/action`, finding('RDF0017', { action }))),
    ...verbs.flatMap((verb) => [verb, ...verb.steps].flatMap(callComplaints)),
    ...verbs.flatMap(stepComplaints),
  ]
}

function callComplaints(call: CallDescription): readonly Complaint[] {
  return [...codeComplaints(call), ...mappingComplaints(call), ...pollComplaints(call), ...headerComplaints(call)]
}

function codeComplaints(call: CallDescription): readonly Complaint[] {
  const pairs = [['tolerateCodes', 'successCodes'], ['notFoundCodes', 'successCodes'], ['notFoundCodes', 'tolerateCodes']] as const
  return pairs.flatMap(([first, second]) =>
    call[first]
      .filter((code) => call[second].includes(code))
      .map((code) => complaint(`${call.at}/${first}`, finding('RDF0031', { code, first, second }))),
  )
}

function mappingComplaints(call: CallDescription): readonly Complaint[] {
  return [...call.fieldMapping, ...(call.async?.poll?.fieldMapping ?? [])].flatMap((mapping) => {
    const path = mapping.direction === 'response' ? mapping.to : mapping.from.type === 'resource' ? mapping.from.path : undefined
    return path === undefined ? [] : sourceComplaints(path, `${mapping.at}/inCustomResource`)
  })
}

const ROOT_FIELDS = ['spec', 'status', 'metadata', 'apiVersion', 'kind']

function sourceComplaints(path: string, pointer: string): readonly Complaint[] {
  const parsed = parsePath(path)
  if (!parsed.ok) return [wrongPath(pointer, parsed)]
  const first = parsed.path[0]
  const known = first !== undefined && 'key' in first && ROOT_FIELDS.includes(first.key)
  return known ? [] : [complaint(pointer, finding('RDF0030', { field: fieldText(pointer), path }))]
}

function pollComplaints({ async }: CallDescription): readonly Complaint[] {
  const poll = async?.poll
  if (poll === undefined || poll.path.includes(`{${poll.handleParam}}`)) return []
  return [complaint(`${poll.at}/path`, finding('RDF0029', { path: poll.path, parameter: poll.handleParam }))]
}

function headerComplaints(call: CallDescription): readonly Complaint[] {
  return call.headers.flatMap(({ name }, index) =>
    /^(proxy-)?authorization$|api[-_]?key|token$/i.test(name) ? [
      complaint(`${call.at}/headers/${index}`, finding('RDF0036', { header: name })),
    ] : [],
  )
}

function stepComplaints({ action, steps }: VerbDescription): readonly Complaint[] {
  return steps
    .filter((step, index) => steps.findIndex(({ name }) => name === step.name) < index)
    .map(({ name, at }) => complaint(`${at}/name`, finding('RDF0032', { action, name })))
}

const PATH_LISTS = ['identifiers', 'additionalStatusFields', 'excludedSpecFields'] as const

function pathComplaints({ resource }: RestDefinition): readonly Complaint[] {
  return PATH_LISTS.flatMap((list) => {
    const entries = resource[list].map((path, index) => ({ path, at: `/spec/resource/${list}/${index}` }))
    const repeated = entries.filter(({ path }, index) => resource[list].indexOf(path) < index)
    return [
      ...entries.flatMap(({ path, at }) => syntaxComplaints(path, at)),
      ...repeated.map(({ path, at }) => complaint(at, finding('RDF0028', { field: `spec.resource.${list}`, entry: path }))),
    ]
  })
}

function syntaxComplaints(path: string, pointer: string): readonly Complaint[] {
  const parsed = parsePath(path)
  if (!parsed.ok) return [wrongPath(pointer, parsed)]
  return parsed.warning ? [complaint(pointer, finding('RDF0023', { field: fieldText(pointer), problem: parsed.warning.message }))] : []
}

function wrongPath(pointer: string, { column, message }: { readonly column: number; readonly message: string }): Complaint {
  return complaint(pointer, finding('RDF0022', { field: fieldText(pointer), problem: message, column }))
}

const LOCATIONS = ['query', 'path', 'header', 'cookie']

function configurationComplaints({ resource }: RestDefinition): readonly Complaint[] {
  const declared = resource.verbsDescription.map(({ action }) => action)
  return resource.configurationFields.flatMap((field) => [...locationComplaints(field), ...actionComplaints(field, declared)])
}

function locationComplaints(field: ConfigurationField): readonly Complaint[] {
  if (LOCATIONS.includes(field.in)) return []
  const pointer = `${field.at}/fromOpenAPI/in`
  const near = nearestName(field.in, LOCATIONS)
  const extras = near === undefined ? {} : { help: `did you mean ${near}?` }
  return [complaint(pointer, finding('RDF0025', { field: fieldText(pointer), found: `"${field.in}"` }, extras))]
}

function actionComplaints(field: ConfigurationField, declared: readonly string[]): readonly Complaint[] {
  const pointer = `${field.at}/fromRestDefinition/actions`
  if (field.actions.includes('*')) {
    return field.actions.length === 1 ? [] : [complaint(pointer, finding('RDF0019', { field: fieldText(pointer) }))]
  }
  return field.actions.flatMap((action, index) => {
    if (declared.includes(action)) return []
    const near = nearestName(action, VERB_ACTIONS)
    const extras = near === undefined || near === action ? {} : { help: `did you mean ${near}?` }
    return [complaint(`${pointer}/${index}`, finding('RDF0020', { field: fieldText(pointer), action }, extras))]
  })
}

function fieldComplaints({ resource: { fields } }: RestDefinition): readonly Complaint[] {
  const repeated = fields.filter((field, index) => fields.findIndex(({ path }) => path === field.path) < index)
  return [
    ...repeated.map(({ path, at }) => complaint(`${at}/path`, finding('RDF0033', { path }))),
    ...fields.flatMap(({ path, at }) => {
      const pattern = readFieldPattern(path)
      if (!pattern.ok) return [wrongPath(`${at}/path`, pattern)]
      return pattern.root === 'spec' ? [] : [complaint(`${at}/path`, finding('RDF0034', { path }))]
    }),
  ]
}

function identifierComplaints({ resource }: RestDefinition): readonly Complaint[] {
  const findby = resource.verbsDescription.find(({ action }) => action === 'findby')
  const marked = resource.fields.some(({ ownershipMark }) => ownershipMark)
  return findby === undefined || marked || resource.identifiers.length > 0 ? [] : [complaint(findby.at, finding('RDF0035', {}))]
}

/** Words of `normalize` that the table cannot check, because an entry is a word or an object. */
export function normalizerComplaints(
  fields: readonly { readonly at: string; readonly normalize: readonly unknown[] }[],
): readonly Complaint[] {
  return fields.flatMap(({ at, normalize }) =>
    normalize.flatMap((item, index) => {
      if (readNormalizer(item) !== undefined) return []
      const pointer = `${at}/normalize/${index}`
      const choices = 'lowerCase, trim, dateTime, float32, {cel: …}'
      return [complaint(pointer, finding('RDF0013', { field: fieldText(pointer), found: JSON.stringify(item), choices }))]
    }),
  )
}
