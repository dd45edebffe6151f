import { finding } from '@oasgen/diagnostics'
import type { JsonObject, JsonValue } from '@oasgen/json'
import { placeOf, type Located, type Report } from './link-context.js'
import { nameValue } from './name-value.js'
import type { ParameterLocation, ParameterStyle } from './normal-form.js'

export interface Serialisation {
  readonly style: ParameterStyle
  readonly explode: boolean
}

const STYLES: Readonly<Record<ParameterLocation, readonly ParameterStyle[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
}

/** How the value of a parameter is written, by the rules of 3.x; each location's first style is its default. */
export function readSerialisation(located: Located<JsonObject>, where: ParameterLocation, report: Report): Serialisation {
  const { style: written, explode, name } = located.value
  const allowed = STYLES[where]
  const style = allowed.find((known) => known === written) ?? allowed[0] ?? 'simple'
  if (written !== undefined && written !== null && style !== written) {
    const texts = { style: nameValue(written), parameter: nameOf(name), problem: `is not allowed for parameters in ${where}`, used: style }
    report(finding('OAS0311', texts, { where: placeOf(located, 'style') }))
  }
  // deepObject has no form that is not exploded, whatever the default of `explode` says.
  return { style, explode: style === 'deepObject' || (typeof explode === 'boolean' ? explode : style === 'form') }
}

const FORMATS: Readonly<Record<string, Serialisation>> = {
  csv: { style: 'form', explode: false },
  ssv: { style: 'spaceDelimited', explode: false },
  pipes: { style: 'pipeDelimited', explode: false },
  multi: { style: 'form', explode: true },
}

/** `collectionFormat` of 2.0, which is about lists. Path and header know comma-separated ones only. */
export function readCollectionFormat(located: Located<JsonObject>, where: ParameterLocation, report: Report): Serialisation {
  const { collectionFormat: written, name, type } = located.value
  const style = STYLES[where][0] ?? 'simple'
  if (type !== 'array') return { style, explode: style === 'form' }
  const plain: Serialisation = { style, explode: false }
  if (written === undefined || written === null || written === 'csv') return plain
  const known = where === 'query' && typeof written === 'string' && Object.hasOwn(FORMATS, written) ? FORMATS[written] : undefined
  if (known !== undefined) return known
  const problem = where === 'query' ? 'has no successor in OpenAPI 3' : `is not allowed for parameters in ${where}`
  const texts = { style: nameValue(written), parameter: nameOf(name), problem, used: 'csv' }
  report(finding('OAS0311', texts, { where: placeOf(located, 'collectionFormat') }))
  return plain
}

function nameOf(name: JsonValue | undefined): string {
  return typeof name === 'string' ? name : ''
}
