import { readFileSync } from 'node:fs'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { createControllerMetrics, createLogger, createMetrics } from '@oasgen/controller'
import { compileSubject, SECRET_NAME, SECRET_VALUES, type Subject } from '@oasgen/conform'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, connectKube, createEventRecorder, createInformer, CUSTOM_RESOURCE_DEFINITIONS, nameOf, SECRETS, type Informer, type Kube, type KubeObject, type KubeResult, type ResourceType } from '@oasgen/kube'
import { printPlan, type Plan } from '@oasgen/plan'
import { createTransport } from '@oasgen/transport'
import { CONDITION, readConditions } from '@oasgen/wire'
import { startController } from '@oasgen/rest-controller'

/** All kinds of `specs/conform` on an embedded control plane, served by one controller. */
export interface Stage {
  readonly plane: ControlPlane
  readonly kube: Kube
  readonly kinds: ReadonlyMap<string, StagedKind>
  readonly log: readonly string[]
  /** The resource as it is now. */
  now(kind: string, name: string): KubeObject | undefined
  /** Reasons that Reconciling and Stalled have shown for it. */
  told(kind: string, name: string): ReadonlySet<string>
  close(): Promise<void>
}

export interface StagedKind {
  readonly subject: Subject
  readonly type: ResourceType
  readonly configurations: ResourceType
  readonly informer: Informer
}

const folder = new URL('../../../specs/conform/', import.meta.url)

export async function openStage(): Promise<Stage> {
  const plane = await startControlPlane({ inMemory: true })
  const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
  const log: string[] = []
  const told = new Map<string, Set<string>>()
  await must(kube.create(SECRETS, { metadata: { name: SECRET_NAME, namespace: 'default' }, data: Object.fromEntries(Object.entries(SECRET_VALUES).map(([key, text]) => [key, Buffer.from(text).toString('base64')])) }))
  const kinds = new Map<string, StagedKind>()
  for (const definition of readDefinitions()) {
    const staged = await stageKind(kube, definition, (object, kind) => remember(told, `${kind} ${nameOf(object)}`, object))
    kinds.set(staged.type.kind, staged)
  }
  const transport = createTransport()
  const metrics = createMetrics()
  const logger = createLogger({ level: 'warn', write: (line) => log.push(line) })
  const controller = startController({
    parts: { kube, transport, metrics, reported: createControllerMetrics(metrics), logger, print: () => undefined, recorder: createEventRecorder(kube, { component: 'conform' }) },
    settings: {
      workers: 20, leadership: 'leader', timing: { renewDeadlineMs: 10_000, retryMs: 500, longestRequestMs: 1_500 }, identity: 'conform', holdSecrets: 'remember', bodies: 'compact', environment: {},
      settings: { resyncSeconds: 1, minRetrySeconds: 0.2, maxRetrySeconds: 1, graceSeconds: 1.5, deleteDeadlineSeconds: 3, crossNamespace: 'warn' },
    },
    served: { mode: 'shared', namespace: 'default', labelSelector: 'conform=yes' },
  })
  return {
    plane, kube, kinds, log,
    now: (kind, name) => kinds.get(kind)?.informer.get(`default/${name}`),
    told: (kind, name) => told.get(`${kind} ${name}`) ?? new Set(),
    close: async () => {
      await controller.stop(200)
      for (const { informer } of kinds.values()) await informer.stop()
      await transport.close()
      await kube.close()
      await plane.close()
    },
  }
}

export function readDefinitions(): readonly JsonObject[] {
  return loadAll(readFileSync(new URL('definitions.yaml', folder), 'utf8'), undefined, { schema: CORE_SCHEMA }) as JsonObject[]
}

export function readThings(): { readonly uri: string; readonly bytes: Uint8Array } {
  return { uri: 'configmap://default/things/openapi.yaml', bytes: readFileSync(new URL('openapi.yaml', folder)) }
}

async function stageKind(kube: Kube, definition: JsonObject, onChange: (object: KubeObject, kind: string) => void): Promise<StagedKind> {
  const subject = compileSubject(readThings(), definition)
  if ('findings' in subject) throw new Error(`${textOf((definition.metadata as JsonObject).name)}: ${subject.findings.map(({ message }) => message).join('; ')}`)
  const { plan, resourceCrd, configurationCrd } = subject
  for (const crd of [resourceCrd, configurationCrd]) if (crd !== undefined) await must(kube.create(CUSTOM_RESOURCE_DEFINITIONS, crd as KubeObject))
  const type = typeOf(plan, plan.resource)
  const configurations = typeOf(plan, plan.configuration ?? plan.resource)
  const informer = createInformer(kube, type)
  informer.onChange(({ object }) => onChange(object, type.kind))
  await until(`${type.plural} are served`, async () => (await kube.page(type, { namespace: 'default' })).ok && (await kube.page(configurations, { namespace: 'default' })).ok)
  informer.start()
  await must(kube.create(CONFIG_MAPS, { metadata: { name: `${plan.definition.name}-controller-plan`, namespace: 'default', labels: { conform: 'yes' } }, data: { 'plan.json': printPlan(plan).text } }))
  return { subject, type, configurations, informer }
}

function typeOf({ resource: { group, version } }: Plan, { kind, plural }: { readonly kind: string; readonly plural: string }): ResourceType {
  return { group, version, plural, kind, namespaced: true }
}

function remember(told: Map<string, Set<string>>, key: string, object: KubeObject): void {
  const reasons = told.get(key) ?? new Set()
  told.set(key, reasons)
  for (const { type, status, reason } of conditionsIn(object)) if (status === 'True' && (type === CONDITION.reconciling || type === CONDITION.stalled)) reasons.add(reason)
}

export function conditionsIn(object: KubeObject | undefined): ReturnType<typeof readConditions> {
  return isObject(object?.status) ? readConditions(object.status.conditions) : []
}

export async function must<T>(result: Promise<KubeResult<T>>): Promise<T> {
  const answer = await result
  if (!answer.ok) throw new Error(answer.error.finding.message)
  return answer.value
}

export async function until(what: string, test: () => Promise<boolean> | boolean, patienceMs = 30_000): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 25))) if (await test()) return
  throw new Error(`waited in vain until ${what}`)
}
