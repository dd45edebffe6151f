import { isObject } from '@oasgen/json'
import type { AliasPair, FieldMapping, JqProgram, MappingSource, RequestMapping, ResponseMapping } from '../mapping.js'
import { type Checked, objectOf, objectsOf, required, textOf, valueOf, valuesOf } from './checked.js'

/** `requestFieldMapping` and `fieldMapping` as one list. */
export function readMappings(call: Checked): readonly FieldMapping[] {
  return [...objectsOf(call, 'requestFieldMapping'), ...objectsOf(call, 'fieldMapping')].flatMap((item) => readMapping(item) ?? [])
}

const REQUEST = { inPath: 'path', inQuery: 'query', inBody: 'body', inHeader: 'header' } as const
const RESPONSE = { inResponse: 'body', inResponseHeader: 'header' } as const

function readMapping(item: Checked): FieldMapping | undefined {
  for (const [name, place] of Object.entries(RESPONSE)) {
    const path = textOf(item, name)
    if (path !== undefined) return readResponse(item, place, path)
  }
  for (const [name, place] of Object.entries(REQUEST)) {
    const path = textOf(item, name)
    if (path !== undefined) return readRequest(item, place, path)
  }
  return undefined
}

function readRequest(item: Checked, place: RequestMapping['to']['in'], path: string): RequestMapping {
  const aliases = readAliases(item)
  return { direction: 'request', to: { in: place, path }, from: readSource(item), ...(aliases && { alias: aliases }), at: item.at }
}

function readSource(item: Checked): MappingSource {
  const program = textOf(item, 'value')
  if (program !== undefined) return { type: 'cel', program }
  const resolver = objectOf(item, 'resolver')
  const secret = resolver && objectOf(resolver, 'secretRef')
  if (secret === undefined) return { type: 'resource', path: required(item, 'inCustomResource') }
  return {
    type: 'secretRef',
    nameFromCustomResource: required(secret, 'nameFromCustomResource'),
    keyFromCustomResource: required(secret, 'keyFromCustomResource'),
  }
}

function readResponse(item: Checked, place: 'body' | 'header', path: string): ResponseMapping {
  const aliases = readAliases(item)
  const translation = objectOf(item, 'valueMapping')
  const jq = translation && textOf(translation, 'type') === 'jq' ? readProgram(translation, 'jq') : undefined
  const assumed = valueOf(item, 'defaultIfAbsent')
  return {
    direction: 'response',
    from: { in: place, path },
    to: required(item, 'inCustomResource'),
    ...(aliases && { alias: aliases }),
    ...(jq && { jq }),
    ...(assumed !== undefined && { defaultIfAbsent: assumed }),
    at: item.at,
  }
}

function readAliases(item: Checked): readonly AliasPair[] | undefined {
  const translation = objectOf(item, 'valueMapping')
  if (translation === undefined || textOf(translation, 'type') !== 'alias') return undefined
  return valuesOf(translation, 'aliases').flatMap((pair) =>
    isObject(pair) ? [{ customResourceValue: pair['customResourceValue'] ?? null, apiValue: pair['apiValue'] ?? null }] : [],
  )
}

export function readProgram(parent: Checked, name: string): JqProgram | undefined {
  const program = objectOf(parent, name)
  if (program === undefined) return undefined
  const [inline, ref, entrypoint] = [textOf(program, 'inline'), textOf(program, 'ref'), textOf(program, 'entrypoint')]
  if (inline !== undefined) return { type: 'inline', text: inline, at: program.at }
  return ref === undefined ? undefined : { type: 'ref', ref, ...(entrypoint !== undefined && { entrypoint }), at: program.at }
}
