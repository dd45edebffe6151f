import { finding, type Finding } from '@oasgen/diagnostics'
import { printPath } from '@oasgen/fieldpath'
import { placesOf } from '@oasgen/plan'
import type { Context } from './context.js'
import type { Decision } from './decision.js'
import { retryLater, stopFor, type Verb } from './trouble.js'
import { currentServer } from './server.js'

/** What has to be known before anything external is asked; `undefined` when all of it is. */
export function environmentTrouble(context: Context, verb: Verb): Decision | undefined {
  return configurationTrouble(context, verb) ?? serverTrouble(context, verb)
}

function configurationTrouble(context: Context, verb: Verb): Decision | undefined {
  const { configuration } = context.subject
  switch (configuration?.state) {
    case undefined: return context.prepared.plan.configuration?.required === true ? stopFor(context, verb, finding('ENG0703', { name: '(none)' })) : undefined
    case 'found': return undefined
    case 'missing': return retryLater(context, verb, finding('ENG0703', { name: `${configuration.namespace}/${configuration.name}` }))
    case 'unknown': return retryLater(context, verb, finding('ENG0704', { problem: configuration.message }))
    case 'forbidden': return stopFor(context, verb, finding('ENG0707', { problem: configuration.message }))
  }
}

/** An object lives at one address; another one under its feet would be a second object, not the same (R16). */
function serverTrouble(context: Context, verb: Verb): Decision | undefined {
  const recorded = context.memory.server
  if (recorded === undefined) return undefined
  const current = currentServer(context)
  return current === undefined || current === recorded ? undefined : stopFor(context, verb, serverChanged(recorded, current))
}

function serverChanged(recorded: string, current: string): Finding {
  return finding('ENG0706', { recorded, current })
}

/** References that others have not filled yet; `absent` when a parent is proven gone. */
export function referenceState({ subject, prepared }: Context): 'resolved' | 'absent' | Finding {
  for (const { path: pattern, parent } of prepared.plan.references ?? []) {
    const isInList = pattern.includes('[]')
    const paths = isInList ? placesOf(subject.resource, pattern).map(printPath) : [pattern]
    for (const path of paths) {
      const state = subject.references[path]
      if (state?.state === 'waiting') return finding('ENG0705', { path, problem: state.message })
      // One element of a list is no parent of the whole.
      if (state?.state === 'absent') return parent === true && !isInList ? 'absent' : finding('ENG0705', { path, problem: 'the other resource is gone' })
    }
  }
  return 'resolved'
}
