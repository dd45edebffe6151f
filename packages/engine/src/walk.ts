import { finding } from '@oasgen/diagnostics'
import type { Exchange } from '@oasgen/wire'
import { brokenBody, readAnswer } from './answer.js'
import { bindingsOf, send, type Context } from './context.js'
import type { Decision, Observed, Outcome } from './decision.js'
import { isDeclaredAbsent, transformBody } from './interpret.js'
import type { Identity } from './identity.js'
import { itemsOf } from './list.js'
import { candidateName, matchItem, type Match, type PreparedMatch } from './match.js'
import { firstPage, nextPage, type Page } from './pagination.js'
import type { PreparedAction } from './prepare.js'
import type { PreparedCall } from './prepared-call.js'
import { runVerb } from './verb-run.js'
import { viewOf } from './view.js'

/** What a list, read page by page, says about the object. `used`: how many exchanges it took. */
export type Walk =
  | Extract<Decision, { type: 'send' }>
  | { readonly type: 'unbuildable' }
  | { readonly type: 'found'; readonly observed: Observed; readonly match: 'same' | 'candidate'; readonly used: number }
  | { readonly type: 'absent'; readonly proof: string; readonly used: number }
  | { readonly type: 'failed'; readonly outcome: Outcome }

export interface WalkInput {
  readonly context: Context
  readonly prepared: PreparedAction
  readonly match: PreparedMatch
  /** The identity to look for; empty after get has proven that it is gone: then whatever looks like the object counts. */
  readonly known: Identity
  readonly seen: readonly Exchange[]
  readonly why: string
}

interface Progress {
  readonly pages: Page[]
  readonly candidates: Observed[]
}

/** Walks to the end, so that a second candidate is seen; only the object that carries the known identity ends it early. */
export function walk(input: WalkInput): Walk {
  const { seen, prepared } = input
  const progress: Progress = { pages: [], candidates: [] }
  for (const exchange of seen) {
    const page = readPage(input, exchange, progress)
    if (page !== undefined) return page
    const next = nextPage(prepared.plan.pagination, progress.pages)
    if (next.type === 'broken') return { type: 'failed', outcome: { type: 'broken', finding: next.finding, sent: 'maybe' } }
    if (next.type === 'end') return conclude(input, progress)
    if (seen.length === progress.pages.length) return send(next.request, { action: 'findby', call: 'page', index: progress.pages.length, why: input.why })
  }
  return startWalk(input)
}

function startWalk({ context, prepared, why }: WalkInput): Walk {
  const run = runVerb({ context, action: 'findby', prepared, seen: [], why })
  if (run.type !== 'send') return { type: 'unbuildable' }
  return { ...run, request: firstPage(prepared.plan.pagination, run.request) }
}

/** `undefined`: the page was read, and nothing on it ends the walk. */
function readPage(input: WalkInput, exchange: Exchange, progress: Progress): Walk | undefined {
  const call = input.prepared.call as PreparedCall
  const answered = readAnswer('findby', call.plan.response, exchange)
  if (answered.type === 'outcome') return endOfWalk(answered.outcome, progress.pages.length + 1)
  const { response } = answered
  const bindings = bindingsOf(input.context)
  // 204 is an empty list; a 200 without a body is an answer that got lost.
  const body = response.status === 204 ? { ok: true as const, value: [] } : response.body.type === 'json' ? transformBody(call.response, response.body.value, bindings) : { ok: false as const, problem: 'it is empty or not JSON' }
  if (!body.ok) return { type: 'failed', outcome: brokenBody('findby', exchange, body.problem) }
  const read = itemsOf(call.response, body.value)
  if (read.type === 'broken') return { type: 'failed', outcome: brokenBody('findby', exchange, read.problem) }
  progress.pages.push({ exchange, response, items: read.items.length })
  for (const item of read.items) {
    const observed = viewOf(item.object, { whole: item.whole, headers: response.headers }, call.response.mappings)
    const match = isDeclaredAbsent(call.response, item.whole, bindings) ? 'other' : matchOf(input, observed)
    if (match === 'same') return { type: 'found', observed, match, used: progress.pages.length }
    if (match === 'candidate') progress.candidates.push(observed)
  }
  return undefined
}

function matchOf({ context, match, known }: WalkInput, observed: Observed): Match {
  const { prepared, resource, uid } = context
  return matchItem({ match, identity: prepared.identity, known, resource, uid }, observed)
}

function endOfWalk(outcome: Outcome, used: number): Walk {
  if (outcome.type === 'absent' && outcome.weak !== true) return { type: 'absent', proof: `the list: ${outcome.proof}`, used }
  if (outcome.type === 'accepted') return { type: 'absent', proof: 'the list: tolerated as empty', used }
  return { type: 'failed', outcome }
}

function conclude({ context }: WalkInput, { pages, candidates }: Progress): Walk {
  const [first, second] = candidates
  if (first === undefined) return { type: 'absent', proof: 'the list does not have it', used: pages.length }
  if (second === undefined) return { type: 'found', observed: first, match: 'candidate', used: pages.length }
  const names = candidates.slice(0, 5).map((item) => candidateName(context.prepared.identity, item))
  const ambiguous = finding('ENG0301', { count: candidates.length, candidates: names.join(', ') })
  return { type: 'failed', outcome: { type: 'ambiguous', candidates: names, finding: ambiguous } }
}
