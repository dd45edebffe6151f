import { textOf, isArray, isObject, type JsonObject } from '@oasgen/json'
import { nameOf, type KubeObject } from '@oasgen/kube'

/** What one object is shown as: a line is printed when this text changes, so a calm system is silent. */
export interface ViewLine {
  readonly kind: string
  readonly name: string
  readonly state: ViewState
  readonly text: string
}
export type ViewState = 'Ready' | 'Waiting' | 'Working' | 'Drift' | 'Unknown' | 'Stalled' | 'Deleting' | 'Paused'

export function describeObject(object: KubeObject): ViewLine {
  const conditions = conditionsOf(object)
  const ready = conditions.get('Ready')
  const line = { kind: textOf(object.kind), name: nameOf(object) }
  if (isObject(object.metadata) && object.metadata.deletionTimestamp !== undefined) return { ...line, state: 'Deleting', text: messageOf(conditions, ['Stalled', 'Reconciling', 'Ready']) || 'waiting until it is gone' }
  if (conditions.get('Stalled')?.status === 'True') return { ...line, state: 'Stalled', text: messageOf(conditions, ['Stalled']) }
  if (ready?.status === 'True') return { ...line, state: 'Ready', text: readyText(object) }
  if (conditions.get('Synced')?.reason === 'ReconcilePaused') return { ...line, state: 'Paused', text: 'paused by annotation' }
  const waiting = ready?.reason === 'Pending' || ready?.reason === 'Creating'
  return { ...line, state: ready === undefined ? 'Working' : waiting ? 'Waiting' : 'Unknown', text: messageOf(conditions, ['Reconciling', 'Synced', 'Ready']) }
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

function readyText(object: KubeObject): string {
  if (object.kind === 'RestDefinition') return definitionText(object)
  const status = isObject(object.status) ? object.status : {}
  const identity = Object.entries(status).find(([name, value]) => /id$/i.test(name) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'))
  return `${identity === undefined ? '' : `${identity[0]} ${textOf(identity[1])} · `}in sync`
}

function definitionText(definition: KubeObject): string {
  const spec = isObject(definition.spec) ? definition.spec : {}
  const resource = isObject(spec.resource) ? spec.resource : {}
  const verbs = isArray(resource.verbsDescription) ? resource.verbsDescription.filter(isObject).map((verb) => textOf(verb.action)) : []
  return `${textOf(resource.kind)} in ${textOf(spec.resourceGroup)} · ${verbs.join(' ')}`
}

const COLOURS: Readonly<Record<ViewState, string>> = {
  Ready: '32', Waiting: '33', Working: '36', Drift: '35', Unknown: '33', Stalled: '31', Deleting: '90', Paused: '90',
}

export function printLine(line: ViewLine, { colour, columns }: { readonly colour: boolean; readonly columns: number }): string {
  const state = line.state.padEnd(9)
  const head = ` ${line.kind.padEnd(15)} ${line.name.padEnd(18)} `
  const room = Math.max(20, columns - head.length - state.length - 3)
  const [first = '', ...more] = wrap(line.text, room)
  const indent = ' '.repeat(head.length + state.length + 2)
  return [`${head}${colour ? `\u001b[${COLOURS[line.state]}m${state}\u001b[39m` : state}  ${first}`.trimEnd(), ...more.map((text) => indent + text)].map((text) => `${text}\n`).join('')
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
