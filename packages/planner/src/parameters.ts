import { ofKeys, printPath } from '@oasgen/fieldpath'
import { typesOf, type ParameterModel } from '@oasgen/model'
import type { JsonValue } from '@oasgen/json'
import type { ParameterPlan, ValueSource } from '@oasgen/plan'
import type { FieldMapping, RequestMapping, VerbAction } from '@oasgen/restdefinition'
import { isDrifting } from './drifting.js'
import { mappingsInto, nameIn } from './mappings.js'
import type { Planning } from './planning.js'
import { distinctSources, mappedSources, resourceSources, specSources, statusSources, type Target } from './sources.js'

export interface ParameterInput {
  readonly action: VerbAction
  readonly mappings: readonly FieldMapping[]
  /** Filled by the engine: the handle of an operation. */
  readonly handle?: string
  /** Written by the engine: the key of a create. */
  readonly ownHeader?: string
}

type Parameters = readonly ParameterModel[]

/** The parameters that something can fill, those that a request cannot do without, and what mappings add to them. */
export function compileParameters(planning: Planning, parameters: Parameters, input: ParameterInput): readonly ParameterPlan[] {
  const declared = parameters.flatMap((parameter) => {
    if (parameter.filledBy === 'constant' || parameter.filledBy === 'pagination' || isOwn(parameter, input)) return []
    const sources = sourcesOf(planning, parameter, input)
    if (sources.length === 0 && !isNeeded(parameter, input)) return []
    return [parameterPlan(planning, parameter, { sources, action: input.action })]
  })
  return [...declared, ...undeclared(planning, parameters, input)]
}

function isOwn({ name, in: place }: ParameterModel, { ownHeader }: ParameterInput): boolean {
  return place === 'header' && name.toLowerCase() === ownHeader?.toLowerCase()
}

function isNeeded(parameter: ParameterModel, { action }: ParameterInput): boolean {
  return parameter.required || parameter.in === 'path' || (isVersion(parameter) && action !== 'get' && action !== 'findby')
}

/** Whoever maps a value to a query or header that the document does not know wants it sent. */
function undeclared(planning: Planning, parameters: Parameters, { action, mappings }: ParameterInput): readonly ParameterPlan[] {
  return (['query', 'header'] as const).flatMap((place) => {
    const declared = parameters.filter((parameter) => parameter.in === place)
    const others = mappingsInto(mappings, place).filter(({ to }) => !declared.some((parameter) => isNamed(parameter, to.path)))
    const names = [...new Set(others.map(({ to }) => nameIn(to.path)))]
    return names.map((name) => {
      const own = others.filter(({ to }) => nameIn(to.path) === name)
      const sources = distinctSources(own.flatMap((mapping) => mappedSources(planning, mapping, { action, in: place })))
      const form = place === 'query' ? { style: 'form' as const, explode: true } : { style: 'simple' as const, explode: false }
      return { name, in: place, ...form, sources, ...(action === 'findby' && isDrifting(planning, sources) && { drifting: true as const }) }
    })
  })
}

interface Filled {
  readonly sources: readonly ValueSource[]
  readonly action: VerbAction
}

function parameterPlan(planning: Planning, parameter: ParameterModel, { sources, action }: Filled): ParameterPlan {
  const { name, in: place, required, style, explode, allowReserved, content } = parameter
  return {
    name,
    in: place,
    ...(required && { required: true }),
    style,
    explode,
    ...(allowReserved && { allowReserved: true }),
    ...(content !== undefined && { content }),
    sources,
    ...(action === 'findby' && place !== 'path' && isDrifting(planning, sources) && { drifting: true }),
  }
}

/** The reference's precedence: mapping, configuration, spec, status. */
function sourcesOf(planning: Planning, parameter: ParameterModel, { action, mappings, handle }: ParameterInput): readonly ValueSource[] {
  const { name, in: place } = parameter
  if (place === 'path' && name === handle) return []
  const target: Target = { action, in: place }
  const own = ownSources(planning, name, target)
  return distinctSources([
    ...mappingsTo(mappings, parameter).flatMap((mapping) => mappedSources(planning, mapping, target)),
    ...configurationSources(planning, parameter, action),
    ...(isVersion(parameter) ? [] : [...(isNamesake(planning, parameter, { sources: own, action }) ? [] : own), ...presetSources(parameter)]),
  ])
}

/**
 * `?content=0` of a read that has nothing but its name in common with the field `content`: what may change on the other side addresses
 * no object. Kinds as wide as the reference's send it as the reference does.
 */
function isNamesake(planning: Planning, { in: place, required }: ParameterModel, { sources, action }: Filled): boolean {
  const isChoice = !required && place !== 'path' && (action === 'get' || action === 'delete')
  return isChoice && planning.model.definition.resource.schema === 'strict' && isDrifting(planning, sources)
}

/** The engine sends the version that it has just read. */
function isVersion({ name, in: place }: ParameterModel): boolean {
  return place === 'header' && name.toLowerCase() === 'if-match'
}

function mappingsTo(mappings: readonly FieldMapping[], parameter: ParameterModel): readonly RequestMapping[] {
  return parameter.in === 'cookie' ? [] : mappingsInto(mappings, parameter.in).filter(({ to }) => isNamed(parameter, to.path))
}

function isNamed({ name, in: place }: ParameterModel, path: string): boolean {
  return [path, nameIn(path)].some((text) => (place === 'header' ? text.toLowerCase() === name.toLowerCase() : text === name))
}

function configurationSources({ model }: Planning, { name, in: place }: ParameterModel, action: VerbAction): readonly ValueSource[] {
  const same = (other: string): boolean => (place === 'header' ? other.toLowerCase() === name.toLowerCase() : other === name)
  const held = (model.configuration?.parameters ?? []).filter((each) => each.action === action && each.in === place && same(each.name))
  return held.map((each) => ({ from: 'configuration', path: printPath(ofKeys(place, action, each.name)) }))
}

/** The identity under the parameter's own name comes first: it may live elsewhere in the resource. */
function ownSources(planning: Planning, name: string, target: Target): readonly ValueSource[] {
  const part = target.in === 'path' ? planning.identity.find(({ parameter }) => parameter === name) : undefined
  const own = part === undefined ? [] : resourceSources(planning, part.path, target)
  return [...own, ...specSources(planning, name, target), ...statusSources(planning, name, target)]
}

/** What the document itself says that has to be sent when nobody says otherwise. */
function presetSources({ required, in: place, schema }: ParameterModel): readonly ValueSource[] {
  const only = schema.enum?.length === 1 ? schema.enum[0] : undefined
  const preset: JsonValue | undefined = schema.default ?? only
  const isUsable = preset !== undefined && preset !== null && (typeof preset !== 'object' || typesOf(schema).includes('array'))
  return required && place !== 'path' && isUsable ? [{ from: 'constant', value: preset }] : []
}
