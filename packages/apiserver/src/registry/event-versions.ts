import { member, type JsonObject, type JsonValue } from '@oasgen/json'

/** The two faces of an event: `[core/v1, events.k8s.io/v1]`. They are kept in the core form. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['metadata', 'metadata'], ['eventTime', 'eventTime'], ['series', 'series'], ['reportingComponent', 'reportingController'],
  ['reportingInstance', 'reportingInstance'], ['action', 'action'], ['reason', 'reason'], ['involvedObject', 'regarding'], ['related', 'related'],
  ['message', 'note'], ['type', 'type'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'],
]

/** Members that one face always has and the other leaves out when they are empty. */
const EMPTY_IN_CORE: Readonly<Record<string, JsonValue>> = {
  involvedObject: {}, source: {}, firstTimestamp: null, lastTimestamp: null, eventTime: null, reportingComponent: '', reportingInstance: '',
}

export function eventToCore(event: JsonObject): JsonObject {
  const core = renamed(event, PAIRS.map(([to, from]) => [from, to]))
  return { kind: 'Event', apiVersion: 'v1', ...Object.fromEntries(Object.entries(EMPTY_IN_CORE)), ...core }
}

export function eventFromCore(event: JsonObject): JsonObject {
  const { regarding, deprecatedSource, reportingController, reportingInstance, ...rest } = renamed(event, PAIRS) as Record<string, JsonValue>
  return {
    kind: 'Event', apiVersion: 'events.k8s.io/v1', ...rest,
    regarding: regarding ?? {}, deprecatedSource: deprecatedSource ?? {},
    ...(reportingController !== '' && reportingController !== undefined && { reportingController }),
    ...(reportingInstance !== '' && reportingInstance !== undefined && { reportingInstance }),
  }
}

function renamed(event: JsonObject, pairs: readonly (readonly [string, string])[]): JsonObject {
  return Object.fromEntries(pairs.flatMap(([from, to]) => {
    const value = member(event, from)
    return value === undefined ? [] : [[to, value]]
  }))
}
