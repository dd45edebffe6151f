import { page, problem, json, type Answer, type Response } from './answer.js'
import { SWITCHES, type SwitchName, type Verb } from './switches.js'

export interface FaultSettings {
  readonly switches: readonly SwitchName[]
  /** Verbs that faults happen to. */
  readonly verbs: readonly Verb[]
  /** How many requests of each action each fault happens to. */
  readonly times: number
  readonly retryAfterSeconds: number
}

/** Gives the fault for a request, if one is due. */
export type NextFault = (action: string, verb: Verb) => SwitchName | undefined

export function createFaults({ switches, verbs, times }: FaultSettings): NextFault {
  const faults = switches.filter((name) => SWITCHES[name].acts === 'fault')
  const used = new Map<string, number>()
  return (action, verb) => {
    if (!verbs.includes(verb)) return undefined
    for (const name of faults) {
      const count = used.get(`${action} ${name}`) ?? 0
      if (count >= times || (verb === 'observe' && ONLY_WRITES.has(name))) continue
      used.set(`${action} ${name}`, count + 1)
      return name
    }
    return undefined
  }
}

/** What a request does before it is answered so is nothing, where it only reads. */
const ONLY_WRITES: ReadonlySet<SwitchName> = new Set(['error5xxAfter', 'hangAfter'])

/** The answer of a fault that keeps the request from being carried out; undefined: it is carried out. */
export function answerBefore(fault: SwitchName, now: number, { retryAfterSeconds }: FaultSettings): Answer | undefined {
  switch (fault) {
    case 'error5xxBefore': return problem(500, 'internal error')
    case 'throttledSeconds': return problem(429, 'slow down', { 'retry-after': String(retryAfterSeconds) })
    case 'throttledDate': return throttledUntil(now, retryAfterSeconds)
    case 'conflict': return problem(409, 'the object is busy')
    case 'hangBefore': return { type: 'hang' }
    case 'htmlError': return page(502, '502 Bad Gateway')
    case 'htmlSuccess': return page(200, 'Please sign in')
    case 'errorInSuccess': return json(200, { error: { code: 'E1', message: 'something went wrong' } })
    case 'unauthorised': return problem(401, 'who are you?')
    case 'forbidden': return problem(403, 'you may not')
    default: return undefined
  }
}

// Whole seconds of a date: rounded up, so that it is never earlier than it says.
function throttledUntil(now: number, seconds: number): Response {
  const until = new Date(Math.ceil(now / 1000) * 1000 + seconds * 1000)
  return problem(429, 'slow down', { 'retry-after': until.toUTCString(), date: new Date(Math.ceil(now / 1000) * 1000).toUTCString() })
}

/** The answer of a request that was carried out, as the fault leaves it. */
export function answerAfter(fault: SwitchName | undefined, answer: Response): Answer {
  switch (fault) {
    case 'error5xxAfter': return problem(503, 'try later')
    case 'hangAfter': return { type: 'hang' }
    case 'resetMidBody': return { ...answer, status: answer.status === 204 ? 200 : answer.status, body: answer.body === '' ? '{"message":"done"}' : answer.body, damage: 'middle' }
    case 'wrongContentType': return { ...answer, status: answer.status === 204 ? 200 : answer.status, headers: { ...answer.headers, 'content-type': 'text/plain' }, body: `Everything is fine: ${answer.body}` }
    case 'hugeBody': return { ...answer, status: answer.status === 204 ? 200 : answer.status, damage: 'huge' }
    case 'emptyBody': return { type: 'response', status: answer.status, headers: {}, body: '' }
    default: return answer
  }
}
