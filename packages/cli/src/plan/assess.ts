import { describeRequest, lookAt, type FieldDifference, type PreparedPlan } from '@oasgen/engine'
import { renderPlain, type Finding } from '@oasgen/diagnostics'
import { equalJson, isObject, MASK, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { nameOf, namespaceOf, type KubeObject } from '@oasgen/kube'
import type { AuthScheme } from '@oasgen/transport'
import { exchangeLine, type HttpRequest } from '@oasgen/wire'
import type { ConfiguredSending } from '@oasgen/rest-controller'
import { isRead, type Driven } from './drive.js'
import type { ObservationSource } from './answers.js'

/** What would happen to one resource; the same facts as text and as JSON. */
export interface PlannedResource {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly verdict: Verdict
  /** Requests that only read, as people read them. */
  readonly reads: readonly string[]
  /** The first request that would change something; those after it depend on its answer. */
  readonly writes: readonly string[]
  /** Names of what authenticates them, never a value. */
  readonly credentials?: string
  readonly differences: readonly PlannedDifference[]
  /** Fields that are as they should be. */
  readonly unchanged: readonly string[]
  /** Fields that the API set and nobody asked for. */
  readonly leftAlone: readonly string[]
  readonly finding?: Finding
  readonly reason?: string
  /** Under --observed: where what is known of the object comes from. */
  readonly observation?: ObservationSource
}

export type Verdict = 'create' | 'update' | 'delete' | 'none' | 'wait' | 'stop'

export interface PlannedDifference extends FieldDifference {
  /** It is no reason to send anything. */
  readonly settled: boolean
}

export interface Assessing {
  readonly prepared: PreparedPlan
  readonly driven: Driven
  readonly configured: ConfiguredSending
  readonly now: number
}

export function assess({ prepared, driven, configured, now }: Assessing): PlannedResource {
  const { ending, exchanges, resource } = driven
  const look = lookAt(prepared, driven.subject, exchanges, now)
  const wanted = ending.type === 'request' ? [ending.request] : []
  const credentials = credentialsText(wanted[0], configured)
  return {
    kind: prepared.plan.resource.kind, namespace: namespaceOf(resource), name: nameOf(resource),
    verdict: verdictOf(driven),
    reads: exchanges.map((exchange) => (exchange.at === 0 ? describeRequest(exchange.request) : exchangeLine(exchange))),
    writes: ending.type === 'request' && !isRead(ending.purpose) ? wanted.map(describeRequest) : [],
    ...(credentials !== undefined && { credentials }),
    differences: look.type === 'found' ? look.differences.map((difference) => difference) : [],
    ...(look.type === 'found' ? untouched(resource, look.observed.spec, look.differences) : { unchanged: [], leftAlone: [] }),
    ...trouble(driven),
  }
}

function verdictOf({ ending }: Driven): Verdict {
  switch (ending.type) {
    case 'request': return ending.purpose.action === 'create' || ending.purpose.action === 'update' || ending.purpose.action === 'delete' ? ending.purpose.action : 'wait'
    case 'done': return 'none'
    case 'wait': return 'wait'
    case 'stop': return 'stop'
    case 'endless': return 'stop'
  }
}

function trouble({ ending }: Driven): { readonly finding?: Finding; readonly reason?: string } {
  if (ending.type === 'wait') return { reason: ending.reason, ...(ending.finding && { finding: ending.finding }) }
  return ending.type === 'stop' ? { finding: ending.finding } : {}
}

function untouched(resource: KubeObject, observed: JsonObject, differences: readonly FieldDifference[]): Pick<PlannedResource, 'unchanged' | 'leftAlone'> {
  const spec = isObject(resource.spec) ? resource.spec : {}
  const status = isObject(resource.status) ? resource.status : {}
  const differs = (name: string): boolean => differences.some(({ path }) => path === `spec.${name}` || path.startsWith(`spec.${name}.`) || path.startsWith(`spec.${name}[`))
  const known = Object.keys(observed)
  return {
    unchanged: known.filter((name) => Object.hasOwn(spec, name) && !differs(name)),
    leftAlone: known.filter((name) => !Object.hasOwn(spec, name) && !differs(name) && !equalJson(status[name] ?? null, observed[name] ?? null)),
  }
}

/** `Authorization: Bearer •••• (Secret default/token, key token)`. */
function credentialsText(request: HttpRequest | undefined, { auth, login }: ConfiguredSending): string | undefined {
  if (request === undefined) return undefined
  if (login) return 'the token of a login'
  const usable = request.auth?.alternatives.find(({ schemes }) => schemes.every(({ scheme }) => auth[scheme] !== undefined))
  const texts = usable?.schemes.map(({ scheme }) => schemeText(scheme, auth[scheme]))
  return texts === undefined || texts.length === 0 ? undefined : texts.join(', ')
}

function schemeText(name: string, scheme: AuthScheme | undefined): string {
  const secrets = scheme === undefined ? [] : Object.values(scheme).flatMap((value: unknown) => (isSecretValue(value) ? [`Secret ${value.secret.namespace}/${value.secret.name}, key ${value.secret.key}`] : []))
  const where = [...new Set(secrets)].join('; ')
  switch (scheme?.type) {
    case 'bearer': return `Authorization: Bearer ${MASK} (${where})`
    case 'basic': return `Authorization: Basic ${MASK} (${where})`
    case 'apiKey': return `${scheme.name}: ${MASK} (${where})`
    default: return `${scheme?.type ?? name} ${MASK}${where === '' ? '' : ` (${where})`}`
  }
}

function isSecretValue(value: unknown): value is { readonly secret: { readonly namespace: string; readonly name: string; readonly key: string } } {
  return typeof value === 'object' && value !== null && 'secret' in value
}

/** One resource for people. */
export function plannedText(planned: PlannedResource): string {
  const { kind, namespace, name, reads, writes, credentials, finding, reason, observation } = planned
  const from = observation === undefined ? '' : { exchange: '   as its controller saw it last', status: '   as its status tells', nothing: '' }[observation]
  const lines = [
    `${kind} ${namespace}/${name}${from}`,
    ...(observation === undefined ? reads.map((text) => indented(text, '  look  ')) : []),
    ...writes.map((text) => indented(text, '  send  ')),
    ...(writes.length > 0 && credentials !== undefined ? [`        ${credentials}`] : []),
    ...differenceLines(planned),
    ...(finding === undefined ? reason === undefined ? [] : [`  wait  ${reason}`] : [indented(renderPlain([finding]).trimEnd(), planned.verdict === 'wait' ? '  wait  ' : '  stop  ')]),
    ...(planned.verdict === 'none' ? ['  nothing to send'] : []),
  ]
  return `${lines.join('\n')}\n`
}

function differenceLines({ differences, unchanged, leftAlone }: PlannedResource): readonly string[] {
  const names = [...differences.map(({ path }) => fieldName(path)), ...(unchanged.length + leftAlone.length > 0 ? ['unchanged'] : [])]
  const width = Math.min(32, Math.max(0, ...names.map((name) => name.length)))
  return [
    ...differences.map((difference) => `  ${fieldName(difference.path).padEnd(width)}  ${changeText(difference)}`),
    ...(unchanged.length === 0 ? [] : [`  ${'unchanged'.padEnd(width)}  ${unchanged.join(', ')}`]),
    ...(leftAlone.length === 0 ? [] : [`  ${'left alone'.padEnd(width)}  ${leftAlone.join(', ')} (set by the API, not by you)`]),
  ]
}

function fieldName(path: string): string {
  return path.replace(/^spec\./, '')
}

function changeText({ desired, observed, settled, class: kind }: PlannedDifference): string {
  const change = `${shown(observed)} → ${shown(desired)}`
  if (kind === 'orderOnly') return `${shown(observed)}   only the order differs`
  return settled ? `${change}   the API's own way of holding it: left alone` : kind === 'drift' ? `${change}   changed by somebody else` : change
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? '(absent)' : value === MASK ? MASK : writeJson(value)
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}

function indented(text: string, head: string): string {
  return text.trimEnd().split('\n').map((line, at) => (at === 0 ? head : ' '.repeat(head.length)) + line).join('\n')
}

/** `2 resources: 1 create, 1 update`. */
export function planSummary(planned: readonly PlannedResource[]): string {
  const words: Readonly<Record<Verdict, string>> = { create: 'create', update: 'update', delete: 'delete', none: 'unchanged', wait: 'waiting', stop: 'stopped' }
  const counts = (Object.keys(words) as Verdict[]).map((verdict) => [words[verdict], planned.filter((one) => one.verdict === verdict).length] as const)
  const shownCounts = counts.filter(([word, count]) => count > 0 || word === 'create' || word === 'update' || word === 'delete')
  return `${planned.length} resource${planned.length === 1 ? '' : 's'}: ${shownCounts.map(([word, count]) => `${count} ${word}`).join(', ')}\n`
}
