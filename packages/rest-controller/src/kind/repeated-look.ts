import { isObject } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { ANNOTATION, type HttpRequest, type Purpose } from '@oasgen/wire'
import { annotationsOf, isDeleting, type KubeObject } from '@oasgen/kube'
import type { Outcome } from '@oasgen/controller'
import type { Environment } from '../environment/environment.js'

/**
 * A look that found all well, and all that `decide` made that of. `decide` is a function of its inputs: while the resource, what
 * is known beside it and the bytes of the answer are the same, so is what it would say, and nobody need ask it again.
 */
export interface RepeatableLook {
  readonly resource: KubeObject
  readonly environment: Pick<Environment, 'configuration' | 'configured' | 'hmacKey'>
  /** As it is sent, Configuration included. */
  readonly request: HttpRequest
  readonly purpose: Purpose
  readonly digest: string
  readonly outcome: Outcome & { readonly type: 'recheck' }
}

export interface RepeatedLooks {
  /** The look that this reconcile would begin with, when its inputs are those of the last one. */
  find(key: string, resource: KubeObject, environment: Environment): RepeatableLook | undefined
  note(key: string, look: RepeatableLook): void
  forget(key: string): void
  clear(): void
}

export function createRepeatedLooks(): RepeatedLooks {
  const looks = new Map<string, RepeatableLook>()
  return {
    find: (key, resource, environment) => {
      const look = looks.get(key)
      return look !== undefined && look.resource === resource && isSameEnvironment(look.environment, environment) ? look : undefined
    },
    note: (key, look) => void looks.set(key, look),
    forget: (key) => void looks.delete(key),
    clear: () => looks.clear(),
  }
}

function isSameEnvironment(a: RepeatableLook['environment'], b: Environment): boolean {
  return a.configured === b.configured && a.hmacKey === b.hmacKey && isSameState(a.configuration, b.configuration)
}

function isSameState(a: Environment['configuration'], b: Environment['configuration']): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.state === 'found' && b.state === 'found' && a.object === b.object
}

/**
 * Whether what `decide` makes of a get depends on nothing but resource, Configuration and the answer's status, type and body: no
 * references, secrets or exports, which may change by themselves; no header of the answer; no expression that asks for the time.
 */
export function isRepeatable(plan: Plan): boolean {
  const { actions: { get }, references = [], secrets = [], exports = [] } = plan
  if (get?.call === undefined || get.steps !== undefined || get.async !== undefined || references.length + secrets.length + exports.length > 0) return false
  const { parameters, body, queries, response } = get.call
  const read = JSON.stringify([plan.identity, plan.status, plan.compare, plan.conditions, plan.policy, response])
  const sent = JSON.stringify([parameters, body, queries])
  return !/\bnow\b|header|location/i.test(read) && !/\bnow\b|secretRef/i.test(sent)
}

/** What time alone changes: operations under way, doubts that grow old, deletions. */
const LASTING: ReadonlySet<string> = new Set(['identity', 'server', 'sent', 'known', 'completed', 'requested'])

/** Whether the resource as it is would be judged the same at any later moment. */
export function isLasting(resource: KubeObject): boolean {
  const memory = isObject(resource.status) ? resource.status.reconcile : undefined
  const isPlain = !isObject(memory) || Object.keys(memory).every((name) => LASTING.has(name))
  return isPlain && !isDeleting(resource) && annotationsOf(resource)[ANNOTATION.connectorVerbose] !== 'true'
}
