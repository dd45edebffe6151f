import type { Instant } from '@oasgen/wire'

/**
 * What one key (host and credential) may send, as a state machine in virtual time: no timer, no clock, every transition
 * a function of state, limits and instant. `gate.ts` gives it real time and a queue.
 */
export interface BudgetLimits {
  /** Requests in flight. */
  readonly concurrency: number
  /** Tokens per second; Infinity = unlimited until the API says otherwise. */
  readonly ratePerSecond: number
  readonly burst: number
  /** So many failures in a row open the breaker. */
  readonly breakerFailures: number
  /** First pause of the breaker; doubles up to `breakerMaxMs`. */
  readonly breakerPauseMs: number
  readonly breakerMaxMs: number
}

export const DEFAULT_LIMITS: BudgetLimits = {
  concurrency: 32, ratePerSecond: Infinity, burst: Infinity, breakerFailures: 5, breakerPauseMs: 1_000, breakerMaxMs: 60_000,
}

export interface BudgetState {
  readonly running: number
  readonly bucket: Bucket
  /** What the API asked for: nothing goes before. */
  readonly pausedUntil: Instant
  /** Rate learned from 429; Infinity = none. Falls by half, rises by steps. */
  readonly learnedRate: number
  readonly breaker: Breaker
  /** Answers in the running second and the last one: what the API bore before it said 429. */
  readonly window: Window
}

interface Bucket {
  readonly tokens: number
  readonly at: Instant
}

type Breaker =
  | { readonly type: 'closed'; readonly failures: number; readonly opened: number }
  | { readonly type: 'open'; readonly failures: number; readonly opened: number; readonly until: Instant }
  /** One probe is on its way. */
  | { readonly type: 'halfOpen'; readonly failures: number; readonly opened: number }

interface Window {
  readonly second: number
  readonly count: number
  readonly last: number
}

export type Verdict =
  | { readonly type: 'go' }
  /** A place is free when a running request ends. */
  | { readonly type: 'full' }
  | { readonly type: 'wait'; readonly why: 'rate' | 'paused'; readonly until: Instant }
  | { readonly type: 'open'; readonly failures: number; readonly until: Instant }

/** How a request ended, as far as the budget cares. */
export type Settlement =
  /** The API answered; `pauseMs` where it asked for one (429, 503 with Retry-After, rate headers at zero). */
  | { readonly type: 'answered'; readonly pauseMs?: number }
  | { readonly type: 'throttled'; readonly pauseMs?: number }
  /** No answer, or a gateway's 502, 503, 504: counts for the breaker. */
  | { readonly type: 'failed' }
  /** Ended by us: says nothing about the API. */
  | { readonly type: 'givenUp' }

export function newBudget(now: Instant): BudgetState {
  return {
    running: 0,
    bucket: { tokens: Infinity, at: now },
    pausedUntil: 0,
    learnedRate: Infinity,
    breaker: { type: 'closed', failures: 0, opened: 0 },
    window: { second: Math.floor(now / 1000), count: 0, last: 0 },
  }
}

/** May a request go now? A `go` is counted: it must be settled. */
export function admit(state: BudgetState, limits: BudgetLimits, now: Instant): { readonly state: BudgetState; readonly verdict: Verdict } {
  const breaker = stateOfBreaker(state.breaker, now)
  if (breaker === 'shut') return { state, verdict: { type: 'open', failures: state.breaker.failures, until: breakerUntil(state.breaker, now, limits) } }
  if (now < state.pausedUntil) return { state, verdict: { type: 'wait', why: 'paused', until: state.pausedUntil } }
  if (state.running >= limits.concurrency) return { state, verdict: { type: 'full' } }
  const rate = Math.min(limits.ratePerSecond, state.learnedRate)
  const bucket = refill(state.bucket, { rate, burst: burstOf(limits, state.learnedRate) }, now)
  if (bucket.tokens < 1) return { state: { ...state, bucket }, verdict: { type: 'wait', why: 'rate', until: now + ((1 - bucket.tokens) / rate) * 1000 } }
  const next: BudgetState = {
    ...state,
    running: state.running + 1,
    bucket: { tokens: bucket.tokens - 1, at: now },
    breaker: breaker === 'probe' ? { type: 'halfOpen', failures: state.breaker.failures, opened: state.breaker.opened } : state.breaker,
  }
  return { state: next, verdict: { type: 'go' } }
}

export function settle(state: BudgetState, limits: BudgetLimits, { now, settlement }: { readonly now: Instant; readonly settlement: Settlement }): BudgetState {
  const freed = { ...state, running: Math.max(0, state.running - 1) }
  switch (settlement.type) {
    case 'givenUp':
      // A probe that we ended ourselves proved nothing: the next request probes.
      return freed.breaker.type === 'halfOpen' ? { ...freed, breaker: { ...freed.breaker, type: 'open', until: now } } : freed
    case 'failed':
      return { ...freed, breaker: failedBreaker(freed.breaker, limits, now) }
    case 'answered':
      return { ...succeeded(freed, limits, now), pausedUntil: later(state.pausedUntil, now, settlement.pauseMs) }
    case 'throttled':
      return throttled(freed, now, settlement.pauseMs)
  }
}

/** Half of what the API bore in the last full second, at least one request in ten seconds. */
function throttled(state: BudgetState, now: Instant, pauseMs: number | undefined): BudgetState {
  const window = countAnswer(state.window, now)
  const bore = Math.max(window.last, window.count, 1)
  const learnedRate = Math.max(0.1, Math.min(state.learnedRate, bore) / 2)
  const pause = pauseMs ?? 1000 / learnedRate / 2
  return { ...state, window, learnedRate, bucket: { tokens: 0, at: now }, pausedUntil: later(state.pausedUntil, now, pause), breaker: { type: 'closed', failures: 0, opened: 0 } }
}

/** Every answer without a 429 gives back a little; a rate far above what is used is no limit any more. */
function succeeded(state: BudgetState, limits: BudgetLimits, now: Instant): BudgetState {
  const window = countAnswer(state.window, now)
  const raised = state.learnedRate + Math.max(0.05, state.learnedRate * 0.02)
  const used = Math.max(window.last, window.count)
  const learnedRate = raised > Math.max(4 * used, 10 * limits.concurrency) ? Infinity : raised
  const { breaker } = state
  const closed = breaker.type === 'closed' && breaker.failures === 0 && breaker.opened === 0
  return { ...state, window, learnedRate, breaker: closed ? breaker : { type: 'closed', failures: 0, opened: 0 } }
}

function countAnswer(window: Window, now: Instant): Window {
  const second = Math.floor(now / 1000)
  if (second === window.second) return { ...window, count: window.count + 1 }
  return { second, count: 1, last: second === window.second + 1 ? window.count : 0 }
}

function failedBreaker(breaker: Breaker, limits: BudgetLimits, now: Instant): Breaker {
  const failures = breaker.failures + 1
  if (breaker.type === 'open') return { ...breaker, failures }
  if (breaker.type === 'closed' && failures < limits.breakerFailures) return { ...breaker, failures }
  const pause = Math.min(limits.breakerMaxMs, limits.breakerPauseMs * 2 ** Math.min(breaker.opened, 20))
  return { type: 'open', failures, opened: breaker.opened + 1, until: now + pause }
}

function stateOfBreaker(breaker: Breaker, now: Instant): 'closed' | 'probe' | 'shut' {
  if (breaker.type === 'closed') return 'closed'
  return breaker.type === 'open' && now >= breaker.until ? 'probe' : 'shut'
}

function breakerUntil(breaker: Breaker, now: Instant, limits: BudgetLimits): Instant {
  return breaker.type === 'open' ? breaker.until : now + limits.breakerPauseMs
}

function refill(bucket: Bucket, { rate, burst }: { rate: number; burst: number }, now: Instant): Bucket {
  if (rate === Infinity) return { tokens: Infinity, at: now }
  const gained = (Math.max(0, now - bucket.at) / 1000) * rate
  return { tokens: Math.min(burst, bucket.tokens + gained), at: now }
}

/** A learned rate has no more burst than one second's worth, so that a pause is not followed by a stampede. */
function burstOf(limits: BudgetLimits, learnedRate: number): number {
  return Math.max(1, Math.min(limits.burst, learnedRate))
}

function later(pausedUntil: Instant, now: Instant, pauseMs: number | undefined): Instant {
  return pauseMs === undefined ? pausedUntil : Math.max(pausedUntil, now + pauseMs)
}
