import type { Place } from '@oasgen/diagnostics'
import { fromPointer, printPath } from '@oasgen/fieldpath'
import type { JsonValue } from '@oasgen/json'
import type { DefinitionMetadata, DefinitionSource } from '../definition.js'

interface Cited {
  readonly metadata: DefinitionMetadata
  readonly source: DefinitionSource
}

/** Where a pointer into a definition stands, as findings cite it: a line of the file, or a field of the object. */
export function definitionPlace({ metadata, source }: Cited, pointer: string): Place {
  if (source.uri === undefined) {
    return { kind: 'resource', resource: `RestDefinition ${metadata.namespace}/${metadata.name}`, path: fieldText(pointer) }
  }
  const position = source.positionOf?.(pointer)
  return { kind: 'document', uri: source.uri, pointer, ...(position && { position }) }
}

/** A pointer as the words of messages: `spec.resource.verbsDescription[1].path`. */
export function fieldText(pointer: string, value?: JsonValue): string {
  return printPath(fromPointer(pointer, value) ?? [])
}
