import type { CallModel, ResourceModel } from '@oasgen/model'
import type { Operation } from '@oasgen/openapi'

export interface CallUse {
  readonly call: CallModel | undefined
  readonly poll: Operation | undefined
  readonly proof: Operation | undefined
}

/** Everything that a definition sends, in the order of its verbs. */
export function allCalls({ verbs }: ResourceModel): readonly CallUse[] {
  return (['get', 'findby', 'create', 'update', 'delete'] as const).flatMap((action) => {
    const verb = verbs[action]
    if (verb === undefined) return []
    const calls = [...(verb.call === undefined ? [] : [verb.call]), ...verb.steps]
    const uses = calls.map((call) => ({ call, poll: call.poll?.operation, proof: undefined }))
    return verb.proof === undefined ? uses : [...uses, { call: undefined, poll: undefined, proof: verb.proof.operation }]
  })
}
