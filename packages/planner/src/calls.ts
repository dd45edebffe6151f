import type { CallModel, ResourceModel, VerbModel } from '@oasgen/model'
import type { Operation } from '@oasgen/openapi'

/** The calls of a verb, in the order of sending. */
export function callsOf(verb: VerbModel | undefined): readonly CallModel[] {
  return verb === undefined ? [] : [...(verb.call === undefined ? [] : [verb.call]), ...verb.steps]
}

/** Every operation that is used, those of polls and proofs too. */
export function allOperations({ verbs }: ResourceModel): readonly Operation[] {
  return (['get', 'findby', 'create', 'update', 'delete'] as const).flatMap((action) => {
    const calls = callsOf(verbs[action]).flatMap(({ operation, poll }) => [operation, poll?.operation])
    return [...calls, verbs[action]?.proof?.operation].filter((operation) => operation !== undefined)
  })
}
