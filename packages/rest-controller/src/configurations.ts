import type { ConfigurationState } from '@oasgen/engine'
import { isObject } from '@oasgen/json'
import { annotationsOf, createInformer, finalizersOf, isDeleting, keyOf, keyOfRef, nameOf, namespaceOf, resourceVersionOf, type Informer, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { FINALIZER } from '@oasgen/wire'
import type { Plan } from '@oasgen/plan'

/** The Configurations of the kind, and who uses which. */
export interface Configurations {
  /** Undefined where the kind has none, or none is named and none is the namespace's default. */
  stateFor(resource: KubeObject): Promise<ConfigurationState | undefined>
  /** Our finalizer, so that credentials outlive the resources that still need them for their delete. */
  hold(resource: KubeObject): Promise<void>
  /** Lets go of Configurations that are being deleted and that nobody needs any more. */
  releaseUnused(): Promise<void>
  stop(): Promise<void>
}

export interface ConfigurationsOptions {
  readonly kube: Kube
  readonly plan: () => Plan
  readonly resources: () => readonly KubeObject[]
  readonly onChange: (configurationKey: string) => void
}

/** In its namespace it serves the resources that name no Configuration. */
export const DEFAULT_ANNOTATION = 'krateo.io/default-configuration'
const FIRST_STATE_MS = 5000

export function followConfigurations(options: ConfigurationsOptions): Configurations {
  let informer: Informer | undefined
  let followed = ''
  const current = (): Informer | undefined => {
    const plan = options.plan()
    const plural = plan.configuration?.plural ?? ''
    if (plural === followed) return informer
    void informer?.stop()
    followed = plural
    informer = plan.configuration === undefined ? undefined : createInformer(options.kube, typeFor(plan))
    informer?.onChange(({ object }) => options.onChange(keyOf(object)))
    informer?.start()
    return informer
  }
  return {
    stateFor: async (resource) => {
      const watching = current()
      return watching === undefined ? undefined : readState(watching, resource)
    },
    hold: async (resource) => {
      const watching = current()
      const configuration = watching === undefined ? undefined : configurationOf(watching, resource)
      if (watching !== undefined && configuration !== undefined) await addFinalizer(options, watching, configuration)
    },
    releaseUnused: async () => {
      const watching = current()
      if (watching !== undefined) await release(options, watching)
    },
    stop: async () => informer?.stop(),
  }
}

function typeFor(plan: Plan): ResourceType {
  const { group, version } = plan.resource
  return { group, version, plural: plan.configuration?.plural ?? '', kind: plan.configuration?.kind ?? '', namespaced: true }
}

async function readState(informer: Informer, resource: KubeObject): Promise<ConfigurationState | undefined> {
  if (!informer.hasSynced()) await Promise.race([informer.synced, new Promise((done) => setTimeout(done, FIRST_STATE_MS).unref())])
  const named = namedBy(resource)
  if (!informer.hasSynced()) {
    const problem = informer.problem()
    const message = problem?.finding.message ?? 'the Kubernetes API does not answer'
    return problem?.kind === 'forbidden' ? { state: 'forbidden', message } : { state: 'unknown', message }
  }
  const object = configurationOf(informer, resource)
  if (object !== undefined) return { state: 'found', object }
  return named === undefined ? undefined : { state: 'missing', ...named }
}

function namedBy(resource: KubeObject): { readonly namespace: string; readonly name: string } | undefined {
  const reference = isObject(resource.spec) ? resource.spec.configurationRef : undefined
  if (!isObject(reference) || typeof reference.name !== 'string' || reference.name === '') return undefined
  return { name: reference.name, namespace: typeof reference.namespace === 'string' && reference.namespace !== '' ? reference.namespace : namespaceOf(resource) }
}

function configurationOf(informer: Informer, resource: KubeObject): KubeObject | undefined {
  const named = namedBy(resource)
  if (named !== undefined) return informer.get(keyOfRef(named))
  const here = informer.list().filter((object) => namespaceOf(object) === namespaceOf(resource) && annotationsOf(object)[DEFAULT_ANNOTATION] === 'true')
  // Two defaults are no default: a random pick would send one tenant's objects to the other's API.
  return here.length === 1 ? here[0] : undefined
}

/** Keys of the resources that use this Configuration, by name or by default. */
export function dependentsOf(configurationKey: string, resources: readonly KubeObject[]): readonly KubeObject[] {
  return resources.filter((resource) => {
    const named = namedBy(resource)
    return named === undefined ? configurationKey.startsWith(`${namespaceOf(resource)}/`) : keyOfRef(named) === configurationKey
  })
}

async function addFinalizer({ kube, plan }: ConfigurationsOptions, informer: Informer, configuration: KubeObject): Promise<void> {
  const finalizers = finalizersOf(configuration)
  if (finalizers.includes(FINALIZER.configurationInUse) || isDeleting(configuration)) return
  const metadata = { finalizers: [...finalizers, FINALIZER.configurationInUse], resourceVersion: resourceVersionOf(configuration) }
  const answer = await kube.patch(typeFor(plan()), { namespace: namespaceOf(configuration), name: nameOf(configuration) }, { type: 'merge', body: { metadata } })
  if (answer.ok) informer.remember(answer.value)
}

async function release({ kube, plan, resources }: ConfigurationsOptions, informer: Informer): Promise<void> {
  const held = informer.list().filter((object) => isDeleting(object) && finalizersOf(object).includes(FINALIZER.configurationInUse))
  const inUse = (object: KubeObject): boolean => dependentsOf(keyOf(object), resources()).some((resource) => finalizersOf(resource).includes(FINALIZER.resource))
  for (const object of held.filter((configuration) => !inUse(configuration))) {
    const metadata = { finalizers: finalizersOf(object).filter((name) => name !== FINALIZER.configurationInUse), resourceVersion: resourceVersionOf(object) }
    await kube.patch(typeFor(plan()), { namespace: namespaceOf(object), name: nameOf(object) }, { type: 'merge', body: { metadata } })
  }
}
