import { ofKeys, parsePath, printPath } from '@oasgen/fieldpath'
import { typesOf, type ParameterModel } from '@oasgen/model'
import type { JsonValue } from '@oasgen/json'
import type { ParameterPlan, ValueSource } from '@oasgen/plan'
import type { FieldMapping, RequestMapping, VerbAction } from '@oasgen/restdefinition'
import { isDrifting } from './drifting.js'
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

/** The parameters that something can fill, those that a request cannot do without, and what mappings add to them. */
export function compileParameters(planning: Planning, parameters: readonly ParameterModel[], input: ParameterInput): readonly ParameterPlan[] {
  const declared = parameters.flatMap((parameter) => {
    if (parameter.filledBy === 'constant' || parameter.filledBy === 'pagination' || isOwn(parameter, input)) return []
    const sources = sourcesOf(planning, parameter, input)
    const isNeeded = parameter.required || parameter.in === 'path' || (isVersion(parameter) && input.action !== 'get' && input.action !== 'findby')
    return sources.length === 0 && !isNeeded ? [] : [parameterPlan(planning, parameter, { sources, action: input.action })]
  })
  return [...declared, ...undeclared(planning, parameters, input)]
}

function isOwn({ name, in: place }: ParameterModel, { ownHeader }: ParameterInput): boolean {
  return place === 'header' && name.toLowerCase() === ownHeader?.toLowerCase()
}

/** Whoever maps a value to a query or header that the document does not know wants it sent. */
function undeclared(planning: Planning, parameters: readonly ParameterModel[], { action, mappings }: ParameterInput): readonly ParameterPlan[] {
  const others = mappings.flatMap((mapping) => {
    if (mapping.direction !== 'request' || (mapping.to.in !== 'query' && mapping.to.in !== 'header')) return []
    const place = mapping.to.in
    const name = parameterName(mapping.to.path)
    return parameters.some((parameter) => parameter.in === place && isNamed(parameter, mapping.to.path)) ? [] : [{ name, in: place, mapping }]
  })
  const first = others.filter((each, index) => others.findIndex(({ name, in: place }) => place === each.in && name === each.name) === index)
  return first.map(({ name, in: place }) => {
    const own = others.filter((other) => other.in === place && other.name === name)
    const sources = distinctSources(own.flatMap(({ mapping }) => mappedSources(planning, mapping, { action, in: place })))
    const form = place === 'query' ? { style: 'form' as const, explode: true } : { style: 'simple' as const, explode: false }
    return { name, in: place, ...form, sources, ...(action === 'findby' && isDrifting(planning, sources) && { drifting: true as const }) }
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
  return distinctSources([
    ...mappingsTo(mappings, parameter).flatMap((mapping) => mappedSources(planning, mapping, target)),
    ...configurationSources(planning, parameter, action),
    ...(isVersion(parameter) ? [] : [...ownSources(planning, name, target), ...presetSources(parameter)]),
  ])
}

/** The engine sends the version that it has just read. */
function isVersion({ name, in: place }: ParameterModel): boolean {
  return place === 'header' && name.toLowerCase() === 'if-match'
}

function mappingsTo(mappings: readonly FieldMapping[], parameter: ParameterModel): readonly RequestMapping[] {
  return mappings.flatMap((mapping) => (mapping.direction === 'request' && mapping.to.in === parameter.in && isNamed(parameter, mapping.to.path) ? [mapping] : []))
}

/** The reference writes a name with dots as a path: `['api.version']`. */
function isNamed({ name, in: place }: ParameterModel, path: string): boolean {
  return [path, parameterName(path)].some((text) => (place === 'header' ? text.toLowerCase() === name.toLowerCase() : text === name))
}

function parameterName(path: string): string {
  const parsed = parsePath(path)
  const [only, ...rest] = parsed.ok ? parsed.path : []
  return only !== undefined && rest.length === 0 && 'key' in only ? only.key : path
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
