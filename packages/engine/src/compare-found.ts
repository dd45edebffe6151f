import { ruleFor } from './compare-rules.js'
import type { Context } from './context.js'
import { differencesOf, type Difference } from './differences.js'
import { memoryOf } from './effects.js'
import { identityEdits } from './identity.js'
import type { Observation } from './observe.js'
import { pathOf } from './reader.js'
import { generationOf, specOf } from './resource.js'
import { secretsOf } from './sent.js'

export type Found = Extract<Observation, { type: 'found' }>

/** `memory`: by default with what this reconcile has just sent. */
export function compareFound(context: Context, { observed }: Found, memory = memoryOf(context)): readonly Difference[] {
  const { prepared, resource } = context
  const compared = differencesOf({
    comparison: prepared.comparison, spec: specOf(resource), generation: generationOf(resource), observed, memory, secrets: secretsOf(context),
  })
  const moved = renames(context)
  return moved.length === 0 ? compared : [...compared, ...moved]
}

/** The user wants it under another name or parent: another object, unless the definition says that it can be moved. */
function renames({ prepared, known, resource }: Context): readonly Difference[] {
  return identityEdits(prepared.identity, known, resource).map(({ path, wanted, recorded }) => ({
    path, desired: wanted, observed: recorded, class: 'userEdit', place: pathOf(path).slice(1), kind: 'value', settled: false,
    immutable: ruleFor(prepared.comparison, path)?.plan.immutable ?? 'deny',
  }))
}
