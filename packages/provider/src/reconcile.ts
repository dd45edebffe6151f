import { finding, type Finding } from '@oasgen/diagnostics'
import { annotationsOf, finalizersOf, generationOf, isDeleting, resourceVersionOf, uidOf, type KubeObject } from '@oasgen/kube'
import { isObject, writeJson, type JsonObject } from '@oasgen/json'
import { ANNOTATION, FINALIZER, readConditions } from '@oasgen/wire'
import { announceCreation, announceState } from './announce.js'
import { compileNow, type CompiledNow } from './compile-definition.js'
import type { Compiled } from './compile.js'
import { factsOf, hasConditions, nextStatus, type DefinitionFacts } from './definition-status.js'
import { keyOfDefinition, kindIn, REST_DEFINITIONS, refTo, specText, type DefinitionEdge } from './edge.js'
import { activationOf, judgeDefinition } from './judge-definition.js'
import type { DefinitionMemory } from './memory.js'
import { done, kubeFailed, stalled, type Ended, type Pass, type Step } from './pass.js'
import { refreshSeconds } from './remote-source.js'
import { lastKnown, lastPublished, runController, type Published, type RunningController } from './run-controller.js'
import { isVisible, serveKinds } from './serve-kinds.js'
import { settle, settledNow } from './steady.js'
import { tearDown } from './teardown.js'

interface Made {
  readonly pass: Pass
  readonly facts: DefinitionFacts
}

/** One look at a RestDefinition: makes what is missing, and says how far it is. */
export async function reconcileDefinition(edge: DefinitionEdge, definition: KubeObject, memory: DefinitionMemory): Promise<Pass> {
  if (annotationsOf(definition)[ANNOTATION.paused] === 'true') return finish(edge, definition, made({ state: { type: 'paused' } }))
  if (isDeleting(definition)) {
    const gone = await tearDown(edge, definition)
    return gone.state === undefined ? { state: { type: 'deleting', message: '' } } : finish(edge, definition, made({ state: gone.state, afterSeconds: gone.afterSeconds ?? 2 }))
  }
  if (activationOf(edge, definition) === 'dormant') {
    return finish(edge, definition, made({ state: { type: 'dormant', finding: finding('PRV0108', { kind: kindIn(definition), group: specText(definition, 'resourceGroup') }) } }))
  }
  if (!hasConditions(definition) && memory.compiled === undefined) announceCreation(edge, definition)
  const held = await addFinalizer(edge, definition)
  return held.ok ? finish(edge, definition, await makeAll(edge, definition, memory)) : held.pass
}

function made(pass: Pass, facts: DefinitionFacts = {}): Made {
  return { pass, facts }
}

async function makeAll(edge: DefinitionEdge, definition: KubeObject, memory: DefinitionMemory): Promise<Made> {
  const judged = await judgeDefinition(edge, definition)
  const now = judged.ok ? await compileNow(edge, definition, memory) : judged
  if (!now.ok) return serveOn(edge, definition, now)
  const steady = settledNow(edge, memory, now.value)
  if (steady !== undefined) return made(passFor(edge, definition, { now: now.value, broken: steady.settled.broken, waiting: steady.waiting }), steady.facts)
  const compiled = now.value.compiled()
  const broken = compiled.findings.find(({ severity }) => severity === 'error')
  const last = broken === undefined ? undefined : lastKnown(edge, definition)
  if (broken === undefined || last === undefined || last.quality === 'partial' || last.planHash === compiled.planHash) {
    return makeNew(edge, definition, { memory, now: now.value, compiled, broken })
  }
  const problem = finding('PRV0116', { problem: broken.message })
  return serveOn(edge, definition, stalled(problem, { findings: [problem, ...compiled.findings] }))
}

interface New {
  readonly memory: DefinitionMemory
  readonly now: CompiledNow
  readonly compiled: Compiled
  readonly broken: Finding | undefined
}

/** Schema first, then Plan and controller, then the look whether the server shows it: Ready means all three. */
async function makeNew(edge: DefinitionEdge, definition: KubeObject, { memory, now, compiled, broken }: New): Promise<Made> {
  const crds = [compiled.resourceCrd, compiled.configurationCrd].filter((crd) => crd !== undefined)
  const served = await serveKinds(edge, definition, crds)
  if (!served.ok) return serveOn(edge, definition, { ...served, facts: { findings: compiled.findings } })
  const facts = { ...factsOf(definition, compiled), findings: [...compiled.findings, ...served.value.notices] }
  const running = await controllerFor(edge, definition, { compiled, broken, kinds: memory.visible === undefined ? 'new' : 'served' })
  if (!running.ok) return made(running.pass, { ...facts, ...running.facts })
  const all = { ...facts, ...running.value?.facts }
  const waiting = running.value?.waiting
  if (waiting !== undefined && isYoung(edge, memory)) return made({ state: { type: 'progressing', message: waiting }, afterSeconds: YOUNG_SECONDS }, all)
  const visible = await isVisible(edge, served.value.crds, memory)
  if (!visible.ok) return made(visible.pass, all)
  if (running.value !== undefined) settle(edge, definition, memory, { now, kind: running.value.kind, served: served.value, running: running.value, broken })
  return made(passFor(edge, definition, { now, broken, waiting: running.value?.waiting }), all)
}

// A controller takes longer to start than a kind to be served: while it starts there is no need to ask for the kind. One that does
// not start at all may be waiting for it.
function isYoung({ now }: DefinitionEdge, memory: DefinitionMemory): boolean {
  memory.waitingSince ??= now()
  return now() - memory.waitingSince < YOUNG_SECONDS * 1000
}

const YOUNG_SECONDS = 10

interface ForController {
  readonly compiled: Compiled
  readonly broken: Finding | undefined
  readonly kinds: 'served' | 'new'
}

function controllerFor(edge: DefinitionEdge, definition: KubeObject, { compiled, broken, kinds }: ForController): Promise<Step<RunningController | undefined>> {
  const { plan, planText, planHash } = compiled
  if (plan === undefined || planText === undefined || planHash === undefined) return Promise.resolve(done(undefined))
  const published: Published = { plan, planText, planHash, quality: broken === undefined ? 'good' : 'partial' }
  return runController(edge, definition, published, kinds)
}

interface Outlook {
  readonly now: Pick<CompiledNow, 'problem'>
  readonly broken: Finding | undefined
  readonly waiting: string | undefined
}

function passFor({ settings }: DefinitionEdge, definition: KubeObject, { now, broken, waiting }: Outlook): Pass {
  const afterSeconds = Math.max(1, Math.min(settings.pollSeconds, refreshSeconds(definition)))
  if (broken !== undefined) return { state: { type: 'stalled', finding: broken }, afterSeconds }
  if (waiting !== undefined) return { state: { type: 'progressing', message: waiting }, afterSeconds: 15 }
  if (now.problem !== undefined) return { state: { type: 'degraded', ...now.problem }, afterSeconds: Math.min(30, afterSeconds) }
  return { state: { type: 'ready' }, afterSeconds }
}

/** A pass that can make nothing new keeps what is there: what was published last goes on serving, and is put back where somebody took it away. */
async function serveOn(edge: DefinitionEdge, definition: KubeObject, { pass, facts = {} }: Ended): Promise<Made> {
  const { state } = pass
  const last = state.type === 'stalled' ? await lastPublished(edge, definition) : undefined
  if (state.type !== 'stalled' || last === undefined) return made(pass, facts)
  const running = await runController(edge, definition, last, 'served')
  if (!running.ok) return made(running.pass, facts)
  const kept = { ...running.value.facts, ...facts }
  if (running.value.waiting !== undefined || last.quality === 'partial') return made(pass, kept)
  return made({ ...pass, state: { type: 'degraded', finding: state.finding, duration: 'lasting' } }, kept)
}

async function addFinalizer(edge: DefinitionEdge, definition: KubeObject): Promise<Step<void>> {
  const finalizers = finalizersOf(definition)
  if (finalizers.includes(FINALIZER.definition)) return done(undefined)
  const answer = await edge.kube.patch(REST_DEFINITIONS, refTo(definition), {
    type: 'merge',
    body: { metadata: { finalizers: [...finalizers, FINALIZER.definition], resourceVersion: resourceVersionOf(definition) } },
  })
  return answer.ok ? done(undefined) : kubeFailed(answer.error)
}

/** Facts may change while the state stays: that is no news for people. */
function isNewState(definition: KubeObject, status: JsonObject): boolean {
  const told = (from: JsonObject[string] | undefined): string => writeJson(readConditions(from).map(({ type, status: is, reason, message }) => [type, is, reason, message]))
  return told(status.conditions) !== told(isObject(definition.status) ? definition.status.conditions : undefined)
}

async function finish(edge: DefinitionEdge, definition: KubeObject, { pass, facts }: Made): Promise<Pass> {
  // The newest that is known: an old status would be compared with, and written over.
  const current = edge.definition(keyOfDefinition(definition)) ?? definition
  const status = nextStatus(current, { state: pass.state, facts, generation: generationOf(definition), now: edge.now() })
  if (status === undefined) return pass
  if (isNewState(current, status)) announceState(edge, current, pass.state)
  const answer = await edge.kube.patchStatus(REST_DEFINITIONS, refTo(definition), { type: 'merge', body: { metadata: { uid: uidOf(definition) }, status } })
  if (answer.ok) edge.remember(answer.value)
  if (answer.ok || answer.error.kind === 'notFound') return pass
  return { state: pass.state, afterSeconds: 1 }
}
