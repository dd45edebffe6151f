import type { ConfigurationState, ReferenceState, SecretState, Settings } from '@oasgen/engine'
import { isObject, textOf, type JsonObject, type SecretReference } from '@oasgen/json'
import { keyOfRef, metadataOf, nameOf, namespaceOf, resourceVersionOf, SECRETS, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import { namesFor } from '@oasgen/provider'
import { configurationNamedBy, findSecretPlaces, readConfigured, referenceAt, referenceValue, secretKey, secretValue, type ConfiguredSending } from '@oasgen/rest-controller'
import { sealedHmac, type SecretReader } from '@oasgen/transport'
import { splitApiVersion } from '../kubectl/kinds.js'
import type { Manifest } from '../kubectl/manifests.js'
import { CommandError, EXIT } from '../io.js'

/** What a controller with default flags tells `decide`. */
export const SETTINGS: Settings = { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 0, deleteDeadlineSeconds: 300, crossNamespace: 'allow' }

/** Objects beside a resource: those of the files, then those of the cluster where one may be asked. */
export interface World {
  find(type: ResourceType, ref: ObjectName): Promise<KubeObject | undefined>
  list(type: ResourceType, namespace: string): Promise<readonly KubeObject[]>
  readonly kube: Kube | undefined
}

export interface ObjectName {
  readonly namespace: string
  readonly name: string
}

/** `first`: which of both speaks where both have the object. What is about to be applied wins, but only the cluster knows identities. */
export function createWorld(manifests: readonly Manifest[], kube: Kube | undefined): World {
  const written = (type: ResourceType): readonly KubeObject[] => manifests.filter(({ object }) => isOfKind(object, type)).map(({ object }) => inNamespace(object))
  return {
    kube,
    find: async (type, ref) => {
      const file = written(type).find((object) => nameOf(object) === ref.name && namespaceOf(object) === ref.namespace)
      const live = kube === undefined ? undefined : await read(kube, type, ref)
      return file === undefined || live === undefined ? file ?? live : merged(file, live)
    },
    list: async (type, namespace) => {
      const live = kube === undefined ? undefined : await kube.list(type, { namespace })
      const known = live?.ok === true ? live.value.items : []
      const files = written(type).filter((object) => namespaceOf(object) === namespace)
      return [...files, ...known.filter((object) => !files.some((file) => nameOf(file) === nameOf(object)))]
    },
  }
}

function isOfKind(object: JsonObject, { group, kind }: ResourceType): boolean {
  return object.kind === kind && splitApiVersion(textOf(object.apiVersion))[0] === group
}

export function inNamespace(object: JsonObject, namespace = 'default'): KubeObject {
  return { ...object, metadata: { namespace, ...metadataOf(object) } }
}

async function read(kube: Kube, type: ResourceType, ref: ObjectName): Promise<KubeObject | undefined> {
  const answer = await kube.get(type, ref)
  if (answer.ok) return answer.value
  if (answer.error.kind === 'notFound') return undefined
  throw new CommandError(answer.error.finding.message, { code: EXIT.unavailable })
}

/** As it would be after apply: what the file says, with the metadata and status that the cluster keeps. */
export function merged(file: KubeObject, live: KubeObject): KubeObject {
  const [wanted, held] = [metadataOf(file), metadataOf(live)]
  const isEdited = JSON.stringify(file.spec) !== JSON.stringify(live.spec)
  const generation = Number(held.generation ?? 1) + (isEdited ? 1 : 0)
  const annotations = { ...(isObject(held.annotations) ? held.annotations : {}), ...(isObject(wanted.annotations) ? wanted.annotations : {}) }
  return { ...live, ...file, metadata: { ...held, ...wanted, generation, annotations }, ...(live.status !== undefined && { status: live.status }) }
}

/** All that a reconcile knows beside its resource. */
export interface PlanEnvironment {
  readonly configuration: ConfigurationState | undefined
  readonly references: Readonly<Record<string, ReferenceState>>
  readonly secrets: Readonly<Record<string, SecretState>>
  readonly configured: ConfiguredSending
  readonly reader: SecretReader
  readonly hmacKey: string | undefined
}

export async function environmentOf(world: World, plan: Plan, resource: KubeObject): Promise<PlanEnvironment> {
  const configuration = await configurationOf(world, plan, resource)
  const object = configuration?.state === 'found' ? (configuration.object as KubeObject) : undefined
  const configured = readConfigured({ plan, configuration: object, environment: {} })
  const fields = findSecretPlaces(plan).of(resource)
  const key = hmacPlace(plan)
  const held = await readSecrets(world, [...fields, ...configured.secrets, ...(configured.ca === undefined ? [] : [configured.ca]), ...(fields.length === 0 ? [] : [key])])
  const reader: SecretReader = (reference) => {
    const secret = held.get(keyOfRef(reference))
    const value = secret === undefined ? undefined : secretValue(secret, reference.key)
    return secret === undefined || value === undefined ? undefined : { value, version: resourceVersionOf(secret) }
  }
  const keySecret = held.get(keyOfRef(key))
  const hmacKey = isObject(keySecret?.data) && typeof keySecret.data.key === 'string' ? keySecret.data.key : undefined
  const states = Object.fromEntries(fields.map((reference) => [secretKey(reference), secretState(reader, reference, hmacKey)]))
  return { configuration, references: await referencesOf(world, plan, resource), secrets: states, configured, reader, hmacKey }
}

function hmacPlace(plan: Plan): SecretReference {
  const { key, namespace } = namesFor(plan.definition, plan.resource)
  return { namespace, name: key, key: 'key' }
}

async function readSecrets(world: World, references: readonly SecretReference[]): Promise<ReadonlyMap<string, KubeObject>> {
  const held = new Map<string, KubeObject>()
  for (const reference of references) {
    if (held.has(keyOfRef(reference))) continue
    const secret = await world.find(SECRETS, reference)
    if (secret !== undefined) held.set(keyOfRef(reference), withData(secret))
  }
  return held
}

/** The API server turns stringData into data. */
function withData(secret: KubeObject): KubeObject {
  if (!isObject(secret.stringData)) return secret
  const encoded = Object.fromEntries(Object.entries(secret.stringData).map(([key, value]) => [key, Buffer.from(textOf(value)).toString('base64')]))
  return { ...secret, data: { ...(isObject(secret.data) ? secret.data : {}), ...encoded } }
}

function secretState(reader: SecretReader, reference: SecretReference, hmacKey: string | undefined): SecretState {
  const value = reader(reference)
  if (value === undefined) return { state: 'missing' }
  const hmac = hmacKey === undefined ? undefined : sealedHmac(hmacKey, value.value)
  return { state: 'found', version: value.version, hmacs: hmac === undefined ? {} : { text: hmac, json: hmac, base64: hmac } }
}

async function configurationOf(world: World, plan: Plan, resource: KubeObject): Promise<ConfigurationState | undefined> {
  if (plan.configuration === undefined) return undefined
  const { group, version } = plan.resource
  const type: ResourceType = { group, version, kind: plan.configuration.kind, plural: plan.configuration.plural, namespaced: true }
  const named = configurationNamedBy(resource)
  if (named !== undefined) return stateOf(world, type, named)
  const defaults = (await world.list(type, namespaceOf(resource))).filter(({ spec }) => isObject(spec) && spec.default === true)
  const [only] = defaults
  if (only !== undefined) return defaults.length === 1 ? { state: 'found', object: only } : { state: 'unknown', message: `several Configurations of ${namespaceOf(resource)} say that they are the default` }
  return undefined
}

// Without a cluster the Configuration may live elsewhere: an empty one plans the same requests but for its parameters.
async function stateOf(world: World, type: ResourceType, named: ObjectName): Promise<ConfigurationState> {
  const object = await world.find(type, named)
  if (object !== undefined) return { state: 'found', object }
  return world.kube === undefined ? { state: 'found', object: { metadata: { ...named }, spec: {} } } : { state: 'missing', ...named }
}

async function referencesOf(world: World, plan: Plan, resource: KubeObject): Promise<Readonly<Record<string, ReferenceState>>> {
  const states: Record<string, ReferenceState> = {}
  for (const reference of plan.references ?? []) {
    const ref = referenceAt(resource, reference)
    if (ref === undefined) continue
    const other = await world.find({ ...reference, namespaced: true }, ref)
    const what = `${reference.kind} ${keyOfRef(ref)}`
    states[reference.path] = (other === undefined ? undefined : referenceValue(other, reference))
      ?? { state: 'waiting', message: other === undefined ? `${what} does not exist` : `${what} has no ${reference.resolves === 'externalName' ? 'external name' : reference.resolves} yet` }
  }
  return states
}
