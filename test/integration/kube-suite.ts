import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLeaderElector, createShardMember, type LeaderElector, type LeaseApi, type ShardMember } from '@oasgen/controller'
import {
  CONFIG_MAPS, connectKube, CORE_EVENTS, createEventRecorder, createInformer, CUSTOM_RESOURCE_DEFINITIONS, EVENTS, keyOf, nameOf, NAMESPACES, named,
  resourceVersionOf, typeOf, uidOf, type Informer, type Kube, type KubeObject, type KubeResult, type ResourceType,
} from '@oasgen/kube'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

export interface Target {
  readonly url: string
  readonly ca: string
  readonly token: string
}

const GADGETS: ResourceType = { group: 'suite.oasgen.dev', version: 'v1', plural: 'gadgets', kind: 'Gadget', namespaced: true }

const CRD: KubeObject = {
  metadata: { name: 'gadgets.suite.oasgen.dev' },
  spec: {
    group: GADGETS.group, scope: 'Namespaced', names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [{
      name: 'v1', served: true, storage: true, subresources: { status: {} },
      schema: { openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: { type: 'object', properties: { id: { type: 'integer', format: 'int64' }, size: { type: 'integer', minimum: 1 }, ratio: { type: 'number' } } },
          status: { type: 'object', properties: { state: { type: 'string' } } },
        },
      } },
    }],
  },
}

/** What our programs need of a Kubernetes API, whichever it is. */
export function kubeSuite(name: string, start: () => Promise<{ readonly target: Target; readonly stop: () => Promise<unknown> }>): void {
  describe(`the Kubernetes client against ${name}`, () => {
    let stop: () => Promise<unknown> = async () => undefined
    let kube: Kube
    let target: Target
    const namespace = `suite-${randomUUID().slice(0, 8)}`
    const at = (object: string): { namespace: string; name: string } => ({ namespace, name: object })
    const configMap = (object: string, data: Record<string, string> = {}): KubeObject => ({ metadata: at(object), data })

    beforeAll(async () => {
      const started = await start()
      stop = started.stop
      target = started.target
      const { url, ca, token } = target
      kube = connectKube({ server: url, ca, token })
      value(await kube.create(NAMESPACES, { metadata: { name: namespace } }))
      const made = await kube.create(CUSTOM_RESOURCE_DEFINITIONS, CRD)
      if (!made.ok && made.error.kind !== 'alreadyExists') value(made)
      await eventually(async () => (await kube.page(GADGETS, { namespace })).ok, 'the kind is served')
    }, 1_800_000)
    afterAll(async () => {
      await kube?.close()
      await stop()
    })

    describe('writes and reads', () => {
      it('create, read, change, delete', async () => {
        const created = value(await kube.create(CONFIG_MAPS, configMap('life', { a: '1' })))
        expect(created).toMatchObject({ kind: 'ConfigMap', data: { a: '1' } })
        expect(value(await kube.patch(CONFIG_MAPS, at('life'), { type: 'merge', body: { data: { b: '2', a: null } } })).data).toEqual({ b: '2' })
        const patched = value(await kube.patch(CONFIG_MAPS, at('life'), { type: 'json', operations: [{ op: 'add', path: '/data/c', value: '3' }] }))
        expect(patched.data).toEqual({ b: '2', c: '3' })
        expect(value(await kube.update(CONFIG_MAPS, { ...patched, data: { d: '4' } })).data).toEqual({ d: '4' })
        expect(value(await kube.delete(CONFIG_MAPS, at('life'), { preconditions: { uid: uidOf(created) } })).state).toBe('gone')
        expect(await kube.get(CONFIG_MAPS, at('life'))).toMatchObject({ ok: false, error: { kind: 'notFound', code: 404 } })
      })

      it('refusals have a kind', async () => {
        const created = value(await kube.create(CONFIG_MAPS, configMap('refused')))
        expect(await kube.create(CONFIG_MAPS, configMap('refused'))).toMatchObject({ ok: false, error: { kind: 'alreadyExists' } })
        value(await kube.patch(CONFIG_MAPS, at('refused'), { type: 'merge', body: { data: { a: '1' } } }))
        expect(await kube.update(CONFIG_MAPS, created)).toMatchObject({ ok: false, error: { kind: 'conflict' } })
        expect(await kube.delete(CONFIG_MAPS, at('refused'), { preconditions: { uid: randomUUID() } })).toMatchObject({ ok: false, error: { kind: 'conflict' } })
        const invalid = await kube.create(CONFIG_MAPS, configMap('Not_A_Name'))
        expect(invalid).toMatchObject({ ok: false, error: { kind: 'invalid', causes: [{ field: 'metadata.name' }] } })
        expect(await kube.page({ ...GADGETS, plural: 'nothings' })).toMatchObject({ ok: false, error: { kind: 'notFound' } })
      })

      it('a dry run stores nothing', async () => {
        value(await kube.create(CONFIG_MAPS, configMap('dry'), { dryRun: true }))
        expect((await kube.get(CONFIG_MAPS, at('dry'))).ok).toBe(false)
      })

      it('server-side apply: managers own fields, and force takes them over', async () => {
        const apply = (fieldManager: string, data: Record<string, string>, force = false): Promise<KubeResult<KubeObject>> =>
          kube.patch(CONFIG_MAPS, at('applied'), { type: 'apply', body: { data }, fieldManager, force })
        value(await apply('one', { a: '1', b: '1' }))
        expect(await apply('two', { a: '2' })).toMatchObject({ ok: false, error: { kind: 'conflict' } })
        expect(value(await apply('two', { a: '2' }, true)).data).toEqual({ a: '2', b: '1' })
        expect(value(await apply('one', {})).data).toEqual({ a: '2' })
      })

      it('integers beyond 2^53 and decimals are exact, and status is a path of its own', async () => {
        const id = 9007199254740993n
        const created = value(await kube.create(GADGETS, { metadata: at('exact'), spec: { id, size: 1, ratio: 0.1 }, status: { state: 'ignored' } }))
        expect(created).toMatchObject({ spec: { id, ratio: 0.1 } })
        expect(created.status).toBeUndefined()
        const patched = value(await kube.patchStatus(GADGETS, at('exact'), { type: 'merge', body: { status: { state: 'ready' }, spec: { size: 7 } } }))
        expect(patched).toMatchObject({ spec: { id, size: 1 }, status: { state: 'ready' } })
        expect(value(await kube.updateStatus(GADGETS, { ...patched, status: { state: 'done' } }))).toMatchObject({ spec: { id }, status: { state: 'done' } })
      })

      it('the schema is kept, and strict validation names unknown fields', async () => {
        expect(await kube.create(GADGETS, { metadata: at('small'), spec: { size: 0 } })).toMatchObject({ ok: false, error: { kind: 'invalid', causes: [{ field: 'spec.size' }] } })
        expect(await kube.create(GADGETS, { metadata: at('strange'), spec: { colour: 'red' } }, { fieldValidation: 'Strict' })).toMatchObject({ ok: false, error: { kind: 'invalid' } })
        expect((await kube.create(GADGETS, { metadata: at('strange'), spec: { colour: 'red' } }, { fieldValidation: 'Warn' }))).toMatchObject({ ok: true, warnings: [expect.stringContaining('colour')] })
      })
    })

    describe('lists and watches', () => {
      it('pages', async () => {
        for (let index = 0; index < 25; index += 1) value(await kube.create(GADGETS, { metadata: { ...at(`page-${index}`), labels: { paged: 'yes' } } }))
        const sizes: number[] = []
        for await (const page of kube.pages(GADGETS, { namespace, labelSelector: 'paged=yes', limit: 10 })) sizes.push(value(page).items.length)
        expect(sizes).toEqual([10, 10, 5])
        expect(value(await kube.list(GADGETS, { namespace, labelSelector: 'paged=yes', limit: 10 })).items).toHaveLength(25)
        value(await kube.deleteCollection(GADGETS, { namespace, labelSelector: 'paged=yes' }))
        expect(value(await kube.list(GADGETS, { namespace, labelSelector: 'paged=yes' })).items).toEqual([])
      })

      it('a watch tells what happens after a list', async () => {
        const from = value(await kube.page(CONFIG_MAPS, { namespace })).resourceVersion
        value(await kube.create(CONFIG_MAPS, configMap('seen')))
        value(await kube.patch(CONFIG_MAPS, at('seen'), { type: 'merge', body: { data: { a: '1' } } }))
        value(await kube.delete(CONFIG_MAPS, at('seen')))
        const events: string[] = []
        const watch = kube.watch(CONFIG_MAPS, { namespace, resourceVersion: from })
        for await (const event of watch) {
          if (event.type === 'error') expect.fail(event.error.message)
          if (event.type !== 'bookmark') events.push(`${event.type} ${nameOf(event.object)}`)
          if (event.type === 'deleted') watch.close()
        }
        expect(events).toEqual(['added seen', 'updated seen', 'deleted seen'])
      })

      it('an object without a version to go on is refused as gone', async () => {
        const [first] = await take(kube.watch(CONFIG_MAPS, { namespace, resourceVersion: '1' }), 1)
        if (first?.type === 'error') expect(first.error.kind).toBe('gone')
      })
    })

    describe('informers', () => {
      const running: Informer[] = []
      afterAll(() => Promise.all(running.map((informer) => informer.stop())))
      const follow = (...args: Parameters<typeof createInformer> extends [Kube, ...infer Rest] ? Rest : never): Informer => {
        const informer = createInformer(kube, ...args)
        running.push(informer)
        informer.start()
        return informer
      }
      const versions = (items: readonly KubeObject[]): string => items.map((item) => `${keyOf(item)}@${resourceVersionOf(item)}`).sort().join()
      const isEqual = async (informer: Informer, scope: object): Promise<boolean> =>
        versions(informer.list()) === versions(value(await kube.list(CONFIG_MAPS, { namespace, ...scope })).items)

      it.each([{ initial: 'auto' as const }, { initial: 'list' as const }])('follow the server ($initial)', async ({ initial }) => {
        const scope = { labelSelector: `follow=${initial}` }
        const make = (index: number): KubeObject => ({ ...configMap(`f-${initial}-${index}`), metadata: { ...at(`f-${initial}-${index}`), labels: { follow: initial } } })
        for (let index = 0; index < 8; index += 1) value(await kube.create(CONFIG_MAPS, make(index)))
        const informer = follow(CONFIG_MAPS, { namespace, ...scope, initial, pageSize: 3 })
        await informer.synced
        expect(informer.size).toBe(8)
        for (let index = 0; index < 4; index += 1) value(await kube.delete(CONFIG_MAPS, at(`f-${initial}-${index}`)))
        for (let index = 4; index < 12; index += 1) {
          if (index >= 8) value(await kube.create(CONFIG_MAPS, make(index)))
          value(await kube.patch(CONFIG_MAPS, at(`f-${initial}-${index}`), { type: 'merge', body: { data: { n: String(index) } } }))
        }
        await eventually(() => isEqual(informer, scope), 'the cache equals the server')
        value(await kube.patch(CONFIG_MAPS, at(`f-${initial}-5`), { type: 'merge', body: { metadata: { labels: { follow: null } } } }))
        await eventually(() => informer.get(`${namespace}/f-${initial}-5`) === undefined, 'an object that leaves the selection is gone')
      })

      it('one object by its name', async () => {
        value(await kube.create(CONFIG_MAPS, configMap('one', { a: '1' })))
        value(await kube.create(CONFIG_MAPS, configMap('two')))
        const informer = follow(CONFIG_MAPS, { namespace, fieldSelector: named('one') })
        await informer.synced
        expect(informer.list().map(nameOf)).toEqual(['one'])
        value(await kube.patch(CONFIG_MAPS, at('one'), { type: 'merge', body: { data: { a: '2' } } }))
        await eventually(() => (informer.get(`${namespace}/one`)?.data as { a?: string } | undefined)?.a === '2', 'its change is seen')
      })

      it('metadata only', async () => {
        const informer = follow(CONFIG_MAPS, { namespace, metadataOnly: true })
        await informer.synced
        expect(informer.get(`${namespace}/one`)).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'one' } })
        expect(informer.list().every((object) => object.data === undefined)).toBe(true)
      })
    })

    describe('what the server knows', () => {
      it('discovery finds a kind that came a moment ago', async () => {
        const discovery = value(await kube.discover())
        expect(typeOf(discovery, { group: GADGETS.group, kind: 'Gadget' })).toMatchObject({ ...GADGETS, singular: 'gadget', subresources: ['status'] })
        expect(typeOf(discovery, { group: '', kind: 'ConfigMap' })).toMatchObject(CONFIG_MAPS)
      })

      it('OpenAPI v3 has its fields', async () => {
        await eventually(async () => {
          const index = value(await kube.openapiV3())
          return Object.keys(index.paths as object).includes(`apis/${GADGETS.group}/v1`)
        }, 'the document is listed')
        const document = value(await kube.openapiV3(`apis/${GADGETS.group}/v1`))
        expect(JSON.stringify(document)).toContain('"format":"int64"')
      })

      it('who does not belong here', async () => {
        const stranger = connectKube({ server: target.url, ca: target.ca, token: 'nobody' })
        expect(await stranger.page(CONFIG_MAPS, { namespace })).toMatchObject({ ok: false, error: { kind: 'unauthorized', finding: { code: 'KUB0106' } } })
        await stranger.close()
      })

      it('HTTP/2 where it is asked for and spoken', async () => {
        const modern = connectKube({ server: target.url, ca: target.ca, token: target.token, http2: true })
        value(await modern.create(CONFIG_MAPS, configMap('modern')))
        const informer = createInformer(modern, CONFIG_MAPS, { namespace, fieldSelector: named('modern') })
        informer.start()
        await informer.synced
        value(await modern.patch(CONFIG_MAPS, at('modern'), { type: 'merge', body: { data: { a: '1' } } }))
        await eventually(() => informer.get(`${namespace}/modern`)?.data !== undefined, 'the change is seen')
        await informer.stop()
        await modern.close()
      })

      it('may we', async () => {
        expect(value(await kube.accessReview({ verb: 'create', group: '', resource: 'configmaps', namespace })).allowed).toBe(true)
      })
    })

    describe('events', () => {
      it('are seen by both APIs, and a repetition is counted', async () => {
        const object = value(await kube.create(CONFIG_MAPS, configMap('eventful')))
        const recorder = createEventRecorder(kube, { component: 'oasgen.dev/suite', instance: 'here' })
        const event = { regarding: object, type: 'Warning', reason: 'Tested', action: 'Test', note: `${'é'.repeat(2000)}` } as const
        recorder.record(event)
        await recorder.flush()
        recorder.record(event)
        await recorder.flush()
        const events = value(await kube.list(EVENTS, { namespace, fieldSelector: 'reason=Tested' })).items
        expect(events).toHaveLength(1)
        expect(events[0]).toMatchObject({ regarding: { name: 'eventful' }, reportingController: 'oasgen.dev/suite', series: { count: 2 } })
        const core = value(await kube.list(CORE_EVENTS, { namespace, fieldSelector: 'involvedObject.name=eventful' })).items
        expect(core).toHaveLength(1)
        expect(recorder.statistics()).toEqual({ written: 2, dropped: 0, pending: 0 })
      })
    })

    describe('Leases', () => {
      it('one of two leads, and an orderly end hands over at once', async () => {
        const api: LeaseApi = kube
        const options = { lease: at('leader'), retryMs: 50, renewDeadlineMs: 2_000, longestRequestMs: 500 }
        const [first, second] = ['a', 'b'].map((identity) => createLeaderElector(api, { ...options, identity })) as [LeaderElector, LeaderElector]
        first.start()
        await eventually(() => first.isLeader(), 'the first leads')
        second.start()
        first.annotate({ 'krateo.io/plan-hash': 'abc' })
        await eventually(() => second.holder() === 'a', 'the second sees it')
        expect(second.isLeader()).toBe(false)
        await first.stop()
        await eventually(() => second.isLeader(), 'the second leads')
        const lease = value(await kube.get({ group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true }, at('leader')))
        expect(lease).toMatchObject({ metadata: { annotations: { 'krateo.io/plan-hash': 'abc' } }, spec: { holderIdentity: 'b', leaseTransitions: 1 } })
        await second.stop()
      })

      it('shards divide the keys', async () => {
        const options = { group: at('shards'), retryMs: 50, renewDeadlineMs: 600, longestRequestMs: 100 }
        const members = ['a', 'b'].map((identity) => createShardMember(kube, { ...options, identity })) as [ShardMember, ShardMember]
        for (const member of members) member.start()
        const keys = Array.from({ length: 40 }, (_, index) => `k${index}`)
        const counts = (): number[] => keys.map((key) => members.filter((member) => member.owns(key)).length)
        await eventually(() => {
          expect(Math.max(...counts())).toBeLessThanOrEqual(1)
          return members.every((member) => keys.some((key) => member.owns(key)))
        }, 'both have keys')
        expect(counts().every((count) => count === 1)).toBe(true)
        await Promise.all(members.map((member) => member.stop()))
      })
    })
  })
}

function value<T>(result: KubeResult<T>): T {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.finding.message}`)
  return result.value
}

async function take<T>(stream: AsyncIterable<T> & { close(): void }, count: number): Promise<T[]> {
  const taken: T[] = []
  const timer = setTimeout(() => stream.close(), 1_000)
  for await (const item of stream) {
    taken.push(item)
    if (taken.length >= count) stream.close()
  }
  clearTimeout(timer)
  return taken
}

async function eventually(isTrue: () => boolean | Promise<boolean>, what: string, timeoutMs = 20_000): Promise<void> {
  const until = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await sleep(20)
  }
}
