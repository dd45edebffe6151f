import { isArray, isObject, textOf, type JsonObject } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'

/** What tools conclude from an object: the rules of kstatus (Flux, cli-utils, Helm) and of a health check in Argo CD, as test code. */
export type KStatus = 'Current' | 'InProgress' | 'Failed' | 'Terminating'
export type ArgoHealth = 'Healthy' | 'Progressing' | 'Degraded'

function conditions(object: KubeObject): readonly JsonObject[] {
  return isObject(object.status) && isArray(object.status['conditions']) ? object.status['conditions'].filter(isObject) : []
}

function metadata(object: KubeObject): JsonObject {
  return isObject(object.metadata) ? object.metadata : {}
}

/** In the order of the library: deletion, generation, Reconciling or Stalled as they stand in the list, Ready, else Current. */
export function kstatus(object: KubeObject): KStatus {
  if (metadata(object)['deletionTimestamp'] !== undefined) return 'Terminating'
  const observed = isObject(object.status) ? object.status['observedGeneration'] : undefined
  if (observed !== undefined && observed !== metadata(object)['generation']) return 'InProgress'
  for (const { type, status } of conditions(object)) {
    if (type === 'Reconciling' && status === 'True') return 'InProgress'
    if (type === 'Stalled' && status === 'True') return 'Failed'
  }
  const ready = conditions(object).find(({ type }) => type === 'Ready')
  return ready === undefined || ready['status'] === 'True' ? 'Current' : 'InProgress'
}

/** The check that we ship for our groups: generation, Stalled, Ready. */
export function argoHealth(object: KubeObject): ArgoHealth {
  if (metadata(object)['deletionTimestamp'] !== undefined) return 'Progressing'
  const observed = isObject(object.status) ? object.status['observedGeneration'] : undefined
  if (observed !== metadata(object)['generation']) return 'Progressing'
  if (conditions(object).some(({ type, status }) => type === 'Stalled' && status === 'True')) return 'Degraded'
  return conditions(object).some(({ type, status }) => type === 'Ready' && status === 'True') && !conditions(object).some(({ type, status }) => type === 'Reconciling' && status === 'True') ? 'Healthy' : 'Progressing'
}

/** What must hold of every state that anybody can ever see; empty = all is well. */
export function violationsOf(object: KubeObject): readonly string[] {
  const found: string[] = []
  const status = isObject(object.status) ? object.status : undefined
  const own = kstatus(object)
  const is = (type: string): boolean => conditions(object).some((condition) => condition['type'] === type && condition['status'] === 'True')
  if (status === undefined || status['observedGeneration'] === undefined) found.push('no observedGeneration: kstatus calls an object Current that nobody has looked at')
  if (is('Reconciling') && is('Stalled')) found.push('Reconciling and Stalled at once: which counts depends on their order')
  if (own === 'Current' && !is('Ready')) found.push('Current without being Ready')
  if (own === 'Failed' && !is('Stalled')) found.push('Failed without a person being needed')
  for (const condition of conditions(object)) {
    if (condition['observedGeneration'] === undefined) found.push(`${textOf(condition['type'])} has no observedGeneration`)
    if (/\d{4}-\d\d-\d\dT\d\d:/.test(textOf(condition['message']))) found.push(`${textOf(condition['type'])} has a time in its message: it would be written again and again`)
    if (textOf(condition['reason']) === '' || /[^A-Za-z]/.test(textOf(condition['reason']))) found.push(`${textOf(condition['type'])} has the reason "${textOf(condition['reason'])}"`)
  }
  if (new Set(conditions(object).map(({ type }) => type)).size !== conditions(object).length) found.push('a condition stands twice')
  const argo = argoHealth(object)
  const agrees = { Current: ['Healthy'], InProgress: ['Progressing'], Failed: ['Degraded'], Terminating: ['Progressing'] }[own]
  if (!agrees.includes(argo)) found.push(`kstatus says ${own} and Argo CD says ${argo}`)
  return found
}
