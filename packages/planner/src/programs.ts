import { finding, type Finding, type Place } from '@oasgen/diagnostics'
import { compileCel, type CelVariable } from '@oasgen/expressions'
import type { ResourceModel } from '@oasgen/model'
import { definitionPlace, type CallDescription, type FieldMapping, type JqProgram, type VerbDescription } from '@oasgen/restdefinition'
import { celInBody } from './body.js'

/** A CEL expression of the definition, with what it may speak of at its place. */
export interface CelUse {
  readonly source: string
  readonly at: string
  readonly variables: readonly CelVariable[]
  readonly result: 'bool' | 'any'
}

/** Whatever does not compile, with its text and column. */
export function programFindings(model: ResourceModel): readonly Finding[] {
  return [...celUses(model).flatMap((use) => checkCel(model, use)), ...jqUses(model).flatMap((program) => checkJq(model, program))]
}

function checkCel(model: ResourceModel, { source, at, variables, result }: CelUse): readonly Finding[] {
  const where = definitionPlace(model.definition, at)
  return compileCel(source, { variables, result }).findings.map((found) => ({ ...found, where }))
}

function checkJq({ definition }: ResourceModel, program: JqProgram): readonly Finding[] {
  const where: Place = definitionPlace(definition, program.at)
  return program.type === 'ref' ? [finding('PLN0005', { ref: program.ref }, { where })] : []
}

const REQUEST: readonly CelVariable[] = ['self', 'observed', 'steps', 'item', 'now']
const CONDITION: readonly CelVariable[] = ['self', 'observed', 'now']

export function celUses({ definition }: ResourceModel): readonly CelUse[] {
  const { resource } = definition
  return [
    ...(['readyWhen', 'failedWhen', 'completedWhen', 'deletedWhen'] as const).flatMap((name) => one(resource[name], { at: `/spec/resource/${name}`, variables: CONDITION, result: 'bool' })),
    ...resource.exports.flatMap(({ value, at }) => one(value, { at: `${at}/value`, variables: [...CONDITION, 'response'], result: 'any' })),
    ...resource.fields.flatMap(({ normalize, at }) => normalize.flatMap((step, index) =>
      typeof step === 'object' ? one(step.cel, { at: `${at}/normalize/${index}/cel`, variables: ['value'], result: 'any' }) : [])),
    ...resource.verbsDescription.flatMap(verbUses),
  ]
}

function one(source: string | undefined, use: Omit<CelUse, 'source'>): readonly CelUse[] {
  return source === undefined ? [] : [{ source, ...use }]
}

function verbUses(verb: VerbDescription): readonly CelUse[] {
  return [
    ...callUses(verb),
    ...verb.steps.flatMap((step) => [
      ...one(step.when, { at: `${step.at}/when`, variables: ['self', 'observed', 'steps', 'now'], result: 'bool' }),
      ...one(step.forEach, { at: `${step.at}/forEach`, variables: ['self', 'observed', 'steps', 'now'], result: 'any' }),
      ...callUses(step),
    ]),
  ]
}

function callUses(call: CallDescription): readonly CelUse[] {
  const { absentWhen, errorWhen } = call.outcome
  const answer: readonly CelVariable[] = [...REQUEST, 'response']
  return [
    ...[...call.fieldMapping, ...(call.async?.poll?.fieldMapping ?? [])].flatMap(mappingUses),
    ...one(celInBody(call), { at: `${call.at}/body/from`, variables: REQUEST, result: 'any' }),
    ...one(absentWhen, { at: `${call.at}/outcome/absentWhen`, variables: answer, result: 'bool' }),
    ...one(errorWhen, { at: `${call.at}/outcome/errorWhen`, variables: answer, result: 'bool' }),
  ]
}

function mappingUses(mapping: FieldMapping): readonly CelUse[] {
  return mapping.direction === 'request' && mapping.from.type === 'cel' ? [{ source: mapping.from.program, at: `${mapping.at}/value`, variables: REQUEST, result: 'any' }] : []
}

export function jqUses({ definition }: ResourceModel): readonly JqProgram[] {
  const calls = definition.resource.verbsDescription.flatMap((verb) => [verb, ...verb.steps])
  return calls.flatMap((call) => {
    const mapped = [...call.fieldMapping, ...(call.async?.poll?.fieldMapping ?? [])].flatMap((mapping) => (mapping.direction === 'response' && mapping.jq !== undefined ? [mapping.jq] : []))
    return [...mapped, call.notFoundBody, call.requestTransform, call.responseTransform, call.async?.operationRef?.jq].filter((program) => program !== undefined)
  })
}
