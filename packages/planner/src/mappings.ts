import { parsePath } from '@oasgen/fieldpath'
import type { CallDescription, FieldMapping, RequestMapping, ResponseMapping, RestDefinition } from '@oasgen/restdefinition'

/** Mappings that fill one place of a request. */
export function mappingsInto(mappings: readonly FieldMapping[], place: RequestMapping['to']['in']): readonly RequestMapping[] {
  return mappings.flatMap((mapping) => (mapping.direction === 'request' && mapping.to.in === place ? [mapping] : []))
}

/** Mappings of answers. */
export function mappingsOut(mappings: readonly FieldMapping[]): readonly ResponseMapping[] {
  return mappings.flatMap((mapping) => (mapping.direction === 'response' ? [mapping] : []))
}

/** The place in the resource that a mapping copies as it is. */
export function copiedFrom(mapping: RequestMapping | undefined): string | undefined {
  return mapping?.from.type === 'resource' && mapping.alias === undefined ? mapping.from.path : undefined
}

/** A name of a query, header or path; the reference writes one with dots as a path: `['api.version']`. */
export function nameIn(path: string): string {
  const parsed = parsePath(path)
  const [only, ...rest] = parsed.ok ? parsed.path : []
  return only !== undefined && rest.length === 0 && 'key' in only ? only.key : path
}

export interface DescribedCall {
  readonly call: CallDescription
  /** Those of its poll too. */
  readonly mappings: readonly FieldMapping[]
}

/** Every call that the definition describes. */
export function describedCalls({ resource }: RestDefinition): readonly DescribedCall[] {
  const calls: readonly CallDescription[] = resource.verbsDescription.flatMap((verb) => [verb, ...verb.steps])
  return calls.map((call) => ({ call, mappings: [...call.fieldMapping, ...(call.async?.poll?.fieldMapping ?? [])] }))
}
