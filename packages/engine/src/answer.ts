import { finding, type ExchangePlace, type Finding } from '@oasgen/diagnostics'
import type { ResponsePlan } from '@oasgen/plan'
import { placeUrl, retryAfter, type Action, type Exchange, type HttpResponse, type Instant, type TransportFailure } from '@oasgen/wire'
import type { Outcome } from './decision.js'
import { errorText, saysExists } from './error-text.js'

/** What the status line alone decides. `success` leaves the word to the body. */
export type Answered =
  | { readonly type: 'success'; readonly response: HttpResponse }
  | { readonly type: 'outcome'; readonly outcome: Outcome }

/** Declared codes first, then what HTTP says. Only a declared absence, 404 and 410 are absent. */
export function readAnswer(action: Action, plan: ResponsePlan, exchange: Exchange): Answered {
  if (exchange.result.type === 'failure') return outcome(failureOutcome(action, exchange, exchange.result.failure))
  const { response } = exchange.result
  const { status } = response
  if (plan.tolerateCodes?.includes(status) === true) return outcome({ type: 'accepted' })
  if (plan.notFoundCodes?.includes(status) === true) return outcome(declaredAbsent(status))
  if (isSuccess(plan, status)) return { type: 'success', response }
  if (status === 404 || status === 410) return outcome({ type: 'absent', proof: `HTTP ${status}` })
  return outcome(refusal(action, exchange, response))
}

function outcome(value: Outcome): Answered {
  return { type: 'outcome', outcome: value }
}

// 401 and 403 are what an API says for a wrong token too: they need a list that lacks the object beside them.
function declaredAbsent(status: number): Outcome {
  return { type: 'absent', proof: `HTTP ${status}, declared as not found`, ...((status === 401 || status === 403) && { weak: true as const }) }
}

/**
 * Every 2xx is success, declared or not: the action has happened, and calling it a failure would repeat it. Other codes are
 * success only when listed by number.
 */
function isSuccess({ successCodes }: ResponsePlan, status: number): boolean {
  return (status >= 200 && status < 300) || status === 100 || status === 102 || successCodes.includes(String(status))
}

function failureOutcome(action: Action, exchange: Exchange, failure: TransportFailure): Outcome {
  const found = finding('ENG0206', { action, problem: `${failure.message} (${failure.code})` }, { where: placeOf(exchange) })
  const retry = failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }
  switch (failure.reason) {
    case 'credentialsMissing':
    case 'credentialsRejected': return { type: 'unauthorised', finding: found }
    case 'throttled':
    case 'circuitOpen': return { type: 'throttled', finding: found, ...retry }
    case 'notPermitted': return { type: 'refused', finding: found }
    case 'dns':
    case 'connect':
    case 'tls':
    case 'timeout':
    case 'reset':
    case 'tooLarge':
    case 'protocol':
    case 'aborted': return { type: 'broken', finding: found, sent: failure.sent, ...retry }
  }
}

function refusal(action: Action, exchange: Exchange, response: HttpResponse): Outcome {
  const { status } = response
  const where = placeOf(exchange, status)
  const text = errorText(response)
  const texts = { action, status, text: text === '' ? '' : `: ${text}` }
  const retry = retryOf(response, exchange.at + exchange.tookMs)
  if (status === 401 || status === 403) return { type: 'unauthorised', finding: finding('ENG0202', texts, { where }) }
  if (status === 429) return { type: 'throttled', finding: finding('ENG0203', texts, { where }), ...retry }
  if (status === 409 || status === 412 || status === 428) return { type: 'conflict', finding: finding('ENG0204', texts, { where }) }
  if (status < 400) return { type: 'broken', finding: finding('ENG0209', { action, status }, { where }), sent: 'maybe' }
  if (status === 408 || status === 423 || status === 425 || status >= 500) {
    return { type: 'broken', finding: finding('ENG0205', texts, { where }), sent: 'maybe', ...retry }
  }
  return { type: 'refused', finding: finding('ENG0201', texts, { where }), ...(saysExists(response) && { exists: true as const }) }
}

/** The exchange as findings name it. */
export function placeOf(exchange: Exchange, status?: number): ExchangePlace {
  return { kind: 'exchange', method: exchange.request.method, url: placeUrl(exchange.request.url), ...(status !== undefined && { status }) }
}

export function brokenBody(action: Action, exchange: Exchange, problem: string): { readonly type: 'broken'; readonly finding: Finding; readonly sent: 'maybe' } {
  return { type: 'broken', finding: finding('ENG0207', { action, problem }, { where: placeOf(exchange) }), sent: 'maybe' }
}

/** How long the API asks us to wait. */
export function retryOf({ headers }: HttpResponse, now: Instant): { readonly retryAfterMs?: number } {
  const retryAfterMs = retryAfter(headers, now)
  return retryAfterMs === undefined ? {} : { retryAfterMs }
}
