import { hashJson, isObject, sha256, textOf, type JsonObject } from '@oasgen/json'
import { annotationsOf, CONFIG_MAPS, DEPLOYMENTS, nameOf, namespaceOf, SECRETS, SERVICE_ACCOUNTS, type KubeObject, type KubeResult } from '@oasgen/kube'
import { planHash as hashOf, readPlan, type Plan } from '@oasgen/plan'
import { ANNOTATION } from '@oasgen/wire'
import type { DefinitionFacts } from './definition-status.js'
import { controllerOf, keyOfDefinition, refTo, type DefinitionEdge, type KindOfPlan } from './edge.js'
import { refFor, withOwner } from './objects/apply.js'
import { accessOptionsFor, PLAN_QUALITY, renderDeployment, type Deployed } from './objects/deploy.js'
import { DEPLOYED_TYPES } from './objects/live.js'
import { namesFor, SHARED_DEFINITION, sharedNames, type DeployedNames } from './objects/names.js'
import { renderAccess, renderFieldSecretAccess, renderPeopleRoles, renderSecretAccess, type DeployedObject, type SecretKey } from './objects/rbac.js'
import { done, kubeFailed, type Step } from './pass.js'

/** A Plan that is served, or is to be. */
export interface Published {
  readonly plan: Plan
  readonly planText: string
  readonly planHash: string
  readonly quality: 'good' | 'partial'
}

/** Who runs it, and which Plan it should be. */
export interface Runner {
  readonly names: DeployedNames
  readonly planHash: string
}

export interface RunningController {
  readonly kind: KindOfPlan
  readonly who: Runner
  readonly facts: DefinitionFacts
  readonly objects: readonly DeployedObject[]
  /** Why it is not running this Plan yet. */
  readonly waiting?: string
}

/** Publishes the Plan and keeps the controller that runs it. Configurations are followed once their kind is served. */
export async function runController(edge: DefinitionEdge, definition: KubeObject, published: Published, kinds: 'served' | 'new'): Promise<Step<RunningController>> {
  const { plan, planHash } = published
  const mode = controllerOf(definition).mode === 'shared' ? 'shared' : 'dedicated'
  const own = namesFor(plan.definition, plan.resource)
  const names = mode === 'shared' ? sharedNames(own) : own
  const deployed: Deployed = { ...published, names, controller: controllerOf(definition), mode }
  const secrets = plan.configuration === undefined ? [] : kinds === 'served' ? edge.secretsOf(plan) : undefined
  const objects = wantedObjects(edge, deployed, secrets)
  const applied = await applyAll(edge, definition, objects)
  if (!applied.ok) return kubeFailed(applied.error)
  const key = await ensureKey(edge, names, definition)
  if (!key.ok) return key
  const pruned = await removeUnwanted(edge, definition, { objects: applied.value, names, secrets })
  if (!pruned.ok) return pruned
  const facts = { planHash, digest: sha256(objects.map(({ object }) => hashJson(object)).join('\n')), ...secretFacts(definition, secrets) }
  const { waiting, facts: running } = stateOfController(edge, { names, planHash })
  const { definition: of, resource, configuration } = plan
  return done({
    kind: { definition: of, resource, ...(configuration && { configuration }) }, who: { names, planHash },
    facts: { ...facts, ...running }, objects: applied.value, ...(waiting !== undefined && { waiting }),
  })
}

function wantedObjects(edge: DefinitionEdge, deployed: Deployed, secrets: readonly SecretKey[] | undefined): readonly DeployedObject[] {
  const { plan, names } = deployed
  const access = accessOptionsFor(deployed, edge.settings)
  const rights = [
    ...renderAccess(plan, names, access), ...renderPeopleRoles(plan), ...renderSecretAccess(names, secrets ?? [], access),
    ...renderFieldSecretAccess(plan, names, edge.fieldSecretNamespaces()),
  ]
  const granted = edge.settings.access === 'grant' ? rights : rights.filter(({ type }) => type === SERVICE_ACCOUNTS)
  return [...granted, ...renderDeployment(deployed, edge.settings)]
}

/** Rights and settings side by side, the Deployment after them: a pod that starts before its rights exist only logs errors. */
async function applyAll(edge: DefinitionEdge, definition: KubeObject, objects: readonly DeployedObject[]): Promise<KubeResult<readonly DeployedObject[]>> {
  const owned = objects.map(({ type, object }) => ({ type, object: withOwner(object, ownerOf(definition, object)) }))
  const [first, last] = [owned.filter(({ type }) => type !== DEPLOYMENTS), owned.filter(({ type }) => type === DEPLOYMENTS)]
  for (const group of [first, last]) {
    const answers = await Promise.all(group.map(({ type, object }) => edge.applier.apply(type, object)))
    const failed = answers.find((answer) => !answer.ok)
    if (failed !== undefined && !failed.ok) return failed
  }
  return { ok: true, value: owned }
}

/** What serves all shared definitions of a namespace belongs to none of them. */
function ownerOf(definition: KubeObject, object: JsonObject): { readonly namespace: string; readonly name: string } {
  return nameOf(object).startsWith(`${SHARED_DEFINITION}-controller`) ? { namespace: namespaceOf(definition), name: SHARED_DEFINITION } : refTo(definition)
}

/** Made once and never changed: with another key every write-only value would look edited. It belongs to backups. */
async function ensureKey(edge: DefinitionEdge, names: DeployedNames, definition: KubeObject): Promise<Step<void>> {
  const metadata = { name: names.key, namespace: names.namespace }
  if (edge.live.get(SECRETS, { metadata }) !== undefined) return done(undefined)
  const secret = { metadata, type: 'Opaque', data: { key: Buffer.from(edge.newKey()).toString('base64') } }
  const answer = await edge.kube.create(SECRETS, withOwner(secret, refTo(definition)))
  if (answer.ok) edge.live.remember(SECRETS, answer.value)
  return answer.ok || answer.error.kind === 'alreadyExists' ? done(undefined) : kubeFailed(answer.error)
}

interface Wanted {
  readonly objects: readonly DeployedObject[]
  readonly names: DeployedNames
  readonly secrets: readonly SecretKey[] | undefined
}

/** What was wanted once and is no more: rights on Secrets that nobody names now, the Deployment of the other mode, a budget for one replica. */
async function removeUnwanted(edge: DefinitionEdge, definition: KubeObject, { objects, names, secrets }: Wanted): Promise<Step<void>> {
  const wanted = new Set(objects.map(({ type, object }) => `${type.plural}/${namespaceOf(object)}/${nameOf(object)}`))
  const isKept = (plural: string, object: KubeObject): boolean =>
    wanted.has(`${plural}/${namespaceOf(object)}/${nameOf(object)}`) || nameOf(object) === names.key || (secrets === undefined && nameOf(object) === names.credentials)
  for (const type of DEPLOYED_TYPES) {
    for (const object of edge.live.ownedBy(type, keyOfDefinition(definition)).filter((each) => !isKept(type.plural, each))) {
      const answer = await edge.kube.delete(type, refFor(object), { propagation: 'Background' })
      if (!answer.ok && answer.error.kind !== 'notFound') return kubeFailed(answer.error)
    }
  }
  return done(undefined)
}

/** Said where there is something to say, and taken back where there was. */
function secretFacts(definition: KubeObject, secrets: readonly SecretKey[] | undefined): DefinitionFacts {
  const wasSaid = isObject(definition.status) && definition.status.authSecretDigest !== undefined
  if (secrets === undefined || (secrets.length === 0 && !wasSaid)) return {}
  const names = [...new Set(secrets.map(({ namespace, name }) => `${namespace}/${name}`))].sort()
  return { authSecretDigest: names.length === 0 ? '' : sha256(names.join('\n')), authSecretRBACNamespaces: [...new Set(secrets.map(({ namespace }) => namespace))].sort() }
}

/** Whether the controller runs this Plan, as the watches tell. */
export function stateOfController(edge: DefinitionEdge, { names, planHash }: Runner): { readonly waiting: string | undefined; readonly facts: DefinitionFacts } {
  const deployment = edge.live.get(DEPLOYMENTS, { metadata: { name: names.deployment, namespace: names.namespace } })
  if (deployment === undefined) return { waiting: `Dynamic Controller '${names.deployment}' not deployed yet`, facts: {} }
  const running = edge.runningPlanHash(names)
  const isRunning = running === planHash && isAvailable(deployment)
  // Told together with being ready: one write of the status instead of two.
  const isTold = running !== undefined && (isRunning || running !== planHash)
  return { waiting: isRunning ? undefined : `Dynamic Controller '${names.deployment}' not ready yet`, facts: isTold ? { runningPlanHash: running } : {} }
}

function isAvailable(deployment: KubeObject): boolean {
  const status = isObject(deployment.status) ? deployment.status : {}
  const wanted = isObject(deployment.spec) && typeof deployment.spec.replicas === 'number' ? deployment.spec.replicas : 1
  return wanted === 0 || (typeof status.availableReplicas === 'number' && status.availableReplicas >= 1)
}

/** What is known of the Plan that was published last, without reading it. */
export function lastKnown(edge: DefinitionEdge, definition: KubeObject): Pick<Published, 'planHash' | 'quality'> | undefined {
  const known = edge.live.get(CONFIG_MAPS, { metadata: planRef(definition) })
  if (known === undefined || annotationsOf(known)[ANNOTATION.definition] !== keyOfDefinition(definition)) return undefined
  return { planHash: annotationsOf(known)[ANNOTATION.planHash] ?? '', quality: annotationsOf(known)[PLAN_QUALITY] === 'partial' ? 'partial' : 'good' }
}

/** The Plan that was published last, as the controller reads it: it serves on when there can be no new one. */
export async function lastPublished(edge: DefinitionEdge, definition: KubeObject): Promise<Published | undefined> {
  const known = lastKnown(edge, definition)
  const found = known === undefined ? undefined : await edge.kube.get(CONFIG_MAPS, planRef(definition))
  const planText = found?.ok === true && isObject(found.value.data) ? textOf(found.value.data['plan.json']) : ''
  const plan = planText === '' ? undefined : readPlan(planText).value
  return plan === undefined || known === undefined ? undefined : { plan, planText, planHash: hashOf(plan), quality: known.quality }
}

function planRef(definition: KubeObject): { readonly name: string; readonly namespace: string } {
  return { name: `${nameOf(definition)}-controller-plan`, namespace: namespaceOf(definition) }
}
