import { finding, type Finding } from '@oasgen/diagnostics'
import type { Exchange } from '@oasgen/wire'
import { readAnswer } from './answer.js'
import type { Context } from './context.js'
import type { Decision, Observed, Outcome } from './decision.js'
import { identityFrom, type Identity } from './identity.js'
import { canRecognise } from './match.js'
import { buildCall, lacksValues } from './verb-call.js'
import { runVerb } from './verb-run.js'
import { walk, type Walk } from './walk.js'

/** What is known about the external object after all reads. Only `absent` is absence. */
export type Observation =
  | { readonly type: 'found'; readonly observed: Observed; readonly match: 'same' | 'candidate'; readonly identity: Identity; readonly via: 'get' | 'findby' }
  /** It answers without a body: there, and taken as it should be. */
  | { readonly type: 'assumed' }
  /** `lookedUp`: a list that could have shown the object does not have it. */
  | { readonly type: 'absent'; readonly proof: string; readonly lookedUp: boolean }
  | { readonly type: 'unknown'; readonly outcome: Outcome }
  /** Neither get nor findby can be asked. */
  | { readonly type: 'unobservable' }
  | { readonly type: 'unbuildable'; readonly findings: readonly Finding[] }

export type Observing = Extract<Decision, { type: 'send' }> | Observation

export interface ObserveInput {
  readonly context: Context
  /** Exchanges since the last change; the first of them says how this observation began. */
  readonly seen: readonly Exchange[]
  readonly why: string
}

/** get when its parameters can be filled, else findby, paged to the end; an absence that get reports is confirmed by findby. */
export function observe(input: ObserveInput): Observing {
  const { prepared } = input.context
  const began = input.seen[0]?.purpose.action
  if (began !== 'findby' && prepared.actions.get !== undefined) {
    const got = observeByGet(input)
    if (got.type !== 'unbuildable' || !lacksValues(got.findings)) return got
  }
  return observeByList(input, 0, input.context.known)
}

function observeByGet(input: ObserveInput): Observing {
  const { context, seen, why } = input
  const get = context.prepared.actions.get
  if (get === undefined) return { type: 'unobservable' }
  const run = runVerb({ context, action: 'get', prepared: get, seen, why })
  if (run.type === 'record') return { type: 'unobservable' }
  if (run.type !== 'answered') return run
  switch (run.outcome.type) {
    case 'found': return foundBy('get', context, run.outcome.observed, run.exchange)
    case 'accepted':
    case 'pending': return { type: 'assumed' }
    case 'absent': return confirmAbsence(input, run.outcome, run.used)
    case 'ambiguous':
    case 'refused':
    case 'throttled':
    case 'unauthorised':
    case 'conflict':
    case 'broken': return { type: 'unknown', outcome: run.outcome }
  }
}

function foundBy(via: 'get' | 'findby', context: Context, observed: Observed, exchange: Exchange | undefined): Extract<Observation, { type: 'found' }> {
  const headers = exchange?.result.type === 'response' ? exchange.result.response.headers : {}
  const identity = identityFrom(context.prepared.identity, { observed, headers }, context.known)
  return { type: 'found', observed, match: via === 'get' ? 'same' : 'candidate', identity, via }
}

type Absent = Extract<Outcome, { type: 'absent' }>

/** The proof that the definition asks for, then the list: a 404 alone may mean a lost permission or a wrong parent. */
function confirmAbsence(input: ObserveInput, absent: Absent, used: number): Observing {
  const { context, seen } = input
  const proof = context.prepared.actions.get?.absenceProof
  if (proof === undefined) return confirmByList(input, absent, used)
  const exchange = seen[used]
  if (exchange === undefined) {
    const purpose = { action: 'get', call: 'absenceProof', why: 'prove the absence' } as const
    return buildCall({ ...input, action: 'get', prepared: { ...EMPTY_ACTION, call: proof } }, proof, purpose)
  }
  const answered = readAnswer('get', proof.plan.response, exchange)
  if (answered.type === 'success') return confirmByList(input, absent, used + 1)
  const unproven = finding('ENG0305', { proof: absent.proof })
  return { type: 'unknown', outcome: { type: 'broken', finding: unproven, sent: 'maybe' } }
}

const EMPTY_ACTION = { plan: {}, steps: [], match: undefined, async: undefined, absenceProof: undefined } as const

function confirmByList(input: ObserveInput, absent: Absent, used: number): Observing {
  const listed = observeByList(input, used, {})
  if (listed.type !== 'unobservable' && listed.type !== 'unbuildable') return listed.type === 'absent' ? { ...listed, proof: `${absent.proof} and ${listed.proof}` } : listed
  if (absent.weak !== true) return { type: 'absent', proof: absent.proof, lookedUp: isNamed(input.context) }
  return { type: 'unknown', outcome: { type: 'broken', finding: finding('ENG0305', { proof: absent.proof }), sent: 'maybe' } }
}

/** Nothing of the identity is the API's: get under the user's name is as good as a list. */
function isNamed({ prepared }: Context): boolean {
  return prepared.identity.parts.every(({ plan }) => plan.assigned === 'spec')
}

function observeByList(input: ObserveInput, from: number, known: Identity): Observing {
  const { context, seen, why } = input
  const findby = context.prepared.actions.findby
  if (findby?.match === undefined) return { type: 'unobservable' }
  const walked = walk({ context, prepared: findby, match: findby.match, known, seen: seen.slice(from), why })
  switch (walked.type) {
    case 'send': return walked
    case 'unbuildable': return { type: 'unobservable' }
    case 'failed': return { type: 'unknown', outcome: walked.outcome }
    case 'absent': return { type: 'absent', proof: walked.proof, lookedUp: canRecognise(findby.match, context.resource) }
    case 'found': return detail(input, walked, from + walked.used)
  }
}

type Listed = Extract<Walk, { type: 'found' }>

/** A list often shows less than the object: get completes it before anything is compared. */
function detail(input: ObserveInput, listed: Listed, from: number): Observing {
  const { context, seen } = input
  const { actions, identity } = context.prepared
  const fromList: Observation = { ...foundBy('findby', context, listed.observed, undefined), match: listed.match }
  if (actions.findby?.match?.plan.itemsComplete === true || actions.get === undefined || isAnsweredByGet(seen, from)) return fromList
  const known = identityFrom(identity, { observed: listed.observed, headers: {} }, context.known)
  const run = runVerb({ context, action: 'get', prepared: actions.get, seen: seen.slice(from), why: 'read the whole object', extras: { identity: known } })
  if (run.type === 'send') return run
  if (run.type === 'unbuildable' || run.type === 'record') return fromList
  if (run.outcome.type === 'found') return { ...foundBy('get', context, run.outcome.observed, run.exchange), match: listed.match, identity: known }
  if (run.outcome.type === 'absent') return { type: 'unknown', outcome: { type: 'broken', finding: finding('ENG0307', { proof: run.outcome.proof }), sent: 'maybe' } }
  return run.outcome.type === 'accepted' || run.outcome.type === 'pending' ? fromList : { type: 'unknown', outcome: run.outcome }
}

/** get said absent and the list has it: asking get again would say the same. */
function isAnsweredByGet(seen: readonly Exchange[], from: number): boolean {
  return seen.slice(0, from).some(({ purpose }) => purpose.action === 'get' && purpose.call === 'main')
}
