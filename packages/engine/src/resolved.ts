import { finding } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import { ANNOTATION, readCreateResolved } from '@oasgen/wire'
import { failedAnnotations, succeededAnnotations } from './attempt.js'
import { hasWrittenAhead, type Context } from './context.js'
import type { Decision } from './decision.js'
import { externalNameOf, fieldsOf } from './identity.js'
import { withMemory } from './memory.js'
import { isUnidentified } from './owned.js'
import { annotationsOf, metadataOf, textIn } from './resource.js'
import { stopFor, type Verb } from './trouble.js'

/** A person has looked what became of an unknown create. The word counts once and only for that create. */
export function resolveCreate(context: Context, verb: Verb): Decision | undefined {
  const { resource, attempt, instant, prepared } = context
  const resolved = readCreateResolved(annotationsOf(resource)[ANNOTATION.externalCreateResolved])
  const isOpen = attempt.type === 'pending' || context.memory.operation?.action === 'create' || isUnidentified(context)
  if (resolved === undefined || !isOpen || hasWrittenAhead(context)) return undefined
  if (resolved.type === 'malformed') return stopFor(context, verb, finding('ENG0407', { problem: resolved.problem }))
  const outcome = resolved.type === 'none'
    ? failedAnnotations(attempt, attempt.type === 'pending' ? attempt.number : attempt.number + 1, instant)
    : { ...succeededAnnotations(attempt, instant), ...named(externalNameOf(prepared.identity, { ...context.known, ...fieldsOf(prepared.identity, resolved.name) })) }
  return {
    type: 'write',
    write: { why: 'identity', resourceVersion: textIn(metadataOf(resource), 'resourceVersion'), annotations: { ...outcome, [ANNOTATION.externalCreateResolved]: null }, ...withoutOperation(context) },
  }
}

/** The operation that was waited for is answered by the same word. */
function withoutOperation({ resource, memory: { operation, ...memory } }: Context): { readonly status?: JsonObject } {
  return operation === undefined ? {} : { status: withMemory(resource, memory) }
}

function named(name: string | undefined): Readonly<Record<string, string>> {
  return name === undefined ? {} : { [ANNOTATION.externalName]: name }
}
