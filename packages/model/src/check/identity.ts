import { finding, type Finding, type RelatedPlace } from '@oasgen/diagnostics'
import type { VerbAction } from '@oasgen/restdefinition'
import type { CallModel } from '../verb/verbs.js'
import type { ParameterModel } from '../verb/parameters.js'
import { propertiesOf } from '../schema/look.js'
import { answerOf } from '../resource/status.js'
import type { ResourceModel } from '../resource-model.js'
import { appended, at, mappingFix, sameWord, strictly } from './places.js'

const ITEM_ACTIONS: readonly VerbAction[] = ['get', 'update', 'delete']

export function identityFindings(model: ResourceModel): readonly Finding[] {
  return [...ITEM_ACTIONS, 'create' as const, 'findby' as const].flatMap((action) => unfillable(model, action)).concat(
    byHand(model),
    assignedButRequired(model),
    unobtainable(model),
  )
}

/** A path parameter without any source. */
function unfillable(model: ResourceModel, action: VerbAction): readonly Finding[] {
  const call = model.verbs[action]?.call
  return pathParameters(call).flatMap((parameter) => {
    if (isFilled(model, action, parameter)) return []
    const extras = {
      ...at(model, `${call?.description.at}/path`, [{ where: parameter.place, message: 'the parameter' }]),
      ...suggestion(model, call, parameter),
    }
    return [finding('MDL0213', { action, parameter: parameter.name }, extras)]
  })
}

function pathParameters(call: CallModel | undefined): readonly ParameterModel[] {
  return (call?.parameters ?? []).filter((parameter) => parameter.in === 'path' && parameter.filledBy === 'resource')
}

function isFilled(model: ResourceModel, action: VerbAction, { name, in: place }: ParameterModel): boolean {
  const configured = model.configuration?.parameters.some((each) =>
    each.action === action && each.name === name && each.in === place,
  ) === true
  const inSpec = model.spec.some((field) => field.name === name)
  const inStatus = action !== 'create' && model.status.some(({ names }) => names.length === 1 && names[0] === name)
  const known = model.identity.some(({ parameter, path }) => parameter === name && path !== `spec.${name}`)
  return configured || inSpec || inStatus || known
}

/** Parameters that are spec fields only because some path has them: the user would have to know what only the API knows. */
function byHand(model: ResourceModel): readonly Finding[] {
  if (model.verbs.create === undefined) return []
  const seen = new Set<string>()
  return ITEM_ACTIONS.flatMap((action) => {
    const call = model.verbs[action]?.call
    return pathParameters(call).flatMap((parameter) => {
      const field = model.spec.find(({ name }) => name === parameter.name)
      const lonely = field?.origin.type === 'parameter' && !field.sentBy.includes('create') && !field.sentBy.includes('findby')
      if (!lonely || seen.has(parameter.name) || isConfigured(model, parameter.name) || isAnswered(model, parameter.name)) return []
      seen.add(parameter.name)
      return [
        finding(
          'MDL0214',
          { action, parameter: parameter.name },
          {
            ...at(model, `${call?.description.at}/path`, related(model, parameter)),
            ...strictly(model),
            ...suggestion(model, call, parameter),
          },
        ),
      ]
    })
  })
}

/** The answer fills it all the same, through a status field of that name. */
function isAnswered(model: ResourceModel, name: string): boolean {
  return model.status.some(({ names }) => names.length === 1 && names[0] === name)
}

/** A parameter that the answer fills and that the spec demands of the user before there is any answer. */
function assignedButRequired(model: ResourceModel): readonly Finding[] {
  return model.identity.flatMap(({ parameter, path }) => {
    const field = model.spec.find(({ name }) => name === parameter)
    if (path === `spec.${parameter}` || field?.origin.type !== 'parameter' || !field.required || model.verbs.create === undefined) return []
    const patch = appended(model, 'excludedSpecFields', parameter)
    return [
      finding(
        'MDL0237',
        { parameter, path },
        { where: field.place, fix: { kind: 'definition', title: `take ${parameter} out of the spec`, patch: [patch] } },
      ),
    ]
  })
}

function isConfigured(model: ResourceModel, name: string): boolean {
  return model.definition.resource.configurationFields.some((field) => field.name === name)
}

function related(model: ResourceModel, parameter: ParameterModel): readonly RelatedPlace[] {
  const create = model.verbs.create?.call?.operation
  return [{ where: parameter.place, message: 'the parameter' }, ...(create ? [{ where: create.place, message: 'create' }] : [])]
}

/** A field of another name that most likely is the same thing: the create's parameter at that place, the status field, a spelling. */
function suggestion(model: ResourceModel, call: CallModel | undefined, parameter: ParameterModel): Pick<Finding, 'help' | 'fix'> {
  const source = sourceFor(model, parameter.name)
  if (source === undefined || call === undefined) return {}
  return {
    help: `say so in the definition: requestFieldMapping with inPath: ${parameter.name} and inCustomResource: ${source}`,
    ...mappingFix(model, call.description.at, { inPath: parameter.name, inCustomResource: source }),
  }
}

function sourceFor(model: ResourceModel, name: string): string | undefined {
  const status = model.status.find(({ names }) => meansSame(model, names.at(-1) ?? '', name))
  if (status !== undefined) return `status.${status.path}`
  const spelt = model.spec.find((field) => sameWord(field.name, name))
  if (spelt !== undefined) return `spec.${spelt.name}`
  const own = new Set(Object.values(model.verbs).flatMap((verb) => pathParameters(verb.call).map((parameter) => parameter.name)))
  const [only, ...others] = pathParameters(model.verbs.create?.call).filter((parameter) =>
    !ITEM_ACTIONS.some((action) => pathParameters(model.verbs[action]?.call).some((each) => each.name === parameter.name)),
  )
  return own.has(name) && only !== undefined && others.length === 0 ? `spec.${only.name}` : undefined
}

function meansSame(model: ResourceModel, field: string, parameter: string): boolean {
  return field === parameter || sameWord(field, parameter) || isIdOf(model, field, parameter)
}

/** `petId` names the `id` of a Pet. */
function isIdOf({ names }: ResourceModel, field: string, parameter: string): boolean {
  const word = (text: string): string => text.toLowerCase().replace(/[-_.]/g, '')
  return word(parameter) === word(names.kind) + word(field) || word(field) === word(names.kind) + word(parameter)
}

function unobtainable(model: ResourceModel): readonly Finding[] {
  if (model.verbs.create === undefined) return []
  const create = answerOf(model.verbs, 'create')
  const described = create !== undefined && propertiesOf(create.object).size > 0
  return model.identity.flatMap(({ assigned, obtained, path }) => {
    if (assigned === 'spec' || obtained.length > 0 || (!described && model.verbs.findby !== undefined)) return []
    const mapped = model.status.some((field) => field.from === 'mapping' && `status.${field.path}` === path)
    return mapped ? [] : [finding('MDL0224', { path }, at(model, `${model.verbs.create?.description.at}`))]
  })
}
