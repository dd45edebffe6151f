import { setTimeout as sleep } from 'node:timers/promises'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { createControllerMetrics, createLogger, createMetrics, type Metrics } from '@oasgen/controller'
import { isObject, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, connectKube, createEventRecorder, CUSTOM_RESOURCE_DEFINITIONS, finalizersOf, SECRETS, type Kube, type KubeObject, type KubeResult, type ResourceType } from '@oasgen/kube'
import { printPlan, type Plan } from '@oasgen/plan'
import { createTransport, type Transport } from '@oasgen/transport'
import { readConditions } from '@oasgen/wire'
import type { KindSettings } from './kind/options.js'
import { startController, type RestController, type Served } from './program.js'
import { startThingsApi, type ThingsApi } from './things-api.testing.js'

export const GROUP = 'lab.example'
export const THINGS: ResourceType = { group: GROUP, version: 'v1alpha1', plural: 'things', kind: 'Thing', namespaced: true }
export const CONFIGURATIONS: ResourceType = { group: GROUP, version: 'v1alpha1', plural: 'thingconfigurations', kind: 'ThingConfiguration', namespaced: true }
export const OWNERS: ResourceType = { group: GROUP, version: 'v1alpha1', plural: 'owners', kind: 'Owner', namespaced: true }

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

function crdOf({ group, version, plural, kind }: ResourceType): KubeObject {
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

/** A Plan for things at this address; `serve` says how they are read. */
export function thingPlan(url: string, { serve = 'get', ...more }: { readonly serve?: 'get' | 'list' } & Partial<Plan> = {}): Plan {
  const auth = { alternatives: [{ schemes: [{ scheme: 'token', scopes: [] }] }, { schemes: [] }] }
  const id = { name: 'id', in: 'path', required: true, style: 'simple', explode: false, sources: [{ from: 'identity', path: 'status.id' }] } as const
  const one = ['/things/', { parameter: 'id' }] as const
  const fields = ['name', 'color', 'size'].map((path) => ({ path, sources: [{ from: 'resource', path: `spec.${path}` }] }) as const)
  const body = { contentType: 'application/json', encoding: 'json', mode: 'full', whenEmpty: 'omit', fields } as const
  const call = { server: 0, auth } as const
  return {
    format: 1, requires: [],
    definition: { namespace: 'default', name: 'thing' },
    resource: { group: GROUP, version: 'v1alpha1', kind: 'Thing', plural: 'things' },
    configuration: { kind: 'ThingConfiguration', plural: 'thingconfigurations', required: false },
    servers: [{ url }],
    auth: { token: { type: 'bearer', block: 'bearer' } },
    identity: { parts: [{ path: 'status.id', assigned: 'server', type: 'string', from: [{ in: 'body', path: 'id' }] }] },
    actions: {
      findby: {
        call: { ...call, method: 'GET', path: ['/things'], parameters: [], response: { successCodes: ['200'], itemsPath: 'items' } },
        match: { policy: 'AND', identifiers: [{ path: 'name', resource: ['spec.name'] }], itemsComplete: true },
        pagination: { type: 'linkHeader', maxPages: 100 },
      },
      ...(serve === 'get' && { get: { call: { ...call, method: 'GET', path: one, parameters: [id], response: { successCodes: ['200'], complete: true } } } }),
      create: { call: { ...call, method: 'POST', path: ['/things'], parameters: [], body, response: { successCodes: ['201'], complete: true } } },
      update: { call: { ...call, method: 'PUT', path: one, parameters: [id], body, response: { successCodes: ['200'], complete: true } } },
      delete: { call: { ...call, method: 'DELETE', path: one, parameters: [id], response: { successCodes: ['204'] } } },
    },
    status: [{ path: 'id', from: 'id', type: 'string' }],
    compare: { scope: 'fullSpec', ignored: ['configurationRef'], rules: [] },
    policy: {},
    ...more,
  }
}

export function thing(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  return { apiVersion: `${GROUP}/v1alpha1`, kind: 'Thing', metadata: { name, namespace: 'default', ...metadata }, spec: { name, color: 'red', ...spec } }
}

export function secret(name: string, data: Readonly<Record<string, string>>, namespace = 'default'): KubeObject {
  return { metadata: { name, namespace }, data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])) }
}

export function configuration(name: string, spec: JsonObject, namespace = 'default'): KubeObject {
  return { apiVersion: `${GROUP}/v1alpha1`, kind: 'ThingConfiguration', metadata: { name, namespace }, spec }
}

export async function must<T>(result: Promise<KubeResult<T>>): Promise<T> {
  const answer = await result
  if (!answer.ok) throw new Error(answer.error.finding.message)
  return answer.value
}

export async function until(what: string, test: () => Promise<boolean> | boolean, patienceMs = 10_000): Promise<void> {
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
