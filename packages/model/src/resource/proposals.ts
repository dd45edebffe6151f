import { secretLooking } from '../check/fields.js'
import { referenceFieldName, secretFieldName } from '../naming/companions.js'
import type { ResourceModel } from '../resource-model.js'
import { typesOf } from '../schema/look.js'

/** What a definition could ask for and does not. Proposed to whoever writes it, never imposed. */
export interface Proposals {
  readonly references: readonly ReferenceProposal[]
  readonly secrets: readonly SecretProposal[]
}

export interface ReferenceProposal {
  /** `spec.zone_id` */
  readonly path: string
  /** The field that the kind would gain: `zoneRef`. */
  readonly field: string
  /** Kind that it most likely names: `Zone`. */
  readonly kind: string
  /** Why: a parent of the path, or the form of the name. */
  readonly because: 'path' | 'name'
  /** `/zones/{zone_id}`, for parents. */
  readonly collection?: string
}

export interface SecretProposal {
  readonly path: string
  readonly field: string
}

export function buildProposals(model: ResourceModel): Proposals {
  const settled = new Set(
    model.definition.resource.fields.filter(({ reference, secret }) => reference !== undefined || secret).map(({ path }) => path),
  )
  const open = (path: string): boolean => !settled.has(path)
  return {
    references: [...parents(model), ...named(model)].filter(({ path }) => open(path)),
    secrets: secretLooking(model).map(({ name }) =>
      ({ path: `spec.${name}`, field: secretFieldName(name) }),
    ).filter(({ path }) => open(path)),
  }
}

function parents(model: ResourceModel): readonly ReferenceProposal[] {
  return model.parents.filter(({ parameter }) =>
    model.spec.some(({ name }) => name === parameter),
  ).map(({ parameter, field, collection }) => ({
    path: field,
    field: referenceFieldName(parameter),
    kind: kindOf(parameter, collection),
    because: 'path',
    ...(collection !== undefined && { collection }),
  }))
}

/** The literal before the parameter names the collection; its singular is the kind. */
function kindOf(parameter: string, collection: string | undefined): string {
  const literal = collection?.split('/').filter((segment) => segment !== '' && !segment.includes('{')).at(-1)
  return pascal(literal === undefined ? stem(parameter) ?? parameter : singular(literal))
}

const ID_NAME = /^(.+?)[-_]?(?:id|Id|ID|uuid|Uuid)$/

function stem(name: string): string | undefined {
  return ID_NAME.exec(name)?.[1]
}

/** `networkId` of a body names a Network, unless it names the object itself or one of its parents. */
function named(model: ResourceModel): readonly ReferenceProposal[] {
  const taken = new Set([...model.parents.map(({ parameter }) => parameter), ...model.identity.map(({ parameter }) => parameter)])
  return model.spec.flatMap(({ name, origin, schema }) => {
    const word = origin.type === 'body' && !taken.has(name) ? stem(name) : undefined
    const types = typesOf(schema)
    const scalar = types.every((type) => type === 'string' || type === 'integer')
    if (word === undefined || !scalar || pascal(word) === model.names.kind) return []
    return [{ path: `spec.${name}`, field: referenceFieldName(name), kind: pascal(word), because: 'name' as const }]
  })
}

function singular(word: string): string {
  if (/ies$/i.test(word)) return word.replace(/ies$/i, 'y')
  if (/(?:ss|us|is)$/i.test(word)) return word
  return /(?:x|ch|sh|s)es$/i.test(word) ? word.replace(/es$/i, '') : word.replace(/s$/i, '')
}

function pascal(word: string): string {
  return word.replace(/[^A-Za-z0-9]+/g, ' ').trim().split(' ').map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('')
}
