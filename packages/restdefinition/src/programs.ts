import { type Checked, finding, type Finding } from '@oasgen/diagnostics'
import type { RestDefinition } from './definition.js'
import type { FieldMapping, JqProgram } from './mapping.js'
import { definitionPlace } from './read/place.js'
import type { AsyncSettings, CallDescription, VerbDescription } from './verb.js'

/** URIs of everything that a definition keeps elsewhere: jq programs, and overlays by path. The edge fetches them. */
export function wantedPrograms(definition: RestDefinition): readonly string[] {
  const refs = definition.resource.verbsDescription.flatMap((verb) => [verb, ...verb.steps].flatMap(programsOf))
  return [...new Set(refs.flatMap((program) => (program.type === 'ref' ? [program.ref] : [])))].toSorted()
}

/** The definition with every program in place. `texts` = by URI, what the edge fetched; a string in `problem` says why not. */
export type FetchedPrograms = Readonly<Record<string, { readonly text: string } | { readonly problem: string }>>

export function withPrograms(definition: RestDefinition, texts: FetchedPrograms): Checked<RestDefinition> {
  const findings: Finding[] = []
  const inPlace = (program: JqProgram): JqProgram => {
    if (program.type === 'inline') return program
    const fetched = texts[program.ref]
    if (fetched !== undefined && 'text' in fetched) return {
      type: 'inline',
      text: called(fetched.text, program.entrypoint),
      at: program.at,
    }
    const problem = fetched === undefined ? 'it was not fetched' : fetched.problem
    findings.push(finding('RDF0037', { ref: program.ref, problem }, { where: definitionPlace(definition, program.at) }))
    return program
  }
  const verbsDescription = definition.resource.verbsDescription.map((verb) => mapVerb(verb, inPlace))
  return { value: { ...definition, resource: { ...definition.resource, verbsDescription } }, findings }
}

/** A module of definitions becomes a program by the call of one of them. */
function called(text: string, entrypoint: string | undefined): string {
  return entrypoint === undefined ? text : `${text.trimEnd()}\n${entrypoint}`
}

type Swap = (program: JqProgram) => JqProgram

function mapVerb(verb: VerbDescription, swap: Swap): VerbDescription {
  return { ...verb, ...mapCall(verb, swap), steps: verb.steps.map((step) => ({ ...step, ...mapCall(step, swap) })) }
}

function mapCall<T extends CallDescription>(call: T, swap: Swap): T {
  return {
    ...call,
    fieldMapping: call.fieldMapping.map((mapping) => mapMapping(mapping, swap)),
    ...(call.notFoundBody && { notFoundBody: swap(call.notFoundBody) }),
    ...(call.requestTransform && { requestTransform: swap(call.requestTransform) }),
    ...(call.responseTransform && { responseTransform: swap(call.responseTransform) }),
    ...(call.async && { async: mapAsync(call.async, swap) }),
  }
}

function mapMapping(mapping: FieldMapping, swap: Swap): FieldMapping {
  return mapping.direction === 'response' && mapping.jq ? { ...mapping, jq: swap(mapping.jq) } : mapping
}

function mapAsync(async: AsyncSettings, swap: Swap): AsyncSettings {
  const reference = async.operationRef
  const poll = async.poll
  return {
    ...async,
    ...(reference && { operationRef: { ...reference, ...(reference.jq && { jq: swap(reference.jq) }) } }),
    ...(poll && { poll: { ...poll, fieldMapping: poll.fieldMapping.map((mapping) => mapMapping(mapping, swap)) } }),
  }
}

function programsOf(call: CallDescription): readonly JqProgram[] {
  const mappings = [...call.fieldMapping, ...(call.async?.poll?.fieldMapping ?? [])]
  const inMappings = mappings.flatMap((mapping) => (mapping.direction === 'response' && mapping.jq ? [mapping.jq] : []))
  const others = [call.notFoundBody, call.requestTransform, call.responseTransform, call.async?.operationRef?.jq]
  return [...inMappings, ...others.filter((program) => program !== undefined)]
}
