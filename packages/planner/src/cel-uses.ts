import type { CelVariable } from '@oasgen/expressions'
import { parsePath } from '@oasgen/fieldpath'
import type { ResourceModel } from '@oasgen/model'
import type { CallDescription, FieldMapping, VerbDescription } from '@oasgen/restdefinition'

/** A CEL expression of the definition, with what it may speak of at its place. */
export interface CelUse {
  readonly source: string
  readonly at: string
  readonly variables: readonly CelVariable[]
  readonly result: 'bool' | 'any'
  /** What it gives goes into requests. */
  readonly sends?: true
}

const REQUEST: readonly CelVariable[] = ['self', 'observed', 'steps', 'item', 'now']
const CONDITIONS = ['readyWhen', 'failedWhen', 'completedWhen', 'deletedWhen'] as const
const CONDITION: readonly CelVariable[] = ['self', 'observed', 'now']

export function celUses({ definition }: ResourceModel): readonly CelUse[] {
  const { resource } = definition
  return [
    ...CONDITIONS.flatMap((name) => one(resource[name], { at: `/spec/resource/${name}`, variables: CONDITION, result: 'bool' })),
    ...resource.exports.flatMap(({ value, at }) => one(value, { at: `${at}/value`, variables: [...CONDITION, 'response'], result: 'any' })),
    ...resource.fields.flatMap(({ normalize, at }) => normalize.flatMap((step, index) =>
      typeof step === 'object' ? one(step.cel, { at: `${at}/normalize/${index}/cel`, variables: ['value'], result: 'any' }) : [])),
    ...resource.verbsDescription.flatMap(verbUses),
  ]
}

function one(source: string | undefined, use: Omit<CelUse, 'source'>): readonly CelUse[] {
  return source === undefined ? [] : [{ source, ...use }]
}

function verbUses(verb: VerbDescription): readonly CelUse[] {
  return [
    ...callUses(verb),
    ...verb.steps.flatMap((step) => [
      ...one(step.when, { at: `${step.at}/when`, variables: ['self', 'observed', 'steps', 'now'], result: 'bool' }),
      ...one(step.forEach, { at: `${step.at}/forEach`, variables: ['self', 'observed', 'steps', 'now'], result: 'any', sends: true }),
      ...callUses(step),
    ]),
  ]
}

function callUses(call: CallDescription): readonly CelUse[] {
  const { absentWhen, errorWhen } = call.outcome
  const answer: readonly CelVariable[] = [...REQUEST, 'response']
  return [
    ...[...call.fieldMapping, ...(call.async?.poll?.fieldMapping ?? [])].flatMap(mappingUses),
    ...one(celInBody(call), { at: `${call.at}/body/from`, variables: REQUEST, result: 'any', sends: true }),
    ...one(absentWhen, { at: `${call.at}/outcome/absentWhen`, variables: answer, result: 'bool' }),
    ...one(errorWhen, { at: `${call.at}/outcome/errorWhen`, variables: answer, result: 'bool' }),
  ]
}

function mappingUses(mapping: FieldMapping): readonly CelUse[] {
  if (mapping.direction === 'response' || mapping.from.type !== 'cel') return []
  return [{ source: mapping.from.program, at: `${mapping.at}/value`, variables: REQUEST, result: 'any', sends: true }]
}

/** `body.from` is a field of the resource, or an expression. */
export function celInBody({ body: { from } }: Pick<CallDescription, 'body'>): string | undefined {
  if (from === undefined) return undefined
  const parsed = parsePath(from)
  const root = parsed.ok ? parsed.path[0] : undefined
  const isField = root !== undefined && 'key' in root && ['spec', 'status', 'metadata'].includes(root.key)
  return isField ? undefined : from
}
