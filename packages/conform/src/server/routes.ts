import type { ActionPlan, AsyncPlan, BodyPlan, CallPlan, PathPiece, Plan } from '@oasgen/plan'
import type { JsonValue } from '@oasgen/json'
import { ACTIONS, type Action } from '@oasgen/wire'

/** One call of the definition as the server sees it. */
export interface Route {
  readonly action: Action | 'poll' | 'proof'
  /** Index of the step; undefined for the call of the verb itself. */
  readonly step?: number
  readonly call: CallPlan
  /** Of a poll: the operation that it follows. */
  readonly async?: AsyncPlan
  readonly matches: (path: string) => Readonly<Record<string, string>> | undefined
}

export interface Routed {
  readonly route: Route
  /** Values of the path, decoded. */
  readonly values: Readonly<Record<string, string>>
}

export function routesOf(plan: Plan): readonly Route[] {
  return ACTIONS.flatMap((action) => {
    const own = plan.actions[action]
    return own === undefined ? [] : routesOfAction(action, own)
  })
}

function routesOfAction(action: Action, plan: ActionPlan): readonly Route[] {
  const main = plan.call === undefined ? [] : [routeOf(action, plan.call)]
  const steps = (plan.steps ?? []).map((step, index) => ({ ...routeOf(action, step.call), step: index }))
  const asyncs = [plan.async, ...(plan.steps ?? []).map((step) => step.async)].filter((async) => async !== undefined)
  const polls = asyncs.flatMap((async) => (async.poll === undefined ? [] : [{ ...routeOf('poll', async.poll.call), async }]))
  const proof = plan.absenceProof === undefined ? [] : [routeOf('proof', plan.absenceProof)]
  return [...main, ...steps, ...polls, ...proof]
}

function routeOf(action: Route['action'], call: CallPlan): Route {
  return { action, call, matches: matcherOf(call.path) }
}

function matcherOf(pieces: readonly PathPiece[]): Route['matches'] {
  const names: string[] = []
  const source = pieces.map((piece) => {
    if (typeof piece === 'string') return piece.replace(/[?#].*$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    names.push(piece.parameter)
    return '([^/]+?)'
  }).join('')
  const pattern = new RegExp(`^${source}/?$`)
  return (path) => {
    const found = pattern.exec(path)
    return found === null ? undefined : Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1] ?? '')]))
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
}

/** Every call that the request can be, the one whose constants and literal pieces fit best first. */
export function findRoutes(routes: readonly Route[], asked: Asked): readonly Routed[] {
  return routes
    .flatMap((route) => {
      const values = route.call.method === asked.method ? route.matches(asked.path) : undefined
      const constants = route.call.queries ?? []
      if (values === undefined || constants.some(({ name, value }) => asked.query.get(name) !== value)) return []
      return [{ routed: { route, values }, rank: constants.length * 100 - Object.keys(values).length }]
    })
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ routed }) => routed)
}

/** A body of constants alone tells a call apart from others with the same address. */
export function isConstantBody(body: BodyPlan | undefined): boolean {
  const fields = body?.fields ?? []
  return fields.length > 0 && constantsOf(body).length === fields.length
}

export interface ConstantField {
  readonly path: string
  readonly value: JsonValue
}

/** Fields of a body that are always the same, also where CEL says so. */
export function constantsOf(body: BodyPlan | undefined): readonly ConstantField[] {
  return (body?.fields ?? []).flatMap(({ path, sources: [source] }) => {
    if (source?.from === 'constant') return [{ path, value: source.value }]
    const literal = source?.from === 'cel' ? /^\s*(?:'([^'\\]*)'|"([^"\\]*)"|(true|false|-?\d+))\s*$/.exec(source.program) : null
    return literal === null ? [] : [{ path, value: literal[1] ?? literal[2] ?? (JSON.parse(literal[3] ?? 'null') as JsonValue) }]
  })
}

export function actionPlanOf(plan: Plan, { action, step }: Route): ActionPlan | undefined {
  if (action === 'poll' || action === 'proof') return undefined
  const own = plan.actions[action]
  return step === undefined ? own : { ...own?.steps?.[step] }
}
