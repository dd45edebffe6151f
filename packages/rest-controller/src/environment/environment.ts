import { finding } from '@oasgen/diagnostics'
import type { ConfigurationState, Subject } from '@oasgen/engine'
import { isObject, type SecretReference } from '@oasgen/json'
import { finalizersOf, isDeleting, keyOf, keyOfRef, namespaceOf, type KubeObject } from '@oasgen/kube'
import { FINALIZER } from '@oasgen/wire'
import type { ConfiguredSending } from '../sending/configured.js'
import type { Configurations } from './configurations.js'
import type { NamedRef } from './named-objects.js'
import type { References } from './references.js'
import type { SecretPlaces } from './secret-places.js'
import { secretKey, type HmacKey, type Secrets } from './secrets.js'

/** All that a reconcile knows beside its resource, read at one moment from what watches keep. */
export interface Environment extends Pick<Subject, 'configuration' | 'references' | 'secrets'> {
  readonly configured: ConfiguredSending
  readonly hmacKey: string | undefined
}

export interface EnvironmentSources {
  readonly configurations: Configurations
  readonly references: References
  readonly secrets: Secrets
  readonly places: SecretPlaces
  /** Where the key of the HMACs is; absent = secrets are not told apart. */
  readonly key: NamedRef | undefined
  readonly crossNamespace: 'deny' | 'warn' | 'allow'
  readonly configuredBy: (configuration: KubeObject | undefined) => ConfiguredSending
}

/** What has to be waited for before the environment can be read; `undefined` in the usual case that everything is there. */
export function waitForEnvironment(sources: EnvironmentSources, resource: KubeObject): Promise<unknown> | undefined {
  const { configurations, references } = sources
  const first = [configurations.waiting(), references.waiting()].filter((waiting) => waiting !== undefined)
  if (first.length > 0) return Promise.all(first).then(() => waitForSecrets(sources, resource))
  return waitForSecrets(sources, resource)
}

function waitForSecrets(sources: EnvironmentSources, resource: KubeObject): Promise<void> | undefined {
  const { configurations, secrets, places, key, configuredBy } = sources
  const needed = configuredBy(configurations.objectFor(resource)).secrets
  const fields = places.of(resource)
  if (needed.length + fields.length === 0) return undefined
  return secrets.follow(key === undefined ? [...fields, ...needed] : [...fields, ...needed, key])
}

export function readEnvironment(sources: EnvironmentSources, resource: KubeObject): Environment {
  const { configurations, references, secrets, places, key, configuredBy } = sources
  const found = configurations.stateFor(resource)
  const configured = configuredBy(found?.state === 'found' ? (found.object as KubeObject) : undefined)
  const fields = places.of(resource)
  const configuration = judged(sources, { resource, found, configured })
  const hmac = fields.length === 0 ? NO_KEY : hmacKeyOf(secrets, key)
  const states = fields.length === 0 ? NOTHING : Object.fromEntries(fields.map((reference) => [secretKey(reference), secrets.state(reference, hmac)]))
  const common = { references: references.isEmpty ? NOTHING : references.states(resource), secrets: states, configured, hmacKey: hmac.state === 'found' ? hmac.key : undefined }
  return configuration === undefined ? common : { ...common, configuration }
}

const NOTHING = {}
const NO_KEY: HmacKey = { state: 'none' }

interface Judging {
  readonly resource: KubeObject
  readonly found: ConfigurationState | undefined
  readonly configured: ConfiguredSending
}

/** A Configuration whose Secrets may not or cannot be read is as good as unreadable itself. One that is merely missing is told by `transport`. */
function judged({ secrets, crossNamespace }: EnvironmentSources, { resource, found, configured }: Judging): ConfigurationState | undefined {
  if (found?.state !== 'found') return found
  const object = found.object as KubeObject
  const foreign = crossNamespace === 'deny' ? configured.secrets.find(({ namespace }) => namespace !== namespaceOf(object)) : undefined
  if (foreign !== undefined) return { state: 'forbidden', message: `its Secret ${keyOfRef(foreign)} is in another namespace` }
  // It can no longer be held for the day on which the external object is to be deleted.
  const isNew = !finalizersOf(resource).includes(FINALIZER.resource)
  if (isNew && isDeleting(object)) return { state: 'unknown', message: finding('CTL0213', { object: `the Configuration ${keyOf(object)}` }).message }
  return troubleOf(secrets, configured.secrets) ?? missingAuthority(secrets, configured) ?? found
}

function troubleOf(secrets: Secrets, references: readonly SecretReference[]): ConfigurationState | undefined {
  for (const reference of references) {
    const trouble = secrets.trouble(reference)
    if (trouble?.state === 'forbidden') return { state: 'unknown', message: finding('CTL0205', { secret: keyOfRef(reference), problem: trouble.message }).message }
    if (trouble !== undefined) return { state: 'unknown', message: trouble.message }
  }
  return undefined
}

/** Without it the system's authorities would be asked, which the Configuration did not say. */
function missingAuthority(secrets: Secrets, { ca }: ConfiguredSending): ConfigurationState | undefined {
  if (ca === undefined || secrets.reader('held')(ca) !== undefined) return undefined
  return { state: 'unknown', message: `the certificates of the server's authority: there is no key ${ca.key} in Secret ${keyOfRef(ca)}` }
}

function hmacKeyOf(secrets: Secrets, ref: NamedRef | undefined): HmacKey {
  if (ref === undefined) return { state: 'none' }
  const data = secrets.objects.last(ref)?.data
  // As it is written: it may be any bytes, and it only has to stay the same.
  if (isObject(data) && typeof data.key === 'string' && data.key !== '') return { state: 'found', key: data.key }
  const trouble = secrets.trouble(ref)
  return { state: 'unknown', message: trouble?.message ?? `there is no key in the controller's Secret ${keyOfRef(ref)}` }
}
