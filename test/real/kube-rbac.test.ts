import { setTimeout as sleep } from 'node:timers/promises'
import { createLeaderElector } from '@oasgen/controller'
import {
  CONFIG_MAPS, connectKube, CORE_EVENTS, createEventRecorder, createInformer, named, nameOf, ROLE_BINDINGS, ROLES, type Informer, type Kube, type KubeObject,
} from '@oasgen/kube'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const NAMESPACE = 'default'
const USER = 'system:serviceaccount:default:least'

describe('with the rights of a Role and no more', () => {
  let server: RealApiServer
  let admin: Kube
  let least: Kube
  const running: Informer[] = []

  beforeAll(async () => {
    server = await startRealApiServer()
    admin = connectKube({ server: server.url, ca: server.ca, token: server.token })
    least = connectKube({ server: server.url, ca: server.ca, token: server.token, impersonate: { user: USER } })
    for (const name of ['allowed', 'other']) await made(CONFIG_MAPS, { metadata: { namespace: NAMESPACE, name }, data: { a: '1' } })
    await made(ROLES, { metadata: { namespace: NAMESPACE, name: 'least' }, rules: [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['allowed'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
    ] })
    await made(ROLE_BINDINGS, {
      metadata: { namespace: NAMESPACE, name: 'least' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'least' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: USER }],
    })
    await eventually(async () => (await least.get(CONFIG_MAPS, { namespace: NAMESPACE, name: 'allowed' })).ok, 'the rights count')
  }, 1_800_000)
  afterAll(async () => {
    await Promise.all(running.map((informer) => informer.stop()))
    await Promise.all([admin?.close(), least?.close()])
    await server?.close()
  })

  async function made(type: Parameters<Kube['create']>[0], object: KubeObject): Promise<void> {
    const answer = await admin.create(type, object)
    if (!answer.ok) throw new Error(answer.error.finding.message)
  }
  function follow(fieldSelector?: string): Informer {
    const informer = createInformer(least, CONFIG_MAPS, { namespace: NAMESPACE, ...(fieldSelector !== undefined && { fieldSelector }) })
    running.push(informer)
    informer.start()
    return informer
  }

  it('the object that RBAC names is watched by its name', async () => {
    const informer = follow(named('allowed'))
    await informer.synced
    await admin.patch(CONFIG_MAPS, { namespace: NAMESPACE, name: 'allowed' }, { type: 'merge', body: { data: { a: '2' } } })
    await eventually(() => (informer.get(`${NAMESPACE}/allowed`)?.data as { a?: string } | undefined)?.a === '2', 'a change is seen')
    expect(informer.list().map(nameOf)).toEqual(['allowed'])
  })

  it.each([{ what: 'another name', selector: named('other') }, { what: 'all of the kind', selector: undefined }])('$what is refused, with the words of the server', async ({ selector }) => {
    const informer = follow(selector)
    await eventually(() => informer.problem() !== undefined, 'it is refused')
    expect(informer.problem()).toMatchObject({ kind: 'forbidden', finding: { code: 'KUB0105', message: expect.stringContaining(USER) as unknown } })
    expect(informer.hasSynced()).toBe(false)
  })

  it('we can ask what we may', async () => {
    const ask = async (name: string): Promise<boolean> => {
      const answer = await least.accessReview({ verb: 'watch', group: '', resource: 'configmaps', namespace: NAMESPACE, name })
      return answer.ok && answer.value.allowed
    }
    expect([await ask('allowed'), await ask('other')]).toEqual([true, false])
  })

  it('events go where they may be written', async () => {
    const regarding = await admin.get(CONFIG_MAPS, { namespace: NAMESPACE, name: 'allowed' })
    if (!regarding.ok) return expect.fail(regarding.error.message)
    const recorder = createEventRecorder(least, { component: 'suite' })
    recorder.record({ regarding: regarding.value, type: 'Normal', reason: 'Least', action: 'Test', note: 'with few rights' })
    await recorder.flush()
    expect(recorder.statistics()).toEqual({ written: 1, dropped: 0, pending: 0 })
    const events = await admin.list(CORE_EVENTS, { namespace: NAMESPACE, fieldSelector: 'reason=Least' })
    expect(events.ok && events.value.items.length).toBe(1)
  })

  it('three verbs on leases are enough to lead', async () => {
    const elector = createLeaderElector(least, { lease: { namespace: NAMESPACE, name: 'least' }, identity: 'a', retryMs: 50 })
    elector.start()
    await eventually(() => elector.isLeader(), 'it leads')
    await elector.stop()
  })
})

async function eventually(isTrue: () => boolean | Promise<boolean>, what: string, timeoutMs = 20_000): Promise<void> {
  const until = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await sleep(20)
  }
}
