import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { isSecretName, type Exchange, type Purpose } from '@oasgen/wire'
import { readAnswer } from './answer.js'
import { bindingsOf } from './context.js'
import type { Outcome } from './decision.js'
import { interpret, responseValue, transformBody } from './interpret.js'
import { itemsOf } from './list.js'
import { firstPage, nextPage, type Page } from './pagination.js'
import type { PreparedStep } from './prepare.js'
import type { Bindings } from './programs.js'
import { shortHash } from './sent.js'
import { buildCall, lacksValues, type Send, type VerbInput } from './verb-call.js'

/** Calls of a verb, in order, each with the answers of those before it. */
export type StepsRun =
  | Send
  | { readonly type: 'unbuildable'; readonly findings: readonly Finding[] }
  /** A call that changes something is done: that must be known after a crash, before the next one goes out. */
  | { readonly type: 'record'; readonly key: string; readonly step: PreparedStep; readonly isLast: boolean; readonly answer: JsonValue; readonly outcome: Outcome; readonly exchange: Exchange; readonly used: number }
  | { readonly type: 'failed'; readonly outcome: Outcome; readonly exchange: Exchange | undefined; readonly used: number }
  | { readonly type: 'finished'; readonly answers: JsonObject; readonly outcome: Outcome; readonly exchange: Exchange | undefined; readonly used: number }

interface State {
  used: number
  outcome: Outcome
  exchange: Exchange | undefined
  readonly answers: Record<string, JsonValue>
}

/** `done`: answers of calls that an earlier reconcile has made, by key. */
export function runSteps(input: VerbInput, steps: readonly PreparedStep[]): StepsRun {
  const state: State = { used: 0, outcome: { type: 'accepted' }, exchange: undefined, answers: {} }
  for (const [at, step] of steps.entries()) {
    const stopped = runStep(input, { step, isLast: at === steps.length - 1 }, state)
    if (stopped !== undefined) return stopped
  }
  return { type: 'finished', answers: state.answers, outcome: state.outcome, exchange: state.exchange, used: state.used }
}

function runStep(input: VerbInput, { step, isLast }: Pick<Unit, 'step' | 'isLast'>, state: State): StepsRun | undefined {
  const wanted = evaluate(input, state, step.when, step.plan.when)
  if (!wanted.ok) return unevaluable(step.plan.when, wanted.problem)
  if (step.when !== undefined && wanted.value !== true) {
    state.answers[step.plan.name] = null
    return undefined
  }
  const each = evaluate(input, state, step.forEach, step.plan.forEach)
  if (!each.ok) return unevaluable(step.plan.forEach, each.problem)
  const isList = step.forEach !== undefined
  const items = !isList ? [undefined] : isArray(each.value) ? each.value : []
  const answers: JsonValue[] = []
  for (const [index, item] of items.entries()) {
    const unit: Unit = { step, isLast: isLast && index === items.length - 1, index, item, key: isList ? `${step.plan.name}:${shortHash(item ?? null)}` : step.plan.name }
    const stopped = runUnit(input, unit, state, answers)
    if (stopped !== undefined) return stopped
  }
  state.answers[step.plan.name] = isList ? answers : answers[0] ?? null
  return undefined
}

type Evaluated = { readonly ok: true; readonly value: JsonValue | undefined } | { readonly ok: false; readonly problem: string }

function evaluate(input: VerbInput, state: State, program: PreparedStep['when'], source: string | undefined): Evaluated {
  if (program === undefined || source === undefined) return { ok: true, value: undefined }
  return program.run(bindingsFor(input, state, undefined))
}

function bindingsFor(input: VerbInput, { answers }: State, item: JsonValue | undefined): Bindings {
  return { ...bindingsOf(input.context, input.extras), steps: answers, ...(item !== undefined && { item }) }
}

function unevaluable(expression: string | undefined, problem: string): StepsRun {
  return { type: 'unbuildable', findings: [finding('ENG0105', { expression: expression ?? '', problem })] }
}

interface Unit {
  readonly step: PreparedStep
  readonly index: number
  readonly item: JsonValue | undefined
  readonly key: string
  readonly isLast: boolean
}

function runUnit(input: VerbInput, unit: Unit, state: State, answers: JsonValue[]): StepsRun | undefined {
  const exchange = input.seen[state.used]
  if (exchange === undefined || !isOf(exchange, unit)) {
    const known = input.done?.[unit.key]
    if (known === undefined) return sendUnit(input, unit, state, answers)
    answers.push(known)
    return undefined
  }
  return unit.step.plan.pagination === undefined ? readUnit(input, unit, { state, answers, exchange }) : readPages(input, unit, state, answers)
}

function isOf({ purpose }: Exchange, { step, index }: Unit): boolean {
  return purpose.call === 'step' && purpose.step === step.plan.name && Math.floor((purpose.index ?? 0) / PAGES) === index
}

/** `index` of a purpose: the element, and the page below it. */
const PAGES = 10_000

function sendUnit(input: VerbInput, unit: Unit, state: State, answers: JsonValue[]): StepsRun | undefined {
  const { step, index, item } = unit
  const purpose: Purpose = { action: input.action, call: 'step', step: step.plan.name, index: index * PAGES, why: input.why }
  const bindings = bindingsFor(input, state, item)
  const built = buildCall({ ...input, extras: { ...input.extras, bindings } }, step.call, purpose)
  if (built.type === 'send') return { ...built, request: step.plan.pagination === undefined ? built.request : firstPage(step.plan.pagination, built.request) }
  // A look-up that found nothing leaves nothing to address: absent for a read, nothing to do for a delete.
  const hasLooked = Object.keys(state.answers).length > 0 && lacksValues(built.findings)
  if (hasLooked && input.action === 'delete') { answers.push(null); return undefined }
  if (hasLooked && input.action === 'get') return { type: 'failed', outcome: { type: 'absent', proof: 'the look-ups before it find nothing' }, exchange: state.exchange, used: state.used }
  return built
}

interface Reading {
  readonly state: State
  readonly answers: JsonValue[]
  readonly exchange: Exchange
}

function readUnit(input: VerbInput, unit: Unit, { state, answers, exchange }: Reading): StepsRun | undefined {
  const { call } = unit.step
  const isRead = call.plan.method === 'GET' || call.plan.method === 'HEAD'
  const bindings = bindingsFor(input, state, unit.item)
  const isObject = input.action === 'get' && unit.isLast
  const outcome = interpret({ action: isRead ? 'get' : input.action, call, exchange, bindings, anyBody: isRead && !isObject })
  state.used += 1
  state.outcome = outcome
  state.exchange = exchange
  if (!isDone(input, outcome)) return { type: 'failed', outcome, exchange, used: state.used }
  const answer = answerOf(unit, exchange, bindings)
  answers.push(answer)
  if (isRead || input.action === 'get' || input.action === 'findby' || input.done?.[unit.key] !== undefined) return undefined
  return { type: 'record', key: unit.key, step: unit.step, isLast: unit.isLast, answer: briefAnswer(answer), outcome, exchange, used: state.used }
}

function isDone({ action }: VerbInput, outcome: Outcome): boolean {
  return outcome.type === 'found' || outcome.type === 'accepted' || outcome.type === 'pending' || (outcome.type === 'absent' && action === 'delete')
}

function answerOf({ step }: Unit, { result }: Exchange, bindings: Bindings): JsonValue {
  if (result.type === 'failure') return null
  const { response } = result
  const transformed = response.body.type === 'json' ? transformBody(step.call.response, response.body.value, bindings) : undefined
  const body = transformed?.ok === true ? transformed.value : undefined
  return { ...(responseValue(response) as JsonObject), ...(body !== undefined && { body }) }
}

/** All pages of a look-up: `items` holds the elements of all of them. */
function readPages(input: VerbInput, unit: Unit, state: State, answers: JsonValue[]): StepsRun | undefined {
  const { step, index } = unit
  const pages: Page[] = []
  const items: JsonValue[] = []
  for (;;) {
    const exchange = input.seen[state.used]
    if (exchange === undefined || !isOf(exchange, unit)) break
    state.used += 1
    state.exchange = exchange
    const answered = readAnswer('findby', step.call.plan.response, exchange)
    if (answered.type === 'outcome') return { type: 'failed', outcome: answered.outcome, exchange, used: state.used }
    const body = answered.response.body.type === 'json' ? transformBody(step.call.response, answered.response.body.value, bindingsFor(input, state, unit.item)) : { ok: true as const, value: [] }
    const read = body.ok ? itemsOf(step.call.response, body.value) : { type: 'broken' as const, problem: body.problem }
    if (read.type === 'broken') return { type: 'failed', outcome: { type: 'broken', finding: finding('ENG0207', { action: input.action, problem: read.problem }), sent: 'maybe' }, exchange, used: state.used }
    items.push(...read.items.map(({ whole }) => whole))
    pages.push({ exchange, response: answered.response, items: read.items.length })
  }
  const next = nextPage(step.plan.pagination, pages)
  if (next.type === 'next') return { type: 'send', request: next.request, purpose: { action: input.action, call: 'step', step: step.plan.name, index: index * PAGES + pages.length, why: input.why } }
  if (next.type === 'broken') return { type: 'failed', outcome: { type: 'broken', finding: next.finding, sent: 'maybe' }, exchange: state.exchange, used: state.used }
  answers.push({ ...(answerOf(unit, (pages[0] as Page).exchange, bindingsFor(input, state, unit.item)) as JsonObject), items })
  state.outcome = { type: 'accepted' }
  return undefined
}

const MAX_BRIEF = 1_000

/** What of an answer is kept for later steps after a crash: its small plain members, never what looks like a secret. */
export function briefAnswer(answer: JsonValue): JsonValue {
  if (!isObject(answer)) return null
  const { status, headers, body } = answer
  const location = isObject(headers) ? headers['location'] : undefined
  const brief = { status: status ?? null, headers: location === undefined ? {} : { location }, body: briefBody(body) }
  return writeJson(brief).length > MAX_BRIEF ? { status: status ?? null, headers: {}, body: null } : brief
}

function briefBody(body: JsonValue | undefined): JsonValue {
  if (!isObject(body)) return null
  const kept = Object.entries(body).flatMap(([name, value]): readonly (readonly [string, JsonValue])[] => {
    if (isSecretName(name) || isArray(value)) return []
    return [[name, isObject(value) ? briefBody(value) : typeof value === 'string' && value.length > 200 ? null : value]]
  })
  return Object.fromEntries(kept)
}
