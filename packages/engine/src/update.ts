import { finding } from '@oasgen/diagnostics'
import { ANNOTATION, type Exchange, type HttpHeader } from '@oasgen/wire'
import type { Change } from './body.js'
import { ruleFor } from './compare-rules.js'
import { hasWritten, type Context } from './context.js'
import type { Decision, Observed } from './decision.js'
import type { Difference } from './differences.js'
import { chosenParts, externalNameOf, identityFrom, isComplete } from './identity.js'
import type { Found } from './found.js'
import type { Mutated } from './life.js'
import { annotationsOf } from './resource.js'
import { retryLater, troubleOf, unbuildable } from './trouble.js'
import { runVerb, type VerbRun } from './verb-run.js'

/** The first call of an update. */
export function update(context: Context, found: Found, differences: readonly Difference[]): Decision {
  const run = runUpdate(context, [], { change: changeOf(context, found.observed, differences), observed: found.observed })
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'update', run.findings, { observed: found.observed })
  throw new Error('an update without exchanges cannot be answered')
}

function changeOf({ prepared }: Context, observed: Observed, differences: readonly Difference[]): Change {
  return { observed: observed.body, differences, whenRemoved: (path) => ruleFor(prepared.comparison, path)?.plan.whenRemoved ?? 'omit' }
}

interface UpdateInput {
  readonly change?: Change
  readonly observed?: Observed
}

function runUpdate(context: Context, seen: readonly Exchange[], { change, observed }: UpdateInput): VerbRun {
  const prepared = context.prepared.actions.update
  if (prepared === undefined) return { type: 'unbuildable', findings: [finding('ENG0110', { action: 'update' })] }
  return runVerb({ context, action: 'update', prepared, seen, why: 'update', extras: { observed }, headers: versionHeader(context), ...(change && { change }) })
}

/** The version that was just read, where the document asks for `If-Match`. */
function versionHeader(context: Context): readonly HttpHeader[] {
  const call = context.prepared.actions.update?.call
  const wants = call?.parameters.some(({ plan }) => plan.in === 'header' && plan.name.toLowerCase() === 'if-match' && plan.sources.length === 0)
  const read = context.exchanges.findLast(({ purpose }) => purpose.action === 'get')
  const tag = read?.result.type === 'response' ? read.result.response.headers['etag'] : undefined
  return wants === true && tag !== undefined ? [{ name: 'if-match', value: tag }] : []
}

/** The answer to an update gives identity and errors, nothing else: what it shows is never compared. */
export function afterUpdate(context: Context, start: number): Mutated {
  const run = runUpdate(context, context.exchanges.slice(start), {})
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'update', run.findings)
  switch (run.outcome.type) {
    case 'found':
    case 'accepted':
    case 'pending': return renamed(context, run.outcome.observed, run.exchange, start + run.used) ?? { type: 'settled', used: run.used }
    case 'absent': return retryLater(context, 'update', finding('ENG0504', { proof: run.outcome.proof }))
    case 'ambiguous':
    case 'refused':
    case 'throttled':
    case 'unauthorised':
    case 'conflict':
    case 'broken': return troubleOf(context, 'update', run.outcome)
  }
}

/** An update may move the object: the new identity is stored before anything else is asked. */
function renamed(context: Context, observed: Observed | undefined, exchange: Exchange, end: number): Decision | undefined {
  const { prepared, resource, known } = context
  const headers = exchange.result.type === 'response' ? exchange.result.response.headers : {}
  const identity = identityFrom(prepared.identity, { observed, headers }, { ...known, ...chosenParts(prepared.identity, resource) })
  const name = isComplete(prepared.identity, identity) ? externalNameOf(prepared.identity, identity) : undefined
  if (name === undefined || name === annotationsOf(resource)[ANNOTATION.externalName] || hasWritten(context, 'identity', end)) return undefined
  return { type: 'write', write: { why: 'identity', annotations: { [ANNOTATION.externalName]: name } } }
}
