import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Finding } from '@oasgen/diagnostics'
import { connectKube, type Kube } from './client.js'
import { boundedBytes, type EventFacts } from './event-object.js'
import { createEventRecorder, type EventRecorder } from './events.js'
import { startStubServer, type Fault, type SeenRequest, type StubServer } from './stub-server.testing.js'

let stub: StubServer
let kube: Kube
let now: number
let problems: Finding[]
let recorder: EventRecorder

beforeEach(async () => {
  stub = await startStubServer()
  kube = connectKube({ server: stub.url })
  now = 1_700_000_000_000
  problems = []
  stub.fault = accept
  recorder = createEventRecorder(kube, { component: 'c', instance: 'i', wall: () => now, onProblem: (problem) => problems.push(problem) })
})
afterEach(async () => {
  await kube.close()
  await stub.stop()
})

const accept = (): Fault => ({ type: 'answer', status: 201, body: {} })
const status = (code: number, more: object = {}): Fault => ({ type: 'answer', status: code, body: { kind: 'Status', message: 'no', ...more } })
const event = (more: Partial<EventFacts> = {}): EventFacts => ({
  regarding: { apiVersion: 'g/v1', kind: 'Repo', metadata: { name: 'a', namespace: 'n', uid: 'u' } },
  type: 'Normal', reason: 'Created', action: 'Create', note: 'it was created', ...more,
})
const asked = (): string[] => stub.requests.map((request) => `${request.method} ${request.path.replace(/\/a\..*$/, '/a.…')}`)

describe('events', () => {
  it('are written in the namespace of the object, with who, what and why', async () => {
    recorder.record(event())
    await recorder.flush()
    expect(asked()).toEqual(['POST /apis/events.k8s.io/v1/namespaces/n/events'])
    expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({
      eventTime: '2023-11-14T22:13:20.000000Z', reportingController: 'c', reportingInstance: 'i', type: 'Normal', reason: 'Created', action: 'Create',
      note: 'it was created', regarding: { apiVersion: 'g/v1', kind: 'Repo', namespace: 'n', name: 'a', uid: 'u' },
    })
  })

  it('that repeat are one with a count, told at once and then once a minute', async () => {
    for (let second = 0; second < 150; second += 1) {
      recorder.record(event())
      await recorder.flush()
      now += 1_000
    }
    expect(asked()).toEqual([
      'POST /apis/events.k8s.io/v1/namespaces/n/events', ...Array<string>(3).fill('PATCH /apis/events.k8s.io/v1/namespaces/n/events/a.…'),
    ])
    expect(JSON.parse(stub.requests[3]?.body ?? '')).toMatchObject({ series: { count: 122 } })
  })

  it('of one object are limited: a failing resource cannot flood the server', async () => {
    for (let index = 0; index < 100; index += 1) recorder.record(event({ note: `message ${index}` }))
    await recorder.flush()
    expect(recorder.statistics()).toEqual({ written: 25, dropped: 75, pending: 0 })
    now += 300_000
    recorder.record(event({ note: 'later' }))
    await recorder.flush()
    expect(recorder.statistics().written).toBe(26)
  })

  it.each([
    { name: 'forbidden', reason: 'the reference grants only core events', fault: status(403, { reason: 'Forbidden' }) },
    { name: 'not served', reason: 'a minimal API server', fault: status(404, { reason: 'NotFound' }) },
  ])('go to the core API where the other is $name: $reason', async (row) => {
    stub.fault = (request) => (request.path.startsWith('/apis/') ? row.fault : accept())
    recorder.record(event())
    await recorder.flush()
    recorder.record(event({ note: 'second' }))
    await recorder.flush()
    expect(asked()).toEqual(['POST /apis/events.k8s.io/v1/namespaces/n/events', 'POST /api/v1/namespaces/n/events', 'POST /api/v1/namespaces/n/events'])
    expect(JSON.parse(stub.requests[1]?.body ?? '')).toMatchObject({ involvedObject: { name: 'a' }, message: 'it was created', source: { component: 'c' }, count: 1 })
    expect(problems).toEqual([])
  })

  it('in a namespace that ends are dropped without a word', async () => {
    stub.fault = () => status(403, { reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating', message: 'ends', field: '' }] } })
    recorder.record(event())
    await recorder.flush()
    expect(asked()).toHaveLength(1)
    expect(problems).toEqual([])
  })

  it('that cannot be written are counted and told once in ten minutes', async () => {
    stub.fault = () => status(500)
    for (let index = 0; index < 5; index += 1) recorder.record(event({ note: String(index) }))
    await recorder.flush()
    expect(problems.map((problem) => problem.code)).toEqual(['KUB0303'])
    expect(recorder.statistics().dropped).toBe(5)
  })

  it('that the server has forgotten are written anew', async () => {
    recorder.record(event())
    await recorder.flush()
    stub.fault = (request: SeenRequest) => (request.method === 'PATCH' ? status(404, { reason: 'NotFound' }) : accept())
    recorder.record(event())
    await recorder.flush()
    expect(asked().map((line) => line.split(' ')[0])).toEqual(['POST', 'PATCH', 'POST'])
  })

  it('have notes within the server’s limit of bytes', () => {
    for (const text of ['x'.repeat(5000), 'é'.repeat(5000), '😀'.repeat(5000), 'short']) {
      const note = boundedBytes(text, 1024)
      expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024)
      expect(note).not.toContain('\uFFFD')
    }
  })
})
