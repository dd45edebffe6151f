import type { Exchange, Instant } from '@oasgen/wire'
import { readAnswer } from './answer.js'
import { compareFound } from './compare-found.js'
import { bindingsOf, contextOf } from './context.js'
import type { Decision, FieldDifference, Observed, Outcome, Subject } from './decision.js'
import { plainDifference } from './differences.js'
import { identityFrom, type Identity } from './identity.js'
import { transformBody } from './interpret.js'
import { itemsOf } from './list.js'
import type { PreparedMatch } from './match.js'
import { observe } from './observe.js'
import type { PreparedPlan } from './prepare.js'
import { viewOf } from './view.js'
import { walk } from './walk.js'

/** What the reads of a reconcile show, for people: the controller itself goes by `decide` alone. */
export type Look =
  | { readonly type: 'found'; readonly observed: Observed; readonly identity: Identity; readonly differences: readonly LookedDifference[] }
  | { readonly type: 'absent'; readonly proof: string }
  | { readonly type: 'other' }

/** `settled`: known to be the API's own way of holding what was sent. */
export type LookedDifference = FieldDifference & { readonly settled: boolean }

/** `exchanges`: the reads of one reconcile, up to the first request that changes something. */
export function lookAt(prepared: PreparedPlan, subject: Subject, exchanges: readonly Exchange[], instant: Instant): Look {
  const context = contextOf(prepared, subject, exchanges, instant)
  const seen = observe({ context, seen: exchanges, why: 'observe' })
  if (seen.type === 'absent') return { type: 'absent', proof: seen.proof }
  if (seen.type !== 'found') return { type: 'other' }
  const differences = compareFound(context, seen).map((difference) => ({ ...plainDifference(difference), settled: difference.settled }))
  return { type: 'found', observed: seen.observed, identity: seen.identity, differences }
}

/** Fits nothing, so that a list is read to its end. */
const NOBODY: PreparedMatch = { plan: { policy: 'AND', identifiers: [] }, identifiers: [], mark: undefined }

/** Reads the whole list of the collection in which the resource would stand. `read`: every page is there. */
export type CollectionWalk =
  | Extract<Decision, { type: 'send' }>
  | { readonly type: 'read'; readonly objects: readonly CollectionObject[] }
  | { readonly type: 'unbuildable' }
  | { readonly type: 'failed'; readonly outcome: Outcome }

export interface CollectionObject {
  readonly observed: Observed
  readonly identity: Identity
}

export function walkCollection(prepared: PreparedPlan, subject: Subject, exchanges: readonly Exchange[], instant: Instant): CollectionWalk {
  const context = contextOf(prepared, subject, exchanges, instant)
  const findby = prepared.actions.findby
  if (findby === undefined) return { type: 'unbuildable' }
  const walked = walk({ context, prepared: findby, match: NOBODY, known: {}, seen: exchanges, why: 'read the collection' })
  if (walked.type === 'send' || walked.type === 'unbuildable' || walked.type === 'failed') return walked
  return { type: 'read', objects: exchanges.flatMap((exchange) => objectsOf(prepared, subject, exchange, instant)) }
}

function objectsOf(prepared: PreparedPlan, subject: Subject, exchange: Exchange, instant: Instant): readonly CollectionObject[] {
  const call = prepared.actions.findby?.call
  if (call === undefined || (exchange.purpose.call !== 'main' && exchange.purpose.call !== 'page')) return []
  const answered = readAnswer('findby', call.plan.response, exchange)
  if (answered.type === 'outcome' || answered.response.body.type !== 'json') return []
  const { headers, body } = answered.response
  const transformed = transformBody(call.response, body.value, bindingsOf(contextOf(prepared, subject, [], instant)))
  const read = transformed.ok ? itemsOf(call.response, transformed.value) : undefined
  if (read?.type !== 'items') return []
  return read.items.map(({ whole, object }) => {
    const observed = viewOf(object, { whole, headers }, call.response.mappings)
    return { observed, identity: identityFrom(prepared.identity, { observed, headers: {} }, {}) }
  })
}
