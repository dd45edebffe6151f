import { finding, nearest } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import { exampleIn, ignore, readContent, schemaIn } from './content.js'
import { extensionsOf, readKeywords } from './keywords.js'
import { placeOf, type LinkContext, type Located, type Report } from './link-context.js'
import { nameValue } from './name-value.js'
import type { MediaType, Parameter, ParameterLocation, Schema } from './normal-form.js'
import { updateFix } from './overlay-fix.js'
import { readCollectionFormat, readSerialisation } from './parameter-style.js'
import { below } from './pointer.js'
import { elementsOf, objectAt } from './referred-object.js'
import { schemaAt } from './schema.js'
import { parameterSchema } from './swagger-schema.js'

const LOCATIONS: readonly string[] = ['path', 'query', 'header', 'cookie'] satisfies ParameterLocation[]

/** A parameter object with its references followed, before anything in it is interpreted. */
export interface DeclaredParameter {
  readonly located: Located<JsonObject>
  readonly name: string
  readonly in: string
  readonly origin: 'operation' | 'pathItem'
}

type Origin = DeclaredParameter['origin']
type ParameterLists = { readonly [K in Origin]: Located | undefined }

/** Those of the path item, then those of the operation, which take the place of their namesakes. */
export function declaredParameters(context: LinkContext, lists: ParameterLists, report: Report): readonly DeclaredParameter[] {
  const found = new Map<string, DeclaredParameter>()
  for (const origin of ['pathItem', 'operation'] as const) {
    for (const located of elementsOf(context, lists[origin], '`parameters`', report)) {
      const declared = declaredAt(context, located, origin, report)
      if (declared === undefined) continue
      const key = identityOf(declared)
      const twice = found.get(key)?.origin === origin
      if (twice) ignore(report, located, `the parameter \`${declared.name}\``, 'it is declared twice; the last one counts')
      found.set(key, declared)
    }
  }
  return [...found.values()]
}

/** Names of headers have no case. */
function identityOf(declared: DeclaredParameter): string {
  return `${declared.in}:${declared.in === 'header' ? declared.name.toLowerCase() : declared.name}`
}

function declaredAt(context: LinkContext, place: Located, origin: Origin, report: Report): DeclaredParameter | undefined {
  const located = objectAt(context, place, 'the parameter', report)
  if (located === undefined) return undefined
  const { name, in: where } = located.value
  if (where === 'body' && context.version === '2.0') return { located, name: typeof name === 'string' ? name : 'body', in: where, origin }
  if (typeof name !== 'string' || name === '') {
    ignore(report, located, 'the parameter', `its \`name\` is ${nameValue(name)}`)
    return undefined
  }
  const known = typeof where === 'string' && (LOCATIONS.includes(where) || (context.version === '2.0' && where === 'formData'))
  if (known) return { located, name, in: where, origin }
  ignore(report, located, `the parameter \`${name}\``, `its \`in\` is ${nameValue(where)}, expected path, query, header or cookie`)
  return undefined
}

export function readParameters(context: LinkContext, declared: readonly DeclaredParameter[], report: Report): readonly Parameter[] {
  return declared.filter(({ in: where }) => LOCATIONS.includes(where)).map((parameter) => readParameter(context, parameter, report))
}

function readParameter(context: LinkContext, { located, name, in: written, origin }: DeclaredParameter, report: Report): Parameter {
  const where = written as ParameterLocation
  const reader = readKeywords(located, report)
  const description = reader.text('description')
  const example = exampleIn(located.value)
  const serialisation = context.version === '2.0' ? readCollectionFormat(located, where, report) : readSerialisation(located, where, report)
  const schema = schemaOfParameter(context, located)
  const content = contentOfParameter(context, located)
  return {
    name,
    in: where,
    required: where === 'path' || reader.flag('required'),
    ...serialisation,
    allowReserved: reader.flag('allowReserved'),
    allowEmptyValue: reader.flag('allowEmptyValue'),
    deprecated: reader.flag('deprecated'),
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { schema }),
    ...(content !== undefined && { content }),
    ...(example !== undefined && { example }),
    extensions: extensionsOf(located.value),
    pointer: located.pointer,
    place: placeOf(located),
    origin,
  }
}

function schemaOfParameter(context: LinkContext, located: Located<JsonObject>): Schema | undefined {
  return context.version === '2.0' ? parameterSchema(context, located) : schemaIn(context, located)
}

function contentOfParameter(context: LinkContext, located: Located<JsonObject>): MediaType | undefined {
  if (context.version === '2.0' || Object.hasOwn(located.value, 'schema')) return undefined
  return [...readContent(context, located, () => undefined).values()][0]
}

/** The names in braces, in the order of the path. */
export function templateNames(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name)
}

export type LocatedPath = Located & { readonly template: string }

/** Makes the parameters agree with the braces of the path: what is missing is a text, what has no place is left out. */
export function fitToPath(context: LinkContext, parameters: readonly Parameter[], path: LocatedPath, report: Report): readonly Parameter[] {
  const names = templateNames(path.template)
  const hasPlace = ({ in: where, name }: Parameter): boolean => where !== 'path' || names.includes(name)
  const kept = parameters.filter((parameter) => hasPlace(parameter) || dropUnused(parameter, names, report))
  const declared = new Set(kept.filter(({ in: where }) => where === 'path').map(({ name }) => name))
  const missing = [...new Set(names)].filter((name) => !declared.has(name))
  return [...kept, ...missing.map((name) => undeclared(context, name, path, report))]
}

function dropUnused(parameter: Parameter, names: readonly string[], report: Report): boolean {
  const near = nearest(parameter.name, names)
  const guess = near === undefined ? '' : `; did you mean \`${near}\`?`
  report(finding('OAS0306', { parameter: parameter.name, near: guess }, { where: parameter.place }))
  return false
}

function undeclared(context: LinkContext, name: string, path: Located, report: Report): Parameter {
  const pointer = below(path.pointer, 'parameters', name)
  const place = path.source.place(path.pointer)
  const declaration = `{name: ${name}, in: path, required: true, schema: {type: string}}`
  const type = context.version === '2.0' ? { type: 'string' } : { schema: { type: 'string' } }
  const fix = updateFix(path, `declare \`${name}\``, { parameters: [{ name, in: 'path', required: true, ...type }] })
  report(finding('OAS0305', { parameter: name, declaration }, { where: place, ...fix }))
  return {
    name, in: 'path', required: true, style: 'simple', explode: false, allowReserved: false, allowEmptyValue: false, deprecated: false,
    extensions: {}, pointer, place, origin: 'path', schema: schemaAt(context, { source: path.source, pointer, value: { type: 'string' } }),
  }
}
