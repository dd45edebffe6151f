import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { humanDuration } from './ages.js'
import { columnsOf } from './builtin-columns.js'
import { printPath } from './json-path.js'

const S = 1000
const M = 60 * S
const H = 60 * M
const D = 24 * H

describe('ages', () => {
  it.each([
    [0, '0s'], [119 * S, '119s'], [120 * S, '2m'], [125 * S, '2m5s'], [10 * M, '10m'], [179 * M, '179m'], [3 * H, '3h'], [3 * H + 5 * M, '3h5m'], [8 * H, '8h'],
    [47 * H, '47h'], [48 * H, '2d'], [50 * H, '2d2h'], [8 * D, '8d'], [729 * D, '729d'], [730 * D, '2y'], [731 * D, '2y1d'], [3000 * D, '8y'], [-5 * S, '<invalid>'],
  ])('%i ms is %s', (ms, want) => {
    expect(humanDuration(ms)).toBe(want)
  })
})

describe('printer column paths', () => {
  const object: JsonObject = { spec: { 'a.b': 1, list: [{ type: 'A', v: 1 }, { type: 'Ready', v: 2 }] }, status: { deep: { name: 'x' } } }
  it.each([
    { reason: 'a field', path: '.status.deep.name', want: ['x'] }, { reason: 'a quoted name', path: ".spec['a.b']", want: [1] },
    { reason: 'an escaped dot', path: '.spec.a\\.b', want: [1] }, { reason: 'an index', path: '.spec.list[1].v', want: [2] }, { reason: 'from the end', path: '.spec.list[-1].v', want: [2] },
    { reason: 'all', path: '.spec.list[*].v', want: [1, 2] }, { reason: 'a slice', path: '.spec.list[0:1].v', want: [1] },
    { reason: 'a filter', path: '.spec.list[?(@.type=="Ready")].v', want: [2] }, { reason: 'a filter of numbers', path: '.spec.list[?(@.v>1)].type', want: ['Ready'] },
    { reason: 'anywhere below', path: '..name', want: ['x'] }, { reason: 'braces around it', path: '{.status.deep.name}', want: ['x'] },
    { reason: 'nothing there', path: '.spec.nothing[0]', want: [] }, { reason: 'inherited names', path: '.constructor', want: [] }, { reason: 'no path at all', path: '.spec[', want: [] },
  ])('$reason: $path', ({ path, want }) => {
    expect(printPath(object, path)).toEqual(want)
  })
})

describe('built-in columns', () => {
  it.each([
    { reason: 'a deployment half ready', kind: 'deployments.apps', object: { metadata: { name: 'd' }, spec: { replicas: 2 }, status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 } }, want: ['d', '1/2', 2, 1, '<unknown>'] },
    { reason: 'a pod that crashes', kind: 'pods', object: { metadata: { name: 'p' }, spec: { containers: [{}] }, status: { phase: 'Running', containerStatuses: [{ ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }] } }, want: ['p', '0/1', 'CrashLoopBackOff', '3', '<unknown>'] },
    { reason: 'an event', kind: 'events', object: { involvedObject: { kind: 'Pod', name: 'p' }, reason: 'R', type: 'Normal', message: ' m ', lastTimestamp: '1970-01-01T00:00:00Z' }, want: ['0s', 'Normal', 'R', 'pod/p', '', '', 'm'] },
  ])('$reason', ({ kind, object, want }) => {
    expect(columnsOf(kind).slice(0, want.length).map((column) => column.cell(object as unknown as JsonObject, 0))).toEqual(want)
  })
})
