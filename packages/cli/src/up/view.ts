import { textOf, isArray, isObject, type JsonObject } from '@oasgen/json'
import { nameOf, type KubeObject } from '@oasgen/kube'
import { maskedUrl, type Exchange, type TransportFailureReason } from '@oasgen/wire'

/** What one object is shown as: in a pipe a line is printed when this changes, so a calm system is silent. */
export interface ViewLine {
  readonly kind: string
  readonly name: string
  readonly state: ViewState
  readonly text: string
}
export type ViewState = 'Ready' | 'Waiting' | 'Working' | 'Drift' | 'Unknown' | 'Stalled' | 'Deleting' | 'Paused'

export interface ViewFacts {
  /** Plural and group of the kind that a RestDefinition makes. */
  readonly made?: string
}

export function describeObject(object: KubeObject, facts: ViewFacts = {}): ViewLine {
  const conditions = conditionsOf(object)
  const ready = conditions.get('Ready')
  const line = { kind: textOf(object.kind), name: nameOf(object) }
  if (isObject(object.metadata) && object.metadata.deletionTimestamp !== undefined) return { ...line, state: 'Deleting', text: messageOf(conditions, ['Stalled', 'Reconciling', 'Ready']) || 'waiting until it is gone' }
  if (conditions.get('Stalled')?.status === 'True') return { ...line, state: 'Stalled', text: messageOf(conditions, ['Stalled']) }
  if (conditions.get('Synced')?.reason === 'ReconcilePaused') return { ...line, state: 'Paused', text: 'paused by annotation' }
  if (ready?.status === 'True' && conditions.get('Synced')?.status !== 'False') return { ...line, state: 'Ready', text: readyText(object, facts) }
  const isMade = object.kind === 'RestDefinition' && conditions.get('Reconciling')?.status === 'True'
  const waiting = ready?.reason === 'Pending' || ready?.reason === 'Creating' || isMade
  return { ...line, state: ready === undefined ? 'Working' : waiting ? 'Waiting' : 'Unknown', text: messageOf(conditions, ['Reconciling', 'Synced', 'Ready']) || 'seen for the first time' }
}

interface ConditionView {
  readonly status: string
  readonly reason: string
  readonly message: string
}

function conditionsOf(object: JsonObject): ReadonlyMap<string, ConditionView> {
  const conditions = isObject(object.status) && isArray(object.status.conditions) ? object.status.conditions.filter(isObject) : []
  return new Map(conditions.map((condition) => [
    textOf(condition.type), { status: textOf(condition.status), reason: textOf(condition.reason), message: textOf(condition.message) },
  ]))
}

function messageOf(conditions: ReadonlyMap<string, ConditionView>, types: readonly string[]): string {
  return types.map((type) => conditions.get(type)?.message ?? '').find((message) => message !== '') ?? ''
}

function readyText(object: KubeObject, facts: ViewFacts): string {
  if (object.kind === 'RestDefinition') return definitionText(object, facts)
  const status = isObject(object.status) ? object.status : {}
  const identity = Object.entries(status).find(([name, value]) => /id$/i.test(name) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'))
  return `${identity === undefined ? '' : `${identity[0]} ${shortId(textOf(identity[1]))} · `}in sync`
}

/** The beginning of a UUID is enough to know it again. */
function shortId(id: string): string {
  return id.length > 20 ? `${id.slice(0, 8)}…` : id
}

function definitionText(definition: KubeObject, { made }: ViewFacts): string {
  const spec = isObject(definition.spec) ? definition.spec : {}
  const resource = isObject(spec.resource) ? spec.resource : {}
  const verbs = isArray(resource.verbsDescription) ? resource.verbsDescription.filter(isObject) : []
  const slow = verbs.filter((verb) => verb.async !== undefined).map((verb) => textOf(verb.action))
  const names = verbs.map((verb) => textOf(verb.action)).join(' ')
  return `${made ?? `${textOf(resource.kind)}.${textOf(spec.resourceGroup)}`} · ${names}${slow.length === 0 ? '' : ` · ${slow.join(' and ')} ${slow.length === 1 ? 'is' : 'are'} asynchronous`}`
}

const COLOURS: Readonly<Record<ViewState, string>> = {
  Ready: '32', Waiting: '33', Working: '36', Drift: '35', Unknown: '33', Stalled: '31', Deleting: '90', Paused: '90',
}

export interface LineStyle {
  readonly colour: boolean
  readonly columns: number
  /** Of the columns of kind and name; absent: those that fit most. */
  readonly widths?: readonly [kind: number, name: number]
}

/** One line, and more where the text needs them. */
export function viewLines(line: ViewLine, { colour, columns, widths = [15, 18] }: LineStyle): readonly string[] {
  const state = line.state.padEnd(9)
  const head = ` ${line.kind.padEnd(widths[0])} ${line.name.padEnd(widths[1])} `
  const room = Math.max(20, columns - head.length - state.length - 2)
  const [first = '', ...more] = wrap(line.text, room)
  const indent = ' '.repeat(head.length + state.length + 1)
  return [`${head}${colour ? `\u001b[${COLOURS[line.state]}m${state}\u001b[39m` : state} ${first}`.trimEnd(), ...more.map((text) => indent + text)]
}

/** As narrow as what is shown allows: on a small terminal every column counts. */
export function widthsFor(lines: readonly ViewLine[]): readonly [kind: number, name: number] {
  return [Math.min(24, Math.max(4, ...lines.map(({ kind }) => kind.length))), Math.min(32, Math.max(4, ...lines.map(({ name }) => name.length)))]
}

export function printLine(line: ViewLine, style: LineStyle): string {
  return viewLines(line, style).map((text) => `${text}\n`).join('')
}

const FAILURES: Readonly<Record<TransportFailureReason, string>> = {
  dns: 'its name is not known', connect: 'the connection is refused', tls: 'no secure connection', timeout: 'no answer in time', reset: 'the connection broke', tooLarge: 'its answer is too large',
  protocol: 'its answer is no HTTP', aborted: 'it was cut off', credentialsMissing: 'credentials are missing', credentialsRejected: 'the credentials are refused',
  circuitOpen: 'it failed too often, a pause', throttled: 'it asks for a pause', notPermitted: 'the address is not permitted',
}

/** An API that does not answer, for people: the whole message stands in the conditions. */
export function withoutAnswer(line: ViewLine, exchange: Exchange | undefined): ViewLine {
  if (line.state !== 'Unknown' || exchange?.result.type !== 'failure') return line
  const [host = ''] = /(?<=^[a-z]+:\/\/)[^/?]+/.exec(maskedUrl(exchange.request.url)) ?? []
  return { ...line, text: `${host} does not answer (${FAILURES[exchange.result.failure.reason]}) · nothing is changed · tried again by itself` }
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(/\s+/)) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current)
      current = word
    } else {
      current = current === '' ? word : `${current} ${word}`
    }
  }
  return current === '' ? lines : [...lines, current]
}
