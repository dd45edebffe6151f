import type { AuthUse, HttpRequest, TransportFailure } from '@oasgen/wire'
import { chooseAlternative } from './auth/choose.js'
import { NO_CREDENTIALS, type Credentials } from './auth/credentials.js'
import { satisfy, type AuthRuntime } from './auth/satisfy.js'
import { createTokenCall } from './auth/token-wire.js'
import { Deadline, type Aborts } from './connection/deadline.js'
import type { RawResult } from './connection/dispatch.js'
import type { Looked, SendContext, Sent } from './context.js'
import { failureOf } from './failure.js'
import type { Gates } from './limits/gates.js'
import { settlementOf } from './limits/settlement.js'
import type { ResolvedOptions } from './options.js'
import { composeRequest } from './request/compose.js'
import { fillRequest, type FilledRequest } from './request/fill.js'
import { judgeRedirect } from './request/redirect.js'
import { ACCEPT_ENCODING } from './response/decompress.js'
import { digestOf } from './response/digest.js'
import { createMask, type Mask } from './response/mask.js'
import { readBody } from './response/read-body.js'
import { readHeaders } from './response/read-headers.js'
import { SecretUse } from './secret-values.js'
import type { Wire } from './wire-exchange.js'

/** What all sends of one transport share. */
export interface Runtime {
  readonly options: ResolvedOptions
  readonly wire: Wire
  readonly gates: Gates
  readonly auth: AuthRuntime
  readonly aborts: Aborts
  /** What was made of requests that need not be filled: those that look at a resource again and again are the same objects. */
  readonly fixed: WeakMap<HttpRequest, { readonly filled: FilledRequest; readonly url: URL }>
}

type Failed = { readonly type: 'failure'; readonly failure: TransportFailure }

/** One send: everything that belongs to a single call of `Transport.send`. */
interface Sending {
  readonly runtime: Runtime
  readonly context: SendContext
  readonly secrets: SecretUse
  readonly deadline: Deadline
  readonly uses: readonly AuthUse[]
  readonly isTrusted: (origin: string) => boolean
  readonly maxBytes: number
  readonly headersTimeoutMs: number
}

export async function sendRequest(runtime: Runtime, request: HttpRequest, context: SendContext): Promise<Sent> {
  const { result, secrets, tookMs } = await sendRaw(runtime, request, context)
  return finish(result, secrets, tookMs)
}

export interface Known {
  readonly context: SendContext
  readonly known: string | undefined
}

export async function lookAgain(runtime: Runtime, request: HttpRequest, { context, known }: Known): Promise<Looked> {
  const { result, secrets, tookMs } = await sendRaw(runtime, request, context)
  if (result.type === 'failure') return finish(result, secrets, tookMs)
  const digest = digestOf(result)
  return digest === known ? { type: 'same', status: result.status, tookMs } : { ...finish(result, secrets, tookMs), digest }
}

interface RawSent {
  readonly result: RawResult
  readonly secrets: SecretUse
  readonly tookMs: number
}

async function sendRaw(runtime: Runtime, request: HttpRequest, context: SendContext): Promise<RawSent> {
  const { now, defaults } = runtime.options
  const begun = now()
  const secrets = new SecretUse(context.secrets, context.hmacKey)
  const deadline = new Deadline(request.limits?.timeoutMs ?? defaults.timeoutMs, context.signal, runtime.aborts)
  try {
    const result = await sendFilled(runtime, request, { context, secrets, deadline })
    return { result, secrets, tookMs: now() - begun }
  } catch (error) {
    // Only a bug of ours gets here; a reconcile must not die of it, and nobody knows what was sent.
    const failure = failureOf('NET0153', { host: context.key, detail: String(error) }, { reason: 'protocol', sent: 'maybe' })
    return { result: { type: 'failure', failure }, secrets, tookMs: now() - begun }
  } finally {
    deadline.release()
  }
}

type SendParts = Pick<Sending, 'context' | 'secrets' | 'deadline'>

async function sendFilled(runtime: Runtime, request: HttpRequest, { context, secrets, deadline }: SendParts): Promise<RawResult> {
  const known = runtime.fixed.get(request)
  const filled = known?.filled ?? fillRequest(request, secrets)
  if (secrets.problem !== undefined) return failed(secrets.problem)
  const url = known?.url ?? absoluteUrl(filled.url)
  if (url === undefined) return failed(failureOf('NET0306', { url: describeUrl(request) }, { reason: 'protocol' }))
  if (known === undefined && isFixed(request)) runtime.fixed.set(request, { filled, url })
  const choice = chooseAlternative(request.auth, context.auth, secrets)
  if (choice.type === 'failure') return failed(choice.failure)
  const isTrusted = trustOf(context.allowedOrigins)
  if ((choice.uses.length > 0 || filled.carriesSecrets) && !isTrusted(url.origin)) {
    const allowed = context.allowedOrigins.join(', ') || 'no host'
    return failed(failureOf('NET0301', { origin: url.origin, allowed }, { reason: 'notPermitted' }))
  }
  const { defaults } = runtime.options
  const maxBytes = request.limits?.maxResponseBytes ?? defaults.maxResponseBytes
  const headersTimeoutMs = Math.max(defaults.headersTimeoutMs, request.limits?.timeoutMs ?? 0)
  const sending: Sending = { runtime, context, secrets, deadline, uses: choice.uses, isTrusted, maxBytes, headersTimeoutMs }
  return sendWithCredentials(sending, filled, url)
}

/** Nothing in it is filled from a Secret, so that it is the same each time it is sent. */
function isFixed({ url, headers, body }: HttpRequest): boolean {
  return body === undefined && typeof url === 'string' && headers.every(({ value }) => typeof value === 'string')
}

/** At most twice: a 401 is answered once with other credentials, where there are other ones to be had. */
function sendWithCredentials(sending: Sending, request: FilledRequest, url: URL): Promise<RawResult> {
  return sending.uses.length === 0 ? sendThroughGate(sending, { request, url, credentials: NO_CREDENTIALS }) : sendAuthorized(sending, request, url)
}

async function sendAuthorized(sending: Sending, request: FilledRequest, url: URL): Promise<RawResult> {
  const first = await sendOnceAuthorized(sending, request, url)
  if (!first.again || sending.deadline.ended !== undefined) return first.result
  return (await sendOnceAuthorized(sending, request, url)).result
}

interface Authorized {
  readonly result: RawResult
  /** The API refused the credentials and there are fresh ones. */
  readonly again: boolean
}

async function sendOnceAuthorized(sending: Sending, request: FilledRequest, url: URL): Promise<Authorized> {
  const taken = takeCredentials(sending, url)
  const credentials = taken instanceof Promise ? await taken : taken
  if ('failure' in credentials) return { result: failed(credentials.failure), again: false }
  const result = await sendThroughGate(sending, { request, url, credentials })
  if (result.type === 'failure' || credentials.watchers.length === 0) return { result, again: false }
  if (result.status === 401) return { result, again: credentials.watchers.map(({ refused }) => refused(result.headers)).includes(true) }
  for (const { accepted } of credentials.watchers) accepted()
  return { result, again: false }
}

type Taken = Credentials | { readonly failure: TransportFailure }

function takeCredentials(sending: Sending, url: URL): Taken | Promise<Taken> {
  const { runtime, context, secrets, deadline, isTrusted, uses } = sending
  const call = createTokenCall(runtime.wire, { context, isTrusted })
  const taken = satisfy(uses, { runtime: runtime.auth, schemes: context.auth, secrets, origin: url.origin, isTrusted, call })
  if (!(taken instanceof Promise)) return taken
  return deadline.race(taken).then((credentials) => (typeof credentials === 'string' ? { failure: deadline.failure(credentials, url.host, 'nothing') } : credentials))
}

interface Target {
  readonly request: FilledRequest
  readonly url: URL
  readonly credentials: Credentials
}

async function sendThroughGate(sending: Sending, target: Target): Promise<RawResult> {
  const { runtime, context, deadline } = sending
  const gate = runtime.gates.of(`${context.key} ${target.url.host}`, context.limits)
  const entered = gate.enter(runtime.options.defaults.maxWaitMs)
  const turn = entered instanceof Promise ? await entered : entered
  const { host } = target.url
  switch (turn.type) {
    case 'open':
      return failed(failureOf('NET0401', { host, failures: turn.failures, seconds: seconds(turn.retryAfterMs) }, { reason: 'circuitOpen', retryAfterMs: turn.retryAfterMs }))
    case 'paused':
      return failed(failureOf('NET0402', { host, seconds: seconds(turn.retryAfterMs) }, { reason: 'throttled', retryAfterMs: turn.retryAfterMs }))
    case 'full':
      return failed(failureOf('NET0403', { host }, { reason: 'throttled', retryAfterMs: turn.retryAfterMs }))
    case 'go':
      break
  }
  if (deadline.ended !== undefined) {
    // The wait for a turn took all the time: that says nothing about the host.
    gate.leave({ type: 'givenUp' })
    return failed(deadline.failure(deadline.ended, host, 'nothing'))
  }
  const result = await sendOverHops(sending, target)
  gate.leave(settlementOf(result, runtime.options.now()))
  return result
}

const DEFAULT_HOPS = 5

async function sendOverHops(sending: Sending, target: Target): Promise<RawResult> {
  const { redirects } = sending.context
  let { request, url, credentials } = target
  let hopsLeft = redirects?.max ?? DEFAULT_HOPS
  for (;;) {
    const result = await sendOnce(sending, { request, url, credentials })
    if (result.type === 'failure' || result.status < 300 || result.status > 399 || redirects?.follow === 'none') return result
    const location = result.headers['location']
    const hop = judgeRedirect({ status: result.status, location: typeof location === 'string' ? location : undefined, from: url, request, isTrusted: sending.isTrusted, hopsLeft })
    if (hop.type === 'stay') return result
    if (hop.type === 'refused') return failed(hop.failure)
    if (hop.credentials === 'none') credentials = NO_CREDENTIALS
    request = hop.request
    url = hop.url
    hopsLeft -= 1
  }
}

/** On the wire; once more where it is certain that nothing of it left. */
async function sendOnce(sending: Sending, { request, url, credentials }: Target): Promise<RawResult> {
  const { runtime, context, deadline, maxBytes, headersTimeoutMs } = sending
  const defaults = [['user-agent', runtime.options.defaults.userAgent], ['accept-encoding', ACCEPT_ENCODING]] as const
  const { clientCertificate } = credentials
  const tls = clientCertificate === undefined ? context.tls ?? NO_TLS : { ...context.tls, ...clientCertificate }
  const settings = { purpose: 'resource', tls, proxy: context.proxy, maxBytes, headersTimeoutMs } as const
  const write = (): Promise<RawResult> =>
    runtime.wire.exchange(composeRequest({ request, url, credentials, defaults, at: runtime.options.now() }), settings, deadline)
  const result = await write()
  return isWorthRepeating(result) && deadline.ended === undefined ? write() : result
}

const NO_TLS = {}

/** A connection that ended before the first byte: a stale one of the pool, or a server in the middle of a restart. */
function isWorthRepeating(result: RawResult): boolean {
  return result.type === 'failure' && result.failure.sent === 'nothing' && (result.failure.reason === 'connect' || result.failure.reason === 'reset')
}

function finish(result: RawResult, secrets: SecretUse, tookMs: number): Sent {
  const mask = createMask(secrets.values)
  const { sealed } = secrets
  const extras = { tookMs, ...(sealed && { sealed }) }
  if (result.type === 'failure') return { type: 'failure', failure: maskFailure(result.failure, mask), ...extras }
  const headers = readHeaders(result.headers, mask)
  const body = readBody(result.body, headers['content-type'] ?? '', mask)
  return { type: 'response', response: { status: result.status, headers, body }, ...extras }
}

function maskFailure(failure: TransportFailure, mask: Mask): TransportFailure {
  const message = mask.text(failure.message)
  return message === failure.message ? failure : { ...failure, message }
}

function failed(failure: TransportFailure): Failed {
  return { type: 'failure', failure }
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}

function absoluteUrl(text: string): URL | undefined {
  try {
    const url = new URL(text)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
  } catch {
    return undefined
  }
}

/** The literal parts only: a filled part may be a secret. */
function describeUrl({ url }: HttpRequest): string {
  return (typeof url === 'string' ? url : url.map(String).join('')).slice(0, 200)
}

function trustOf(allowed: readonly string[]): (origin: string) => boolean {
  return (origin) => allowed.includes(origin) || allowed.some((entry) => URL.canParse(entry) && new URL(entry).origin === origin)
}
