import type { JsonObject } from '@oasgen/json'
import { nameOf, namespaceOf, resourceVersionOf, uidOf, type KubeObject } from './object.js'

/** One thing that happened to an object, for people. Nothing may depend on an event being there. */
export interface EventFacts {
  readonly regarding: KubeObject
  readonly related?: KubeObject
  readonly type: 'Normal' | 'Warning'
  /** CamelCase, such as `ExternalObjectCreated`. */
  readonly reason: string
  /** What was being done, CamelCase: `Create`, `Observe`. */
  readonly action: string
  /** Bounded to 1,024 bytes by the writer. */
  readonly note: string
}

export interface EventStamp {
  readonly component: string
  readonly instance: string
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
  readonly count: number
}

/** The server's limit for notes is 1,024 bytes, not characters. */
export const MAX_NOTE_BYTES = 1024

export function namespaceOfEvent(facts: EventFacts): string {
  return namespaceOf(facts.regarding) || 'default'
}

/** events.k8s.io/v1. */
export function buildEvent(facts: EventFacts, stamp: EventStamp): JsonObject {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: stamp.name, namespace: namespaceOfEvent(facts) },
    eventTime: microTime(stamp.firstAt),
    reportingController: stamp.component,
    reportingInstance: stamp.instance.slice(0, 128),
    type: facts.type,
    reason: facts.reason.slice(0, 128),
    action: facts.action.slice(0, 128),
    note: boundedBytes(facts.note, MAX_NOTE_BYTES),
    regarding: referenceTo(facts.regarding),
    ...(facts.related !== undefined && { related: referenceTo(facts.related) }),
  }
}

/** That it happened again: a merge patch of the event that is there. */
export function buildSeries(stamp: EventStamp): JsonObject {
  return { series: { count: stamp.count, lastObservedTime: microTime(stamp.lastAt) } }
}

/** core/v1, for accounts that may write only these. */
export function buildCoreEvent(facts: EventFacts, stamp: EventStamp): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: stamp.name, namespace: namespaceOfEvent(facts) },
    involvedObject: referenceTo(facts.regarding),
    reason: facts.reason.slice(0, 128),
    message: boundedBytes(facts.note, MAX_NOTE_BYTES),
    type: facts.type,
    source: { component: stamp.component },
    firstTimestamp: seconds(stamp.firstAt),
    lastTimestamp: seconds(stamp.lastAt),
    count: stamp.count,
    action: facts.action.slice(0, 128),
    reportingComponent: stamp.component,
    reportingInstance: stamp.instance.slice(0, 128),
  }
}

export function buildCoreSeries(stamp: EventStamp): JsonObject {
  return { count: stamp.count, lastTimestamp: seconds(stamp.lastAt) }
}

function referenceTo(object: KubeObject): JsonObject {
  const { apiVersion, kind } = object
  return {
    ...(typeof apiVersion === 'string' && { apiVersion }),
    ...(typeof kind === 'string' && { kind }),
    ...(namespaceOf(object) !== '' && { namespace: namespaceOf(object) }),
    name: nameOf(object),
    uid: uidOf(object),
    resourceVersion: resourceVersionOf(object),
  }
}

export function boundedBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text
  const cut = Buffer.from(text).subarray(0, limit - 3).toString('utf8').replace(/\uFFFD+$/, '')
  return `${cut}…`
}

function microTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

function seconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
