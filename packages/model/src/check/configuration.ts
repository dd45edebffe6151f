import { finding, type Finding } from '@oasgen/diagnostics'
import { nearestName } from '@oasgen/restdefinition'
import type { Document } from '@oasgen/openapi'
import { actionsOf, methodOf, parameterOf } from '../resource/configuration.js'
import type { MissedRemoval } from '../resource/spec.js'
import type { ResourceModel } from '../resource-model.js'
import { followPath } from '../verb/response.js'
import { at, replaceFix } from './places.js'

export function configurationFindings(model: ResourceModel, document: Document, missed: readonly MissedRemoval[]): readonly Finding[] {
  return [...unknownFields(model), ...unknownExclusions(model, missed), ...unsupportedSchemes(document)]
}

/** `["*"]` is a wish for those actions that have the parameter; a named action that lacks it is a mistake. */
function unknownFields(model: ResourceModel): readonly Finding[] {
  const declared = model.definition.resource.verbsDescription.length
  return model.definition.resource.configurationFields.flatMap((field) => {
    const actions = actionsOf(field, model.definition).filter((action) => model.verbs[action] !== undefined)
    const lacking = actions.filter((action) => parameterOf(model.verbs, action, field) === undefined)
    const allLack = lacking.length === actions.length
    if (lacking.length === 0 || (field.actions.includes('*') && !allLack) || (actions.length === 0 && declared > 0)) return []
    const names = Object.values(model.verbs).flatMap(({ call }) =>
      (call?.parameters ?? []).filter((each) => each.in === field.in).map(({ name }) => name),
    )
    const near = nearestName(field.name, names)
    const extras = { ...at(model, field.at), ...(near !== undefined && near !== field.name && { help: `did you mean ${near}?`, ...replaceFix(`${field.at}/fromOpenAPI/name`, near) }) }
    return [finding('MDL0218', { actions: lacking.join(', '), in: field.in, name: field.name }, extras)]
  })
}

function unknownExclusions(model: ResourceModel, missed: readonly MissedRemoval[]): readonly Finding[] {
  const names = model.spec.map(({ name }) => name)
  return missed.filter(({ list, path }) => list === 'excludedSpecFields' && !isLeftOut(model, path)).map(({ path, at: pointer }) => {
    const near = nearestName(path, names)
    return finding('MDL0220', { path }, { ...at(model, pointer), ...(near !== undefined && { help: `did you mean ${near}?`, ...replaceFix(pointer, near) }) })
  })
}

/** A field that the document has and that is left out of the spec already: excluding it again does no harm and says what is so. */
function isLeftOut(model: ResourceModel, path: string): boolean {
  const calls = Object.values(model.verbs).flatMap((verb) => [...(verb.call ? [verb.call] : []), ...verb.steps])
  return calls.some(({ parameters, body }) =>
    parameters.some(({ name }) => name === path) || (body?.form === 'object' && followPath(body.object, path) !== undefined),
  )
}

function unsupportedSchemes(document: Document): readonly Finding[] {
  return [...document.securitySchemes.values()]
    .filter((scheme) => methodOf(scheme) === 'unsupported')
    .map((scheme) =>
      finding(
        'MDL0206',
        { scheme: scheme.name, type: scheme.type === 'unusable' ? scheme.declared : scheme.type },
        { where: scheme.place },
      ),
    )
}
