import { finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Action, Exchange, HttpResponse } from '@oasgen/wire'
import { brokenBody, placeOf, readAnswer, retryOf } from './answer.js'
import type { Outcome } from './decision.js'
import type { PreparedCall, PreparedResponse } from './prepared-call.js'
import type { Bindings } from './programs.js'
import { viewOf } from './view.js'

export interface InterpretInput {
  readonly action: Action
  readonly call: PreparedCall
  readonly exchange: Exchange
  readonly bindings: Bindings
  /** A look-up before the call that speaks about the object: whatever it answers is an answer. */
  readonly anyBody?: boolean
}

/** What an answer about one object means. */
export function interpret(input: InterpretInput): Outcome {
  const answered = readAnswer(input.action, input.call.plan.response, input.exchange)
  if (answered.type === 'outcome') return answered.outcome
  const { response } = answered
  const judged = judge(input, response)
  if (judged !== undefined) return judged
  if (input.anyBody === true) return response.body.type === 'unreadable' ? unreadable(input, response) : { type: 'accepted' }
  const outcome = objectOutcome(input, response)
  return isPending(input, response) ? pendingOf(input, response, outcome) : outcome
}

/** 202 says that the work goes on; what is known of the object so far comes along. */
function isPending({ action }: InterpretInput, { status }: HttpResponse): boolean {
  return (status === 202 || status === 100 || status === 102) && action !== 'get' && action !== 'findby'
}

function pendingOf({ exchange }: InterpretInput, response: HttpResponse, outcome: Outcome): Outcome {
  const observed = outcome.type === 'found' || outcome.type === 'accepted' ? outcome.observed : undefined
  return { type: 'pending', ...(observed && { observed }), ...retryOf(response, exchange.at + exchange.tookMs) }
}

/** `absentWhen` and `errorWhen` of the definition, over the answer as it came. */
function judge({ action, call, exchange, bindings }: InterpretInput, response: HttpResponse): Outcome | undefined {
  const { absentWhen, errorWhen } = call.response
  if (absentWhen === undefined && errorWhen === undefined) return undefined
  const scope = { ...bindings, response: responseValue(response) }
  for (const [program, source, then] of [
    [absentWhen, call.plan.response.absentWhen, () => ({ type: 'absent', proof: 'absentWhen' }) as const],
    [errorWhen, call.plan.response.errorWhen, () => inBody(action, exchange, response)],
  ] as const) {
    const ran = program?.run(scope)
    if (ran === undefined) continue
    if (!ran.ok) return brokenBody(action, exchange, `the expression ${source ?? ''} failed: ${ran.problem}`)
    if (ran.value === true) return then()
  }
  return undefined
}

function inBody(action: Action, exchange: Exchange, response: HttpResponse): Outcome {
  return { type: 'refused', finding: finding('ENG0208', { action, status: response.status }, { where: placeOf(exchange, response.status) }) }
}

/** How CEL sees a response. */
export function responseValue({ status, headers, body }: HttpResponse): JsonValue {
  return { status, headers, body: body.type === 'json' ? body.value : body.type === 'text' ? body.text : null }
}

function objectOutcome(input: InterpretInput, response: HttpResponse): Outcome {
  const { action, call, exchange } = input
  switch (response.body.type) {
    case 'empty': return { type: 'accepted' }
    case 'text':
    case 'unreadable': return unreadable(input, response)
    case 'json': return bodyOutcome({ action, call, exchange, bindings: input.bindings }, response, response.body.value)
  }
}

/** A write that answers prose has happened all the same; a read that does is no answer. */
function unreadable({ action, exchange }: InterpretInput, response: HttpResponse): Outcome {
  if (action !== 'get' && action !== 'findby') return { type: 'accepted' }
  const { body } = response
  return brokenBody(action, exchange, body.type === 'unreadable' ? body.problem : `it is ${body.type === 'text' ? body.contentType : 'not JSON'}`)
}

function bodyOutcome(input: InterpretInput, response: HttpResponse, body: JsonValue): Outcome {
  const { action, call, exchange, bindings } = input
  const transformed = transformBody(call.response, body, bindings)
  if (!transformed.ok) return brokenBody(action, exchange, transformed.problem)
  const object = objectIn(call.response, transformed.value)
  if (object === undefined) return notAnObject(input, transformed.value)
  const observed = viewOf(object, { whole: transformed.value, headers: response.headers }, call.response.mappings)
  return isDeclaredAbsent(call.response, observed.body, bindings) ? { type: 'absent', proof: 'notFoundBody' } : { type: 'found', observed }
}

type Transformed = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string }

/** `responseTransform`, before everything else. */
export function transformBody({ transform, plan }: PreparedResponse, body: JsonValue, bindings: Bindings): Transformed {
  if (transform === undefined) return { ok: true, value: body }
  const ran = transform.run({ ...bindings, value: body })
  return ran.ok ? { ok: true, value: ran.value ?? null } : { ok: false, problem: `responseTransform ${plan.transform ?? ''} failed: ${ran.problem}` }
}

export function isDeclaredAbsent({ notFoundBody }: PreparedResponse, object: JsonValue, bindings: Bindings): boolean {
  const ran = notFoundBody?.run({ ...bindings, value: object })
  return ran?.ok === true && ran.value !== false && ran.value !== null && ran.value !== undefined
}

function objectIn({ item }: PreparedResponse, body: JsonValue): JsonObject | undefined {
  const found = item === undefined ? body : item(body)
  return isObject(found) ? found : undefined
}

function notAnObject({ action, call, exchange }: InterpretInput, body: JsonValue): Outcome {
  if (action !== 'get' && action !== 'findby') return { type: 'accepted' }
  const place = call.plan.response.itemPath
  const found = body === null ? 'null' : isArray(body) ? 'a list' : isObject(body) ? 'an object' : `a ${typeof body}`
  return brokenBody(action, exchange, place === undefined ? `body is not an object but ${found}` : `there is no object at ${place} of ${found}`)
}
