import { decide, type Decision, type PreparedPlan, type ResourceWrite, type Subject, type WriteRecord } from '@oasgen/engine'
import type { JsonObject } from '@oasgen/json'
import { annotationsOf, finalizersOf, metadataOf, type KubeObject } from '@oasgen/kube'
import type { Exchange, HttpRequest, Purpose } from '@oasgen/wire'
import { SETTINGS, type PlanEnvironment } from './world.js'

export type Answer = Pick<Exchange, 'at' | 'tookMs' | 'result' | 'sealed'>

/** Answers one request of a drive; `undefined` ends it there. */
export type Answerer = (request: HttpRequest, purpose: Purpose) => Promise<Answer | undefined>

export interface DriveInput {
  readonly prepared: PreparedPlan
  readonly resource: KubeObject
  readonly environment: Pick<PlanEnvironment, 'configuration' | 'references' | 'secrets'>
  readonly answer: Answerer
  /** Milliseconds since the epoch, of each decision. */
  readonly now: (step: number) => number
}

/** How a reconcile went, as far as it was answered. */
export interface Driven {
  readonly ending: Ending
  readonly exchanges: readonly Exchange[]
  readonly writes: readonly ResourceWrite[]
  readonly steps: readonly Decision[]
  /** As the writes left it. */
  readonly resource: KubeObject
  readonly subject: Subject
}

export type Ending =
  /** The request that was not answered. */
  | { readonly type: 'request'; readonly request: HttpRequest; readonly purpose: Purpose }
  | Extract<Decision, { type: 'done' | 'wait' | 'stop' }>
  | { readonly type: 'endless' }

const MOST_STEPS = 2_000

/** Runs the very function that the controller runs. What it would write to Kubernetes is kept in memory. */
export async function drive(input: DriveInput): Promise<Driven> {
  let { resource } = input
  const exchanges: Exchange[] = []
  const writes: ResourceWrite[] = []
  const written: WriteRecord[] = []
  const steps: Decision[] = []
  for (let step = 0; step < MOST_STEPS; step++) {
    const subject = subjectOf(input, resource, written)
    const decision = decide(input.prepared, subject, exchanges, input.now(step))
    const driven = { exchanges, writes, steps, resource, subject }
    steps.push(decision)
    if (decision.type === 'send') {
      const answer = await input.answer(decision.request, decision.purpose)
      if (answer === undefined) return { ...driven, ending: { type: 'request', request: decision.request, purpose: decision.purpose } }
      exchanges.push({ purpose: decision.purpose, request: decision.request, ...answer })
    } else if (decision.type === 'write') {
      resource = afterWrite(resource, decision.write)
      writes.push(decision.write)
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else {
      return { ...driven, ending: decision }
    }
  }
  return { ending: { type: 'endless' }, exchanges, writes, steps, resource, subject: subjectOf(input, resource, written) }
}

function subjectOf({ environment: { configuration, references, secrets } }: DriveInput, resource: KubeObject, written: readonly WriteRecord[]): Subject {
  return { resource, ...(configuration && { configuration }), references, secrets, settings: SETTINGS, written, failures: 0 }
}

function afterWrite(resource: KubeObject, write: ResourceWrite): KubeObject {
  const annotations = { ...annotationsOf(resource), ...write.annotations }
  const kept = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== null)) as JsonObject
  const finalizers = [...finalizersOf(resource).filter((name) => name !== write.finalizers?.remove), ...(write.finalizers?.add === undefined ? [] : [write.finalizers.add])]
  return { ...resource, metadata: { ...metadataOf(resource), annotations: kept, finalizers }, ...(write.status && { status: write.status }) }
}

/** A request that changes nothing on the other side. */
export function isRead({ action, call }: Purpose): boolean {
  return action === 'get' || action === 'findby' || call === 'poll' || call === 'postGet' || call === 'absenceProof'
}

/** As it is right after kubectl apply: the API server adds these. */
export function asApplied(object: KubeObject): KubeObject {
  const metadata = { uid: '00000000-0000-0000-0000-000000000000', generation: 1, resourceVersion: '1', ...metadataOf(object) }
  return { ...object, metadata, status: object.status ?? {} }
}
