import { finding, type Finding, type Place } from '@oasgen/diagnostics'
import { compileCel, compileJq } from '@oasgen/expressions'
import type { ResourceModel } from '@oasgen/model'
import { definitionPlace, type JqProgram } from '@oasgen/restdefinition'
import { celUses, type CelUse } from './cel-uses.js'
import { describedCalls, mappingsOut } from './mappings.js'

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
  if (program.type === 'ref') return [finding('PLN0005', { ref: program.ref }, { where })]
  return compileJq(program.text).findings.map((found) => ({ ...found, where }))
}

export function jqUses({ definition }: ResourceModel): readonly JqProgram[] {
  return describedCalls(definition).flatMap(({ call, mappings }) => {
    const { notFoundBody, requestTransform, responseTransform, async } = call
    const inMappings = mappingsOut(mappings).map(({ jq }) => jq)
    const programs = [...inMappings, notFoundBody, requestTransform, responseTransform, async?.operationRef?.jq]
    return programs.filter((program) => program !== undefined)
  })
}
