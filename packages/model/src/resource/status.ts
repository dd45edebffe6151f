import type { Schema } from '@oasgen/openapi'
import type { RestDefinition } from '@oasgen/restdefinition'
import { schemaAt } from '../schema/look.js'
import { pathNames } from '../schema/path-names.js'
import type { VerbModels } from '../verb/verbs.js'
import { followPath, type ResponseModel } from '../verb/response.js'

export interface StatusFieldModel {
  /** Field path below `status`, as the definition writes it. */
  readonly path: string
  /** Its names; every path that reaches here consists of plain names. */
  readonly names: readonly string[]
  /** Where it stands in `status`: differs from `names` only for a name that is reserved there. */
  readonly target: readonly string[]
  /** Undefined: no response has it (string fallback, as the reference). */
  readonly schema: Schema | undefined
  readonly from: 'identifier' | 'additional' | 'mapping'
  /** JSON pointer in the definition. */
  readonly at: string
}

/** Names that `status` needs for itself. */
export const RESERVED_STATUS: readonly string[] = ['conditions', 'observedGeneration', 'reconcile']

/** Identifiers, then additional fields, then what mappings write; the first of a path wins. */
export function buildStatus(definition: RestDefinition, verbs: VerbModels): readonly StatusFieldModel[] {
  const { identifiers, additionalStatusFields } = definition.resource
  const object = describedObject(verbs)
  const listed = [
    ...identifiers.map((path, index) => ({ path, from: 'identifier' as const, at: `/spec/resource/identifiers/${index}` })),
    ...additionalStatusFields.map((path, index) =>
      ({ path, from: 'additional' as const, at: `/spec/resource/additionalStatusFields/${index}` }),
    ),
  ]
  const read = listed.flatMap((entry) => readField(entry, object))
  return distinct([...read, ...mappedFields(verbs)])
}

/** The answer that describes the object: of get, else of findby, else of create and update. */
export function describedObject(verbs: VerbModels): ResponseModel | undefined {
  return answerOf(verbs, 'get') ?? answerOf(verbs, 'findby') ?? answerOf(verbs, 'create') ?? answerOf(verbs, 'update')
}

export function answerOf(verbs: VerbModels, action: keyof VerbModels): ResponseModel | undefined {
  const verb = verbs[action]
  return verb?.call?.response ?? verb?.steps.at(-1)?.response
}

type Entry = Pick<StatusFieldModel, 'path' | 'from' | 'at'>

function readField(entry: Entry, object: ResponseModel | undefined): readonly StatusFieldModel[] {
  const names = pathNames(entry.path)
  if (names === undefined) return []
  return [{ ...entry, names, target: targetOf(names), schema: object && schemaAt(object.object, names) }]
}

function targetOf(names: readonly string[]): readonly string[] {
  const [first = '', ...rest] = names
  return RESERVED_STATUS.includes(first) ? [`${first}_`, ...rest] : names
}

function mappedFields(verbs: VerbModels): readonly StatusFieldModel[] {
  return Object.values(verbs).flatMap((verb) =>
    [...(verb.call ? [verb.call] : []), ...verb.steps].flatMap(({ description, response }) =>
      description.fieldMapping.flatMap((mapping) => {
        const names = mapping.direction === 'response' ? pathNames(mapping.to) : undefined
        if (names === undefined || names[0] !== 'status' || names.length < 2 || mapping.direction !== 'response') return []
        const path = mapping.to.slice('status.'.length)
        const source = mapping.from.in === 'body' && response ? followPath(response.schema, mapping.from.path) : undefined
        const schema = mapping.jq === undefined ? source : undefined
        return [{ path, names: names.slice(1), target: targetOf(names.slice(1)), schema, from: 'mapping' as const, at: mapping.at }]
      }),
    ),
  )
}

function distinct(fields: readonly StatusFieldModel[]): readonly StatusFieldModel[] {
  const seen = new Set<string>()
  return fields.filter(({ names }) => {
    const key = JSON.stringify(names)
    const fresh = !seen.has(key)
    seen.add(key)
    return fresh
  })
}
