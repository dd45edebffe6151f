import { finding, type Finding } from '@oasgen/diagnostics'
import type { Schema } from '@oasgen/openapi'
import type { VerbAction } from '@oasgen/restdefinition'
import { itemsOf, propertiesOf, typesOf } from '../schema/look.js'
import { answerOf } from '../resource/status.js'
import type { ResourceModel } from '../resource-model.js'
import { at } from './places.js'

export function answerFindings(model: ResourceModel): readonly Finding[] {
  return [...mismatches(model), ...listFinding(model)]
}

/** Answers of create and update against the one that types the status. */
function mismatches(model: ResourceModel): readonly Finding[] {
  const base = answerOf(model.verbs, 'get') ? 'get' : 'findby'
  const answer = answerOf(model.verbs, base)
  if (answer === undefined) return []
  return (['create', 'update', ...(base === 'get' ? ['findby' as const] : [])] as readonly VerbAction[]).flatMap((action) => {
    const other = answerOf(model.verbs, action)
    if (other === undefined || other.object === answer.object) return []
    return differences(other.object, answer.object).slice(0, MOST).map(({ path, first, second }) =>
      finding('MDL0226', { field: path === '' ? 'the object' : path, action, base, first: first.types.join(' or '), second: second.types.join(' or ') }, {
        where: first.schema.place,
        related: [{ where: second.schema.place, message: `in the answer of ${base}` }],
      }),
    )
  })
}

/** More of the same kind say nothing new. */
const MOST = 5

export interface TypeDifference {
  readonly path: string
  readonly first: { readonly schema: Schema; readonly types: readonly string[] }
  readonly second: { readonly schema: Schema; readonly types: readonly string[] }
}

/** Places where two schemas of one object contradict each other about the type. Ends at cycles and at a depth that still means something. */
export function differences(first: Schema, second: Schema): readonly TypeDifference[] {
  return compare(first, second, '', new Map())
}

function compare(first: Schema, second: Schema, path: string, open: Map<Schema, Set<Schema>>): readonly TypeDifference[] {
  if (first === second || path.split('.').length > 12 || open.get(first)?.has(second) === true) return []
  open.set(first, (open.get(first) ?? new Set()).add(second))
  const [a, b] = [typesOf(first), typesOf(second)]
  if (a.length > 0 && b.length > 0 && !overlap(a, b)) return [
    { path, first: { schema: first, types: a }, second: { schema: second, types: b } },
  ]
  const others = propertiesOf(second)
  const below = [...propertiesOf(first)].flatMap(([name, { schema }]) => {
    const other = others.get(name)
    return other === undefined ? [] : compare(schema, other.schema, path === '' ? name : `${path}.${name}`, open)
  })
  const [x, y] = [itemsOf(first), itemsOf(second)]
  return x && y ? [...below, ...compare(x, y, `${path}[]`, open)] : below
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  const wide = (types: readonly string[]): readonly string[] => types.map((type) => (type === 'integer' ? 'number' : type))
  return wide(a).some((type) => wide(b).includes(type))
}

function listFinding(model: ResourceModel): readonly Finding[] {
  const call = model.verbs.findby?.call
  const response = call?.response
  if (
    call === undefined ||
    response === undefined ||
    response.itemsPath !== undefined ||
    response.itemPath === '$' &&
    call.description.itemPath === '$'
  ) return []
  if (propertiesOf(response.schema).size === 0 || call.description.responseTransform !== undefined) return []
  return [finding('MDL0225', {}, { ...at(model, call.description.at, [{ where: response.place, message: 'the answer' }]) })]
}
