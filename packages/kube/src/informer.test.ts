import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectKube, type Kube } from './client.js'
import { createInformer, type Informer, type InformerOptions, type InformerProblem } from './informer.js'
import { keyOf, nameOf, resourceVersionOf, type ResourceType } from './object.js'
import { eventually, startStubServer, type StubServer } from './stub-server.testing.js'

const WIDGETS: ResourceType = { group: 'test.dev', version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true }

let stub: StubServer
let kube: Kube
const running: Informer[] = []
let problems: InformerProblem[] = []

beforeEach(async () => {
  problems = []
  stub = await startStubServer()
  kube = connectKube({ server: stub.url })
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((informer) => informer.stop()))
  await kube.close()
  await stub.stop()
})

function follow(options: InformerOptions = {}): Informer {
  const informer = createInformer(kube, WIDGETS, {
    minPauseMs: 2, maxPauseMs: 20, random: () => 0.5, onProblem: (problem) => problems.push(problem), ...options,
  })
  running.push(informer)
  informer.start()
  return informer
}

function logOf(informer: Informer): string[] {
  const log: string[] = []
  informer.onChange((change) => log.push(`${change.initial === true ? 'initial ' : ''}${change.type} ${nameOf(change.object)}`))
  return log
}

function isEqual(informer: Informer): boolean {
  const state = (items: readonly Parameters<typeof keyOf>[0][]): string => items.map((item) => `${keyOf(item)}@${resourceVersionOf(item)}`).sort().join()
  return state(informer.list()) === state(stub.state() as never)
}

/** Lists of the whole; a look at the server's version asks for one object. */
const lists = (): number => stub.requests.filter((request) => request.query.get('watch') === null && request.query.get('limit') !== '1').length

describe('the first state', () => {
  it.each([
    { name: 'streamed', reason: 'one request gives state and watch', watchList: 'serve', lists: 0 },
    { name: 'listed after a refusal', reason: 'servers before WatchList answer 422', watchList: 'refuse', lists: 3 },
  ] as const)('$name: $reason', async (row) => {
    stub.watchList = row.watchList
    for (let index = 0; index < 5; index += 1) stub.put(`w${index}`)
    const informer = follow({ pageSize: 2 })
    const log = logOf(informer)
    await informer.synced
    expect(log).toEqual([0, 1, 2, 3, 4].map((index) => `initial added w${index}`))
    expect(lists()).toBe(row.lists)
    stub.put('w5')
    stub.remove('w0')
    await eventually(() => isEqual(informer), 'cache equals server')
    expect(log.slice(5)).toEqual(['added w5', 'deleted w0'])
  })

  it('falls back to a list when the server never marks the end of the stream', async () => {
    stub.watchList = 'ignore'
    stub.put('a')
    const informer = follow({ stallMs: 50 })
    await informer.synced
    expect(informer.list().map(nameOf)).toEqual(['a'])
    expect(lists()).toBe(1)
  })

  it('is complete for an empty kind', async () => {
    const informer = follow()
    await informer.synced
    expect(informer.size).toBe(0)
  })

  it('is replayed to a listener that comes later', async () => {
    stub.put('a')
    const informer = follow()
    await informer.synced
    expect(logOf(informer)).toEqual(['initial added a'])
  })
})

describe('what the cache holds', () => {
  it('drops managedFields and the copy of kubectl, and keeps other annotations', async () => {
    stub.put('a', {
      metadata: { managedFields: [{ manager: 'x' }], annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'yes' } },
      spec: { size: 1 },
    })
    const informer = follow()
    await informer.synced
    const [object] = informer.list()
    expect(object?.metadata).toMatchObject({ annotations: { mine: 'yes' } })
    expect(JSON.stringify(object)).not.toMatch(/managedFields|last-applied/)
  })

  it('keeps integers beyond 2^53 exact', async () => {
    stub.fault = (request) => request.query.get('watch') === 'true' ? undefined : {
      type: 'answer', status: 200,
      body: '{"kind":"WidgetList","metadata":{"resourceVersion":"100"},"items":[{"metadata":{"name":"a","resourceVersion":"1"},"spec":{"id":9007199254740993}}]}',
    }
    const informer = follow({ initial: 'list' })
    await informer.synced
    expect(informer.get('a')?.spec).toEqual({ id: 9007199254740993n })
  })

  it('finds objects by index, also after changes', async () => {
    stub.put('a', { spec: { colour: 'red' } })
    stub.put('b', { spec: { colour: 'red' } })
    const informer = follow({ indexers: { colour: (object) => [String((object.spec as { colour?: string }).colour)] } })
    await informer.synced
    expect(informer.byIndex('colour', 'red').map(nameOf)).toEqual(['a', 'b'])
    stub.put('a', { spec: { colour: 'blue' } })
    stub.remove('b')
    await eventually(() => isEqual(informer), 'followed')
    expect(informer.byIndex('colour', 'red')).toEqual([])
    expect(informer.byIndex('colour', 'blue').map(nameOf)).toEqual(['a'])
  })

  it('holds metadata only where that is enough, whatever the server sends', async () => {
    stub.put('a', { spec: { big: 'x' } })
    const informer = follow({ metadataOnly: true })
    await informer.synced
    expect(Object.keys(informer.get('default/a') ?? {})).toEqual(['apiVersion', 'kind', 'metadata'])
    expect(stub.requests[0]?.headers.accept).toContain('as=PartialObjectMetadata;')
  })

  it('takes over the answer to a write of our own, and is not thrown back by older events', async () => {
    stub.put('a', { spec: { size: 1 } })
    const informer = follow()
    await informer.synced
    stub.muted = true
    const written = stub.put('a', { spec: { size: 2 } })
    informer.remember(written as never)
    expect(informer.get('default/a')?.spec).toEqual({ size: 2 })
    stub.muted = false
    stub.breakWatches()
    await eventually(() => stub.openWatches() === 1 && informer.position() === String(stub.version()), 'resumed')
    expect(informer.get('default/a')?.spec).toEqual({ size: 2 })
  })
})

describe('faults', () => {
  it.each([
    { name: 'ended watches', reason: 'servers end every watch after some minutes', act: () => stub.endWatches(), listsMore: 0 },
    { name: 'broken watches', reason: 'a load balancer drops the connection', act: () => stub.breakWatches(), listsMore: 0 },
    {
      name: '410 on resume', reason: 'the history was compacted while we were away', listsMore: 1,
      act: () => { stub.compact(); stub.breakWatches() },
    },
    {
      name: 'a storm of 500', reason: 'etcd has no leader for a while', listsMore: 0,
      act: () => {
        let left = 6
        stub.fault = () => (left-- > 0 ? { type: 'answer', status: 500, body: { kind: 'Status', code: 500, reason: 'InternalError', message: 'no leader' } } : undefined)
        stub.breakWatches()
      },
    },
    {
      name: 'throttling', reason: '429 says when to come back', listsMore: 0,
      act: () => {
        let left = 2
        stub.fault = () => (left-- > 0 ? { type: 'answer', status: 429, body: { kind: 'Status', code: 429, reason: 'TooManyRequests' } } : undefined)
        stub.breakWatches()
      },
    },
    {
      name: 'resets', reason: 'connections die before an answer', listsMore: 0,
      act: () => {
        let left = 4
        stub.fault = () => (left-- > 0 ? { type: 'reset' } : undefined)
        stub.breakWatches()
      },
    },
  ])('$name: $reason', async (row) => {
    stub.watchList = 'refuse'
    for (let index = 0; index < 4; index += 1) stub.put(`w${index}`)
    const informer = follow({ pageSize: 10 })
    const log = logOf(informer)
    await informer.synced
    await eventually(() => stub.openWatches() === 1, 'watching')
    const before = lists()
    stub.muted = true
    stub.put('w1', { spec: { changed: true } })
    stub.remove('w2')
    stub.put('w9')
    row.act()
    stub.muted = false
    await eventually(() => isEqual(informer), 'cache equals server')
    expect(log.slice(4).sort()).toEqual(['added w9', 'deleted w2', 'updated w1'])
    expect(lists() - before).toBe(row.listsMore)
    stub.fault = undefined
    stub.put('later')
    await eventually(() => isEqual(informer), 'still following')
    expect(informer.problem()).toBeUndefined()
  })

  it('opens a silent watch again: half-open connections say nothing', async () => {
    const informer = follow({ stallMs: 300 })
    await informer.synced
    await eventually(() => stub.openWatches() === 1, 'watching')
    stub.muted = true
    stub.put('a')
    stub.muted = false
    await eventually(() => isEqual(informer), 'resumed where it was')
    expect(problems.some((problem) => problem.finding.code === 'KUB0301')).toBe(true)
  })

  it('survives a restart of the server', async () => {
    const informer = follow()
    await informer.synced
    await stub.restart()
    stub.put('after')
    await eventually(() => isEqual(informer), 'cache equals server')
  })

  it('lists in one piece when pages come slower than the server forgets', async () => {
    stub.watchList = 'refuse'
    for (let index = 0; index < 4; index += 1) stub.put(`w${index}`)
    stub.fault = (request) => {
      // Before the second page is looked for: its token is then too old, however fast the pages come.
      if (request.query.get('limit') === '2' && request.query.get('continue') !== null) stub.compact()
      return undefined
    }
    const informer = follow({ pageSize: 2 })
    await informer.synced
    expect(informer.size).toBe(4)
    expect(stub.requests.map((request) => request.query.get('limit'))).toContain('0')
  })

  it('ends at a line that is no JSON and resumes: nothing is dropped without a word', async () => {
    const informer = follow()
    await informer.synced
    let isFirst = true
    stub.fault = (request) => {
      if (request.query.get('watch') !== 'true' || !isFirst) return undefined
      isFirst = false
      return { type: 'answer', status: 200, body: '{"type":"ADDED","object":{"metadata":{"na' + '\n' }
    }
    stub.breakWatches()
    stub.put('a')
    await eventually(() => isEqual(informer), 'cache equals server')
    expect(problems.map((problem) => problem.error?.kind)).toContain('protocol')
  })

  it('asks twice before it believes an older state, then takes it over', async () => {
    stub.put('a')
    stub.put('b')
    const informer = follow()
    await informer.synced
    await eventually(() => stub.openWatches() === 1, 'watching')
    stub.remove('b')
    await eventually(() => informer.size === 1, 'followed')
    stub.rewind(50)
    let isRefused = false
    stub.fault = (request) => {
      if (request.query.get('watch') !== 'true' || isRefused) return undefined
      isRefused = true
      return { type: 'answer', status: 410, body: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } }
    }
    stub.breakWatches()
    await eventually(() => isEqual(informer) && informer.position() === '50', 'took over')
    expect(problems.filter((problem) => problem.finding.code === 'KUB0302')).toHaveLength(2)
  })

  it.each([
    { name: 'waits silently', reason: 'a watch at a version that is still to come says nothing', answer: undefined },
    {
      name: 'refuses', reason: 'API servers answer 504 until their version is reached',
      answer: { kind: 'Status', code: 504, reason: 'Timeout', message: 'Too large resource version: 103, current: 50', details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }] } },
    },
  ])('takes over a store that was restored to before: the server $name: $reason', async ({ answer }) => {
    stub.put('a')
    stub.put('b')
    const informer = follow()
    await informer.synced
    await eventually(() => stub.openWatches() === 1, 'watching')
    stub.rewind(50)
    stub.remove('b')
    if (answer !== undefined) stub.fault = (request) => (Number(request.query.get('resourceVersion')) > stub.version() ? { type: 'answer', status: 504, body: answer } : undefined)
    stub.breakWatches()
    await eventually(() => isEqual(informer) && informer.size === 1, 'took over')
  })

  it('tells a deletion and a new object when the uid changed unseen', async () => {
    stub.watchList = 'refuse'
    stub.put('a')
    const informer = follow()
    const log = logOf(informer)
    await informer.synced
    await eventually(() => stub.openWatches() === 1, 'watching')
    stub.muted = true
    stub.remove('a')
    stub.put('a')
    stub.compact()
    stub.breakWatches()
    stub.muted = false
    await eventually(() => isEqual(informer), 'cache equals server')
    expect(log).toEqual(['initial added a', 'deleted a', 'added a'])
  })

  it('stops at once, also while it pauses', async () => {
    stub.fault = () => ({ type: 'answer', status: 503 })
    const informer = follow({ minPauseMs: 60_000, maxPauseMs: 60_000 })
    await eventually(() => informer.problem() !== undefined, 'failed once')
    expect(informer.problem()?.kind).toBe('server')
    await informer.stop()
    expect(informer.hasSynced()).toBe(false)
  })
})
