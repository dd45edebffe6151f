import type { JsonObject } from '@oasgen/json'
import type { Exchange, Instant, Purpose } from '@oasgen/wire'
import { readAttempt, type Attempt } from './attempt.js'
import type { Decision, Observed, Subject, WriteReason } from './decision.js'
import { withListSecrets, withReferences } from './effective.js'
import { knownIdentity, type Identity } from './identity.js'
import { readMemory, type Memory } from './memory.js'
import { mutationOf, type Mutation } from './mutation.js'
import type { PreparedPlan } from './prepare.js'
import type { Bindings } from './programs.js'
import { metadataOf, textIn } from './resource.js'
import type { Scope } from './source.js'

/** Everything that one `decide` looks at. */
export interface Context {
  readonly prepared: PreparedPlan
  readonly subject: Subject
  /** With the ids that its references stand for. */
  readonly resource: JsonObject
  readonly exchanges: readonly Exchange[]
  readonly instant: Instant
  readonly uid: string
  readonly namespace: string
  readonly known: Identity
  readonly attempt: Attempt
  readonly memory: Memory
  readonly mutation: Mutation | undefined
}

export function contextOf(prepared: PreparedPlan, subject: Subject, exchanges: readonly Exchange[], instant: Instant): Context {
  const resource = withReferences(subject.resource, prepared.plan.references, subject.references)
  const metadata = metadataOf(resource)
  return {
    prepared, subject, resource, exchanges, instant,
    uid: textIn(metadata, 'uid'),
    namespace: textIn(metadata, 'namespace'),
    known: knownIdentity(prepared.identity, resource),
    attempt: readAttempt(resource),
    memory: readMemory(resource),
    mutation: mutationOf(subject, exchanges),
  }
}

/** Whether this reconcile has written for this reason after the given number of exchanges. */
export function hasWritten({ subject }: Pick<Context, 'subject'>, why: WriteReason, since = 0): boolean {
  return subject.written.some((record) => record.why === why && record.exchanges >= since)
}

/** Whether the record of a create was made by this reconcile; any other was left behind. */
export function hasWrittenAhead(context: Context): boolean {
  return hasWritten(context, 'attempt') || hasWritten(context, 'again')
}

export interface ScopeExtras {
  readonly identity?: Identity
  readonly observed?: Observed | undefined
  readonly bindings?: Partial<Bindings>
}

/** What requests are filled from at this moment. */
export function scopeOf(context: Context, extras: ScopeExtras = {}): Scope {
  const { subject, resource, namespace, uid, known } = context
  const { configuration } = subject
  return {
    resource: withListSecrets(resource, context.prepared.plan.secrets, namespace), namespace, uid,
    configuration: configuration?.state === 'found' ? (configuration.object['spec'] as JsonObject | undefined) : undefined,
    identity: extras.identity ?? known,
    references: subject.references,
    secrets: subject.secrets,
    bindings: bindingsOf(context, extras),
  }
}

export function bindingsOf({ resource, instant }: Context, { observed, bindings }: ScopeExtras = {}): Bindings {
  return { self: resource, now: instant, ...(observed && { observed: observed.spec }), ...bindings }
}

export function send(request: Extract<Decision, { type: 'send' }>['request'], purpose: Purpose): Extract<Decision, { type: 'send' }> {
  return { type: 'send', request, purpose }
}
