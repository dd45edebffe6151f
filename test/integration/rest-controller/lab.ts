import { setTimeout as sleep } from 'node:timers/promises'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { createControllerMetrics, createLogger, createMetrics, type Metrics } from '@oasgen/controller'
import { isObject, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, connectKube, createEventRecorder, CUSTOM_RESOURCE_DEFINITIONS, finalizersOf, SECRETS, type Kube, type KubeObject, type KubeResult, type ResourceType } from '@oasgen/kube'
import { printPlan, type Plan } from '@oasgen/plan'
import { createTransport, type Transport } from '@oasgen/transport'
import { readConditions } from '@oasgen/wire'
import { startController, type KindSettings, type RestController, type Served } from '@oasgen/rest-controller'
import { CONFIGURATIONS, OWNERS, THINGS } from '../../../packages/rest-controller/src/things.testing.js'
import { startThingsApi, type ThingsApi } from './things-api.js'

export * from '../../../packages/rest-controller/src/things.testing.js'

/** An embedded control plane, an API of things, and controllers in this process: everything real but the processes. */
export interface Lab {
  readonly plane: ControlPlane
  readonly kube: Kube
  readonly api: ThingsApi
  /** Lines of all controllers. */
  readonly log: JsonObject[]
  /** What `krateo.io/connector-verbose` printed. */
  readonly printed: string[]
  readonly metrics: Metrics
  putPlan(plan: Plan, name?: string, labels?: Readonly<Record<string, string>>): Promise<void>
  start(options?: StartOptions): RestController
  /** Writes to Kubernetes so far, Leases left out. */
  writes(): number
  close(): Promise<void>
}

export interface StartOptions {
  readonly served?: Served
  readonly settings?: Partial<KindSettings>
  readonly seconds?: Partial<KindSettings['settings']>
  readonly kube?: Kube
}

export const DEDICATED: Served = { mode: 'dedicated', type: THINGS, plan: { namespace: 'default', name: 'thing-controller-plan' }, key: { namespace: 'default', name: 'thing-controller-key' } }

export async function openLab(): Promise<Lab> {
  const api = await startThingsApi()
  const plane = await startControlPlane({ inMemory: true })
  const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
  for (const type of [THINGS, CONFIGURATIONS, OWNERS]) await must(kube.create(CUSTOM_RESOURCE_DEFINITIONS, crdOf(type)))
  for (const type of [THINGS, CONFIGURATIONS, OWNERS]) await until(`${type.plural} are served`, async () => (await kube.page(type, { namespace: 'default' })).ok)
  await must(kube.create(SECRETS, { metadata: { name: 'thing-controller-key', namespace: 'default' }, data: { key: 'a2V5' } }))
  const log: JsonObject[] = []
  const printed: string[] = []
  const running: RestController[] = []
  const metrics = createMetrics()
  const transport: Transport = createTransport()
  const lab: Lab = {
    plane, kube, api, log, printed, metrics,
    putPlan: async (plan, name = 'thing-controller-plan', labels = {}) => {
      const body = { metadata: { labels }, data: { 'plan.json': printPlan(plan).text } }
      await must(kube.patch(CONFIG_MAPS, { namespace: 'default', name }, { type: 'apply', body, fieldManager: 'test', force: true }))
    },
    start: (options = {}) => {
      const own = options.kube ?? kube
      const logger = createLogger({ level: 'debug', write: (line) => log.push(JSON.parse(line) as JsonObject) })
      const controller = startController({
        parts: {
          kube: own, transport, metrics, reported: createControllerMetrics(metrics), logger, print: (text) => printed.push(text),
          recorder: createEventRecorder(own, { component: 'test' }),
        },
        settings: {
          workers: 20, leadership: 'leader', timing: { renewDeadlineMs: 1500, retryMs: 200, longestRequestMs: 500 }, identity: `lab-${running.length}-${Math.random()}`,
          holdSecrets: 'remember', bodies: 'compact', environment: {}, ...options.settings,
          settings: { resyncSeconds: 1, minRetrySeconds: 0.2, maxRetrySeconds: 2, graceSeconds: 1, deleteDeadlineSeconds: 60, crossNamespace: 'warn', ...options.seconds },
        },
        served: options.served ?? DEDICATED,
      })
      running.push(controller)
      return controller
    },
    writes: () => Object.entries(plane.stats().requests).filter(([name]) => !/^(get|list|watch) /.test(name) && !name.includes('leases')).reduce((sum, [, count]) => sum + count, 0),
    close: async () => {
      await Promise.all(running.map((controller) => controller.stop(200)))
      await transport.close()
      await kube.close()
      await plane.close()
      await api.close()
    },
  }
  return lab
}

export function crdOf({ group, version, plural, kind }: ResourceType): KubeObject {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const conditions = { type: 'array', items: open, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }
  return {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group, scope: 'Namespaced', names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{
        name: version, served: true, storage: true, subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: { ...open, properties: { conditions: { ...conditions, items: { ...open, properties: { type: { type: 'string' } }, required: ['type'] } }, size: { type: 'integer' } } } } } },
      }],
    },
  }
}

export async function must<T>(result: Promise<KubeResult<T>>): Promise<T> {
  const answer = await result
  if (!answer.ok) throw new Error(answer.error.finding.message)
  return answer.value
}

export async function until(what: string, test: () => Promise<boolean> | boolean, patienceMs = 30_000): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(20)) if (await test()) return
  throw new Error(`waited in vain until ${what}`)
}

export async function get(lab: Lab, name: string, type = THINGS): Promise<KubeObject | undefined> {
  const answer = await lab.kube.get(type, { namespace: 'default', name })
  return answer.ok ? answer.value : undefined
}

/** `Ready=True/Available` and the message of each condition, by type. */
export function conditionsOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  const conditions = isObject(object?.status) ? readConditions(object.status.conditions) : []
  return Object.fromEntries(conditions.map(({ type, status, reason, message }) => [type, `${status}/${reason}${message === '' ? '' : ` ${message}`}`]))
}

export async function isReady(lab: Lab, name: string): Promise<boolean> {
  const object = await get(lab, name)
  const status = isObject(object?.status) ? object.status : {}
  return conditionsOf(object)['Ready']?.startsWith('True') === true && status.observedGeneration === (object?.metadata as JsonObject | undefined)?.generation
}

export async function ready(lab: Lab, ...names: readonly string[]): Promise<void> {
  for (const name of names) await until(`${name} is Ready (${JSON.stringify(conditionsOf(await get(lab, name)))})`, () => isReady(lab, name))
}

export function hasFinalizer(object: KubeObject | undefined, finalizer: string): boolean {
  return object !== undefined && finalizersOf(object).includes(finalizer)
}
