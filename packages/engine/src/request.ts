import { finding, type Checked, type Finding } from '@oasgen/diagnostics'
import { writeJson, type JsonValue } from '@oasgen/json'
import type { ServerPlan } from '@oasgen/plan'
import { maskedText, type Action, type HttpHeader, type HttpRequest, type SealedText } from '@oasgen/wire'
import { buildBody, type BodyInput } from './body.js'
import { headerText, pairsOf, pathText, type Pair } from './parameter-text.js'
import type { PreparedCall, PreparedParameter } from './prepared-call.js'
import { joinText } from './sealed-text.js'
import type { Scope, Sourced } from './source.js'
import { joinUrl, serverUrl, unsafeSegment } from './url.js'

export interface RequestInput extends BodyInput {
  readonly action: Action
  readonly servers: readonly ServerPlan[]
  readonly call: PreparedCall
  readonly scope: Scope
  /** Headers that the engine adds: an idempotency key, the resource's version for If-Match. */
  readonly extraHeaders?: readonly HttpHeader[]
  /** Values of path parameters that do not come from the resource: the handle of an operation. */
  readonly extraPath?: Readonly<Record<string, JsonValue>>
}

interface Draft {
  readonly path: Record<string, SealedText>
  readonly query: Pair[]
  readonly headers: HttpHeader[]
  readonly cookies: Pair[]
  readonly problems: Finding[]
}

/** The request as a value, or every reason why it cannot be built. */
export function buildRequest(input: RequestInput): Checked<HttpRequest> {
  const { call, scope, servers } = input
  const draft: Draft = { path: {}, query: constants(call.plan.queries), headers: [], cookies: [], problems: [] }
  for (const parameter of call.parameters) place(draft, parameter, input)
  const server = serverUrl(servers, call.plan.server, scope.configuration)
  // First of all: without a server nothing that is filled in would help.
  if (typeof server !== 'string') draft.problems.unshift(server)
  const path = fillPath(draft, input)
  const body = buildBody(input)
  draft.problems.push(...body.findings)
  if (draft.problems.length > 0 || typeof server !== 'string') return { value: undefined, findings: draft.problems }
  const headers = headersOf(draft, input, body.value?.contentType)
  return { value: requestOf(input, joinUrl(server, path, draft.query), headers, body.value), findings: [] }
}

function requestOf(input: RequestInput, url: SealedText, headers: readonly HttpHeader[], body: HttpRequest['body']): HttpRequest {
  const { plan } = input.call
  return { method: plan.method, url, headers, ...(body && { body }), ...(plan.auth && { auth: plan.auth }) }
}

function constants(queries: readonly { readonly name: string; readonly value: string }[] | undefined): Pair[] {
  return (queries ?? []).flatMap(({ name, value }) => pairsOf({ name, in: 'query', style: 'form', explode: true, sources: [] }, value))
}

function place(draft: Draft, parameter: PreparedParameter, input: RequestInput): void {
  const { plan } = parameter
  if (plan.drifting === true && input.action === 'findby' && plan.required !== true) return
  const given = plan.in === 'path' ? input.extraPath?.[plan.name] : undefined
  const sourced: Sourced = given === undefined ? parameter.read(input.scope) : { value: given }
  if (sourced.problem !== undefined) draft.problems.push(sourced.problem)
  else if (sourced.value === undefined || sourced.value === null) requireValue(draft, parameter, input)
  else placeValue(draft, parameter, plan.content === undefined ? sourced.value : contentText(sourced.value))
}

function contentText(value: JsonValue): JsonValue {
  return typeof value === 'string' ? value : writeJson(value)
}

function requireValue(draft: Draft, { plan }: PreparedParameter, { action, extraHeaders }: RequestInput): void {
  if (plan.in === 'header' && extraHeaders?.some(({ name }) => name === plan.name.toLowerCase()) === true) return
  if (plan.required === true || plan.in === 'path') draft.problems.push(finding('ENG0101', { action, in: plan.in, name: plan.name }))
}

function placeValue(draft: Draft, { plan }: PreparedParameter, value: JsonValue): void {
  switch (plan.in) {
    case 'path': draft.path[plan.name] = pathText(plan, value); return
    case 'query': draft.query.push(...pairsOf(plan, value)); return
    case 'cookie': draft.cookies.push(...pairsOf(plan, value)); return
    case 'header': placeHeader(draft, plan.name, headerText(plan, value)); return
  }
}

function placeHeader(draft: Draft, name: string, value: SealedText): void {
  if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(maskedText(value).replaceAll('•', ''))) {
    draft.problems.push(finding('ENG0106', { name }))
  } else draft.headers.push({ name: name.toLowerCase(), value })
}

function fillPath(draft: Draft, { action, call }: RequestInput): SealedText {
  return joinText(call.plan.path.map((piece) => (typeof piece === 'string' ? piece : pathPiece(draft, action, piece.parameter))))
}

/** A parameter without value has its finding already. */
function pathPiece(draft: Draft, action: Action, name: string): SealedText {
  const text = draft.path[name]
  if (text === undefined) return ''
  const reason = unsafeSegment(maskedText(text))
  if (reason !== undefined) draft.problems.push(unsafe(action, name, reason))
  return text
}

function unsafe(action: Action, name: string, reason: string): Finding {
  return finding('ENG0102', { action, name, reason })
}

function headersOf(draft: Draft, input: RequestInput, contentType: string | undefined): readonly HttpHeader[] {
  const fixed = (input.call.plan.headers ?? []).map(({ name, value }) => ({ name: name.toLowerCase(), value }))
  const given = [...fixed, ...(input.extraHeaders ?? []), ...draft.headers]
  const has = (name: string): boolean => given.some((header) => header.name === name)
  return [
    ...(has('accept') ? [] : [{ name: 'accept', value: input.call.plan.accept ?? 'application/json' }]),
    ...(contentType === undefined || has('content-type') ? [] : [{ name: 'content-type', value: contentType }]),
    ...given,
    ...(draft.cookies.length === 0 ? [] : [{ name: 'cookie', value: cookieText(draft.cookies) }]),
  ]
}

function cookieText(cookies: readonly Pair[]): SealedText {
  return joinText(cookies.flatMap(({ name, value }, at) => [at === 0 ? '' : '; ', `${name}=`, value]))
}
