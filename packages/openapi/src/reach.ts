import type { Document } from './document.js'
import type { MediaType, Operation, Schema } from './normal-form.js'

/** Every schema that a schema reaches, itself first, each once. */
export function* reachableSchemas(starts: Iterable<Schema>): Generator<Schema> {
  const seen = new Set<Schema>()
  const open = [...starts].reverse()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    yield next
    for (const child of childSchemas(next).toReversed()) open.push(child)
  }
}

export function childSchemas(schema: Schema): readonly Schema[] {
  const { additionalProperties: additional, items, not } = schema
  return [
    ...schema.properties.values(), ...(typeof additional === 'object' ? [additional] : []), ...(items === undefined ? [] : [items]),
    ...schema.prefixItems, ...schema.allOf, ...schema.oneOf, ...schema.anyOf, ...(not === undefined ? [] : [not]),
    ...(schema.discriminator?.mapping.values() ?? []),
  ]
}

/** The schemas at which the parameters, the body and the answers of an operation begin. */
export function operationSchemas(operation: Operation): readonly Schema[] {
  return [
    ...operation.parameters.flatMap((parameter) => schemasOf([parameter, parameter.content ?? {}])),
    ...schemasOf(operation.requestBody?.content.values() ?? []),
    ...[...operation.responses.values()].flatMap(({ content, headers }) => schemasOf([...content.values(), ...headers.values()])),
  ]
}

function schemasOf(holders: Iterable<Pick<MediaType, 'schema'>>): readonly Schema[] {
  return [...holders].flatMap(({ schema }) => schema ?? [])
}

export interface OperationName {
  readonly path: string
  readonly method: string
}

/**
 * The addresses of other documents that the given operations need and that are not loaded. Load them, link again and ask
 * again: a loaded document may refer to further ones.
 */
export function wantedUris(document: Document, operations: Iterable<OperationName>): readonly string[] {
  for (const { path, method } of operations) {
    const { value } = document.operation(path, method)
    if (value === undefined) continue
    for (const _ of reachableSchemas(operationSchemas(value))) continue
  }
  return document.missing
}
