import type { Finding } from '@oasgen/diagnostics'
import { textOf, hashJson, isArray, isObject, sha256, type JsonObject } from '@oasgen/json'
import {
  annotationsOf, CUSTOM_RESOURCE_DEFINITIONS, finalizersOf, generationOf, isDeleting, nameOf, namespaceOf, resourceVersionOf, SECRETS, uidOf,
  type KubeError, type KubeObject,
} from '@oasgen/kube'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'
import type { Compiled } from './compile.js'
import { groupOf, isEstablished, judgeGroup, judgeOwnership, kindOf, namesProblem, pluralOf } from './crd-gate.js'
import { nextStatus, type DefinitionFacts, type DefinitionState } from './definition-status.js'
import { withOwner } from './objects/apply.js'
import { renderDeployment } from './objects/deploy.js'
import { namesFor, type DeployedNames } from './objects/names.js'
import { renderAccess, renderPeopleRoles, renderSecretAccess, type DeployedObject } from './objects/rbac.js'
import type { LoadedSource } from './source.js'
import { REST_DEFINITIONS, refTo, specText, type DefinitionEdge } from './edge.js'
import { tearDown } from './teardown.js'

/** When to come back; absent = when something changes. */
export interface Pass {
  readonly state: DefinitionState
  readonly afterSeconds?: number
}

/** One end of a pass that is not the good one. */
type Step<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly pass: Pass; readonly facts?: DefinitionFacts }

/** What is remembered between passes of one RestDefinition; losing it costs work, never correctness. */
export interface DefinitionMemory {
  /** Of definition and document, for which `compiled` holds. */
  inputs?: string
  compiled?: Compiled
}

export async function reconcileDefinition(edge: DefinitionEdge, definition: KubeObject, memory: DefinitionMemory): Promise<Pass> {
  if (annotationsOf(definition)[ANNOTATION.paused] === 'true') return finish(edge, definition, { pass: { state: { type: 'paused' } }, facts: {} })
  if (isDeleting(definition)) {
    const gone = await tearDown(edge, definition)
    return gone.state === undefined ? { state: { type: 'deleting', message: '' } } : finish(edge, definition, { pass: { state: gone.state, afterSeconds: 2 }, facts: {} })
  }
  const held = await addFinalizer(edge, definition)
  if (!held.ok) return held.pass
  const made = await makeAll(edge, definition, memory)
  return finish(edge, definition, made)
}

interface Made {
  readonly pass: Pass
  readonly facts: DefinitionFacts
}

async function makeAll(edge: DefinitionEdge, definition: KubeObject, memory: DefinitionMemory): Promise<Made> {
  const compiled = await compileAll(edge, definition, memory)
  if (!compiled.ok) return { pass: compiled.pass, facts: compiled.facts ?? {} }
  const facts = factsOf(definition, compiled.value)
  const served = await serveKinds(edge, definition, compiled.value)
  if (!served.ok) return { pass: served.pass, facts }
  const running = await runController(edge, definition, compiled.value)
  if (!running.ok) return { pass: running.pass, facts: { ...facts, ...running.facts } }
  const broken = compiled.value.findings.find((finding) => finding.severity === 'error')
  const good = { ...facts, ...running.value }
  if (broken !== undefined) return { pass: { state: { type: 'stalled', finding: broken } }, facts: good }
  return { pass: { state: { type: 'ready' }, afterSeconds: edge.settings.pollSeconds }, facts: good }
}

async function compileAll(edge: DefinitionEdge, definition: KubeObject, memory: DefinitionMemory): Promise<Step<Compiled>> {
  const refused = judgeGroup(specText(definition, 'resourceGroup'), edge.settings.allowGroups)
  if (refused !== undefined) return stalled(refused)
  const uri = specText(definition, 'oasPath')
  const document = await edge.load(uri, definition)
  if (document.state !== 'found') return withoutDocument(definition, document.finding)
  const overlays = await loadAll(edge, definition, overlayPaths(definition))
  if (!overlays.ok) return overlays
  const inputs = sha256([hashJson(definition.spec ?? null), document.identity, ...overlays.value.map((loaded) => loaded.identity)].join('\n'))
  if (memory.inputs === inputs && memory.compiled !== undefined) return { ok: true, value: memory.compiled }
  const compiled = await compileWithReferences(edge, definition, { document, overlays: overlays.value })
  if (!compiled.ok) return compiled
  memory.inputs = inputs
  memory.compiled = compiled.value
  return compiled
}

type FoundSource = LoadedSource & { readonly state: 'found' }

// A document may lead to others, and these to more; each round asks for what the last one met.
async function compileWithReferences(
  edge: DefinitionEdge, definition: KubeObject, sources: { readonly document: FoundSource; readonly overlays: readonly FoundSource[] },
): Promise<Step<Compiled>> {
  const others: Record<string, FoundSource['text']> = {}
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const overlays = Object.fromEntries(sources.overlays.map((loaded) => [loaded.text.uri, loaded.text]))
    const compiled = await edge.compiler.compile({ definition, document: sources.document.text, overlays, others })
    if (compiled.wanted === undefined) {
      const errors = compiled.findings.find((finding) => finding.severity === 'error')
      return compiled.resourceCrd === undefined && errors !== undefined ? stalled(errors, { findings: compiled.findings }) : { ok: true, value: compiled }
    }
    const loaded = await loadAll(edge, definition, compiled.wanted)
    if (!loaded.ok) return loaded
    for (const source of loaded.value) others[source.text.uri] = source.text
  }
  return failing('references lead through too many documents', 'DocumentInvalid')
}
const MOST_ROUNDS = 10

async function loadAll(edge: DefinitionEdge, definition: KubeObject, uris: readonly string[]): Promise<Step<readonly FoundSource[]>> {
  const found: FoundSource[] = []
  for (const uri of uris) {
    const loaded = await edge.load(uri, definition)
    if (loaded.state !== 'found') return withoutDocument(definition, loaded.finding)
    found.push(loaded)
  }
  return { ok: true, value: found }
}

// What was made goes on serving: a document that is away for an hour must not look like a kind that is gone.
function withoutDocument(definition: KubeObject, finding: Finding): Step<never> {
  const serves = isObject(definition.status) && typeof definition.status.runningPlanHash === 'string'
  const state: DefinitionState = serves ? { type: 'degraded', finding } : { type: 'stalled', finding }
  return { ok: false, pass: { state, afterSeconds: 30 } }
}

async function serveKinds(edge: DefinitionEdge, definition: KubeObject, compiled: Compiled): Promise<Step<void>> {
  const crds = [compiled.resourceCrd, compiled.configurationCrd].filter((crd) => crd !== undefined)
  for (const crd of crds) {
    const applied = await applyCrd(edge, definition, crd)
    if (!applied.ok) return applied
  }
  for (const crd of crds) {
    const visible = await isVisible(edge, crd)
    if (!visible.ok) return visible
  }
  return { ok: true, value: undefined }
}

async function applyCrd(edge: DefinitionEdge, definition: KubeObject, crd: JsonObject): Promise<Step<void>> {
  const owner = { namespace: namespaceOf(definition), name: nameOf(definition) }
  const live = await edge.kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(crd) })
  if (!live.ok && live.error.kind !== 'notFound') return kubeFailed(live.error)
  const verdict = judgeOwnership({ wanted: crd, live: live.ok ? live.value : undefined, definition: owner, isNamedInStatus: namesKind(definition, crd) })
  if (verdict.type === 'refuse') return stalled(verdict.finding)
  const answer = await edge.applier.apply(CUSTOM_RESOURCE_DEFINITIONS, withOwner(crd, owner), ...(live.ok ? [live.value] : []))
  if (!answer.ok) return kubeFailed(answer.error)
  const problem = namesProblem(answer.value)
  return problem === undefined ? { ok: true, value: undefined } : failing(problem, 'NamesNotAccepted')
}

function namesKind(definition: KubeObject, crd: JsonObject): boolean {
  const status = isObject(definition.status) ? definition.status : {}
  return [status.resource, status.configuration].some((named) => isObject(named) && named.kind === kindOf(crd) && textOf(named.apiVersion).startsWith(`${groupOf(crd)}/`))
}

const TRIES = 200
const TRY_MS = 25

/** Served, and in the OpenAPI of the server: `kubectl explain`, apply and kro read it from there. */
async function isVisible(edge: DefinitionEdge, crd: JsonObject): Promise<Step<void>> {
  const missing = `CRD for '${groupOf(crd)}, v1alpha1, ${pluralOf(crd)}' does not exists yet`
  for (let tries = 0; tries < TRIES; tries++) {
    const live = await edge.kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(crd) })
    if (live.ok && isEstablished(live.value)) break
    if (tries === TRIES - 1) return progressing(missing)
    await pause(TRY_MS)
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const document = await edge.kube.openapiV3(`apis/${groupOf(crd)}/v1alpha1`)
    if (document.ok && describesKind(document.value, crd)) return { ok: true, value: undefined }
    await pause(TRY_MS * Math.min(8, tries + 1))
  }
  return progressing(missing)
}

function describesKind(document: JsonObject, crd: JsonObject): boolean {
  const paths = isObject(document.paths) ? document.paths : {}
  return Object.keys(paths).some((path) => path.endsWith(`/${pluralOf(crd)}/{name}`))
}

async function runController(edge: DefinitionEdge, definition: KubeObject, compiled: Compiled): Promise<Step<DefinitionFacts>> {
  const { plan, planText, planHash } = compiled
  if (plan === undefined || planText === undefined || planHash === undefined) return { ok: true, value: {} }
  const names = namesFor(plan.definition, plan.resource)
  const owner = { namespace: namespaceOf(definition), name: nameOf(definition) }
  const controller = isObject(definition.spec) && isObject(definition.spec.controller) ? definition.spec.controller : {}
  const objects = [
    ...renderAccess(plan, names), ...renderPeopleRoles(plan), ...renderSecretAccess(names, edge.secretsOf(plan) ?? []),
    ...renderDeployment({ plan, planText, planHash, names, controller }, edge.settings),
  ]
  for (const { type, object } of objects) {
    const answer = await edge.applier.apply(type, withOwner(object, owner))
    if (!answer.ok) return kubeFailed(answer.error)
  }
  const key = await ensureKey(edge, names, owner)
  return key.ok ? isRunning(edge, { names, planHash, objects }) : key
}

/** Made once and never changed: with another key every write-only value would look edited. It belongs to backups. */
async function ensureKey(edge: DefinitionEdge, names: DeployedNames, owner: { readonly namespace: string; readonly name: string }): Promise<Step<void>> {
  if (edge.keys.has(`${names.namespace}/${names.key}`)) return { ok: true, value: undefined }
  const secret = { metadata: { name: names.key, namespace: names.namespace }, type: 'Opaque', data: { key: Buffer.from(edge.newKey()).toString('base64') } }
  const answer = await edge.kube.create(SECRETS, withOwner(secret, owner))
  if (!answer.ok && answer.error.kind !== 'alreadyExists') return kubeFailed(answer.error)
  edge.keys.add(`${names.namespace}/${names.key}`)
  return { ok: true, value: undefined }
}

function isRunning(edge: DefinitionEdge, { names, planHash, objects }: { names: DeployedNames; planHash: string; objects: readonly DeployedObject[] }): Step<DefinitionFacts> {
  const facts: DefinitionFacts = { planHash, digest: sha256(objects.map(({ object }) => hashJson(object)).join('\n')) }
  const deployment = edge.deployment(names)
  if (deployment === undefined) return { ok: false, facts, pass: { state: { type: 'progressing', message: `Dynamic Controller '${names.deployment}' not deployed yet` }, afterSeconds: 5 } }
  const running = edge.runningPlanHash(names)
  if (running !== planHash || !isAvailable(deployment)) {
    return { ok: false, facts, pass: { state: { type: 'progressing', message: `Dynamic Controller '${names.deployment}' not ready yet` }, afterSeconds: 15 } }
  }
  return { ok: true, value: { ...facts, runningPlanHash: running } }
}

function isAvailable(deployment: KubeObject): boolean {
  const status = isObject(deployment.status) ? deployment.status : {}
  const wanted = isObject(deployment.spec) && typeof deployment.spec.replicas === 'number' ? deployment.spec.replicas : 1
  return wanted === 0 || (typeof status.availableReplicas === 'number' && status.availableReplicas >= 1)
}

function factsOf(definition: KubeObject, compiled: Compiled): DefinitionFacts {
  const kinds = (crd: JsonObject | undefined): { apiVersion: string; kind: string } | undefined =>
    crd === undefined ? undefined : { apiVersion: `${groupOf(crd)}/v1alpha1`, kind: kindOf(crd) }
  const resource = kinds(compiled.resourceCrd)
  const configuration = kinds(compiled.configurationCrd)
  return {
    oasPath: specText(definition, 'oasPath'),
    findings: compiled.findings,
    ...(resource && { resource }),
    ...(configuration && { configuration }),
    ...(compiled.documentDigest !== undefined && { oasHash: compiled.documentDigest }),
    ...(compiled.hasSecuritySchemes !== undefined && { hasSecuritySchemes: compiled.hasSecuritySchemes }),
    ...(compiled.resourceCrd && { crdHash: hashJson([compiled.resourceCrd, compiled.configurationCrd ?? null]) }),
  }
}

async function addFinalizer(edge: DefinitionEdge, definition: KubeObject): Promise<Step<void>> {
  const finalizers = finalizersOf(definition)
  if (finalizers.includes(FINALIZER.definition)) return { ok: true, value: undefined }
  const answer = await edge.kube.patch(REST_DEFINITIONS, refTo(definition), {
    type: 'merge',
    body: { metadata: { finalizers: [...finalizers, FINALIZER.definition], resourceVersion: resourceVersionOf(definition) } },
  })
  return answer.ok ? { ok: true, value: undefined } : kubeFailed(answer.error)
}

async function finish(edge: DefinitionEdge, definition: KubeObject, { pass, facts }: Made): Promise<Pass> {
  const status = nextStatus(definition, { state: pass.state, facts, generation: generationOf(definition), now: edge.now() })
  if (status === undefined) return pass
  announce(edge, definition, pass.state)
  const answer = await edge.kube.patchStatus(REST_DEFINITIONS, refTo(definition), { type: 'merge', body: { metadata: { uid: uidOf(definition) }, status } })
  if (answer.ok || answer.error.kind === 'notFound') return pass
  return { state: pass.state, afterSeconds: 1 }
}

// One event per change of state, with the reference's names and words.
function announce(edge: DefinitionEdge, definition: KubeObject, state: DefinitionState): void {
  const spec = isObject(definition.spec) ? definition.spec : {}
  const kind = isObject(spec.resource) ? textOf(spec.resource.kind) : ''
  const what = `RestDefinition '${kind}/${specText(definition, 'resourceGroup')}'`
  switch (state.type) {
    case 'progressing': return edge.event(definition, { type: 'Normal', reason: 'RestDefinitionCreating', message: `${what} creating` })
    case 'ready': return edge.event(definition, { type: 'Normal', reason: 'RestDefinitionUpdating', message: `${what} updating` })
    case 'deleting': return edge.event(definition, { type: 'Normal', reason: 'RestDefinitionDeleting', message: `${what} deleting` })
    case 'paused': return edge.event(definition, { type: 'Normal', reason: 'ReconciliationPaused', message: 'Reconciliation is paused via the pause annotation' })
    case 'degraded': case 'stalled': return edge.event(definition, { type: 'Warning', reason: 'CannotObserveExternalResource', message: state.finding.message })
    case 'failing': return edge.event(definition, { type: 'Warning', reason: 'CannotObserveExternalResource', message: state.message })
  }
}

function overlayPaths(definition: KubeObject): readonly string[] {
  const document = isObject(definition.spec) && isObject(definition.spec.document) ? definition.spec.document : {}
  const overlays = isArray(document.overlays) ? document.overlays : []
  return overlays.flatMap((overlay) => (typeof overlay === 'string' ? [overlay] : isObject(overlay) && typeof overlay.path === 'string' ? [overlay.path] : []))
}

function stalled(finding: Finding, facts: DefinitionFacts = {}): Step<never> {
  return { ok: false, pass: { state: { type: 'stalled', finding }, afterSeconds: 60 }, facts }
}

function failing(message: string, reason: string): Step<never> {
  return { ok: false, pass: { state: { type: 'failing', message, reason }, afterSeconds: 5 } }
}

function progressing(message: string): Step<never> {
  return { ok: false, pass: { state: { type: 'progressing', message }, afterSeconds: 1 } }
}

function kubeFailed(error: KubeError): Step<never> {
  return failing(`observe failed: ${error.finding.message}`, 'KubernetesRefused')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

