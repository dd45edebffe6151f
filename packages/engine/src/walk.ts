import { finding } from '@oasgen/diagnostics'
import { canonicalJson } from '@oasgen/json'
import type { PaginationPlan } from '@oasgen/plan'
import type { Exchange } from '@oasgen/wire'
import { brokenBody, readAnswer } from './answer.js'
import { bindingsOf, send, type Context } from './context.js'
import type { Decision, Observed, Outcome } from './decision.js'
import { isDeclaredAbsent, transformBody } from './interpret.js'
import { identityFrom, isComplete, type Identity } from './identity.js'
import { itemsOf } from './list.js'
import { candidateName, matchItem, type Match, type PreparedMatch } from './match.js'
import { isOwned } from './owned.js'
import { firstPage, nextPage, type Page } from './pagination.js'
import type { PreparedAction } from './prepare.js'
import type { PreparedCall } from './prepared-call.js'
import type { Bindings } from './programs.js'
import { runSteps } from './steps.js'
import { buildCall } from './verb-call.js'
import { stepsOf } from './verb-run.js'
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

/** Without a declared way of paging, an answer that links to the next page is followed all the same: the object may stand there. */
const LINKS: PaginationPlan = { type: 'linkHeader', maxPages: 1000 }

interface Progress {
  readonly pages: Page[]
  readonly candidates: Observed[]
  readonly partial: Observed[]
}

/** The call whose answers are the pages, and what look-ups before it gave. */
interface Listing extends WalkInput {
  readonly call: PreparedCall
  readonly bindings: Bindings
}

export function walk(input: WalkInput): Walk {
  const { prepared, context } = input
  const parts = prepared.steps.length > 0 ? stepsOf(prepared) : []
  const call = parts.at(-1)?.call ?? prepared.call
  if (call === undefined) return { type: 'unbuildable' }
  const looked = runSteps({ ...input, action: 'findby' }, parts.slice(0, -1))
  switch (looked.type) {
    case 'send': return looked
    case 'unbuildable':
    case 'record': return { type: 'unbuildable' }
    case 'failed': return endOfWalk(looked.outcome, looked.used)
    case 'finished': {
      const bindings: Bindings = { ...bindingsOf(context), steps: looked.answers }
      return walkPages({ ...input, seen: input.seen.slice(looked.used), call, bindings }, looked.used)
    }
  }
}

/** To the end, so that a second candidate is seen; only the object that carries the known identity ends it early. */
function walkPages(input: Listing, before: number): Walk {
  const { seen, prepared } = input
  const progress: Progress = { pages: [], candidates: [], partial: [] }
  for (const exchange of seen) {
    const page = readPage(input, exchange, progress)
    if (page !== undefined) return withUsed(page, before)
    const next = nextPage(prepared.plan.pagination ?? LINKS, progress.pages)
    if (next.type === 'broken') return { type: 'failed', outcome: { type: 'broken', finding: next.finding, sent: 'maybe' } }
    if (next.type === 'end') return withUsed(conclude(input, progress), before)
    if (seen.length === progress.pages.length) return send(next.request, { action: 'findby', call: 'page', index: progress.pages.length, why: input.why })
  }
  return startWalk(input)
}

function withUsed(result: Walk, before: number): Walk {
  return 'used' in result ? { ...result, used: result.used + before } : result
}

function startWalk({ context, prepared, why, call, bindings }: Listing): Walk {
  const run = buildCall({ context, action: 'findby', prepared, seen: [], why, extras: { bindings } }, call, { action: 'findby', call: 'main', why })
  if (run.type !== 'send') return { type: 'unbuildable' }
  return { ...run, request: firstPage(prepared.plan.pagination, run.request) }
}

/** `undefined`: the page was read, and nothing on it ends the walk. */
function readPage(input: Listing, exchange: Exchange, progress: Progress): Walk | undefined {
  const { call, bindings } = input
  const answered = readAnswer('findby', call.plan.response, exchange)
  if (answered.type === 'outcome') return endOfWalk(answered.outcome, progress.pages.length + 1)
  const { response } = answered
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
    if (match === 'partial') progress.partial.push(observed)
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

function conclude({ context }: WalkInput, { pages, candidates: whole, partial }: Progress): Walk {
  const candidates = distinct(context, whole.length === 0 && isOwned(context) ? partial : whole)
  const [first, second] = candidates
  if (first === undefined) return { type: 'absent', proof: 'the list does not have it', used: pages.length }
  if (second === undefined) return { type: 'found', observed: first, match: 'candidate', used: pages.length }
  const names = candidates.slice(0, 5).map((item) => candidateName(context.prepared.identity, item))
  const ambiguous = finding('ENG0301', { count: candidates.length, candidates: names.join(', ') })
  return { type: 'failed', outcome: { type: 'ambiguous', candidates: names, finding: ambiguous } }
}

/** Pages that shift while they are read show an object twice: the same identity is the same object. */
function distinct({ prepared: { identity } }: Context, candidates: readonly Observed[]): readonly Observed[] {
  const seen = new Set<string>()
  return candidates.filter((observed) => {
    const found = identityFrom(identity, { observed, headers: {} }, {})
    const key = identity.parts.length > 0 && isComplete(identity, found) ? canonicalJson(found) : undefined
    const isNew = key === undefined || !seen.has(key)
    if (key !== undefined) seen.add(key)
    return isNew
  })
}
