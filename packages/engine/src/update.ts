import { finding } from '@oasgen/diagnostics'
import { getPath } from '@oasgen/fieldpath'
import { isArray, type JsonValue } from '@oasgen/json'
import { ANNOTATION, type Exchange } from '@oasgen/wire'
import type { Change } from './body.js'
import { ruleFor } from './compare-rules.js'
import { hasWritten, type Context } from './context.js'
import type { Decision, Observed, Outcome } from './decision.js'
import type { Difference } from './differences.js'
import { memoryOf } from './effects.js'
import { compareFound, type Found } from './compare-found.js'
import { chosenParts, externalNameOf, identityFrom, isComplete } from './identity.js'
import { unsureMemory } from './late-update.js'
import type { Mutated } from './mutated.js'
import { sameIdentifier } from './loose-equal.js'
import { observe } from './observe.js'
import { describesOperation, startedOperation, stepOperation, writeOperation } from './operation.js'
import { pathOf } from './reader.js'
import { annotationsOf, generationOf, specOf } from './resource.js'
import { droppedElements, shortHash } from './sent.js'
import { completedRun, completeSteps, doneSteps, withStep, writeSteps } from './step-memory.js'
import { retryLater, troubleOf, unbuildable, type TroubleExtras } from './trouble.js'
import { runVerb, type VerbRun } from './verb-run.js'
import { versionHeader } from './version-header.js'

/** The first call of an update, or the next one after a crash. */
export function update(context: Context, found: Found, differences: readonly Difference[]): Decision {
  const run = runUpdate(context, [], { change: changeOf(context, found.observed, differences), observed: found.observed })
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'update', run.findings, { observed: found.observed })
  const finished = completeSteps(context, 'update')
  if (finished === undefined) throw new Error('an update without exchanges cannot be answered')
  return finished
}

function changeOf({ prepared, resource, memory }: Context, observed: Observed, differences: readonly Difference[]): Change {
  const shared = (path: string, wanted: JsonValue): JsonValue | undefined => {
    const there = prepared.comparison.shared.includes(path) ? getPath(observed.spec, pathOf(path)) : undefined
    if (!isArray(there) || !isArray(wanted)) return undefined
    const gone = droppedElements(memory.sent, path, specOf(resource))
    const kept = there.filter((item) => !gone.includes(shortHash(item)))
    return [...kept, ...wanted.filter((item) => !kept.some((other) => sameIdentifier(item, other)))]
  }
  return { observed: observed.body, differences, shared, whenRemoved: (path) => ruleFor(prepared.comparison, path)?.plan.whenRemoved ?? 'omit' }
}

interface UpdateInput {
  readonly change?: Change
  readonly observed?: Observed
}

function runUpdate(context: Context, seen: readonly Exchange[], { change, observed }: UpdateInput): VerbRun {
  const prepared = context.prepared.actions.update
  if (prepared === undefined) return { type: 'unbuildable', findings: [finding('ENG0110', { action: 'update' })] }
  const generation = generationOf(context.resource)
  const completed = completedRun(context, 'update', generation, seen)
  if (completed !== undefined) return completed
  return runVerb({
    context, action: 'update', prepared, seen, why: 'update', extras: { observed }, headers: versionHeader(context, 'update'),
    done: doneSteps(context, 'update', generation), ...(change && { change }),
  })
}

/** The answer to an update gives identity and errors, nothing else: what it shows is never compared. */
export function afterUpdate(context: Context, start: number): Mutated {
  const run = runUpdate(context, context.exchanges.slice(start), inputBefore(context, start))
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'update', run.findings)
  if (run.type === 'record') return writeSteps(context, withStep(context, 'update', generationOf(context.resource), run), stepOperation(context, 'update', run))
  switch (run.outcome.type) {
    case 'found':
    case 'accepted':
    case 'pending': return finishUpdate(context, { ...run, outcome: run.outcome }, start + run.used) ?? { type: 'settled', used: run.used }
    case 'absent': return retryLater(context, 'update', finding('ENG0504', { proof: run.outcome.proof }))
    case 'ambiguous':
    case 'refused':
    case 'throttled':
    case 'unauthorised':
    case 'conflict': return troubleOf(context, 'update', run.outcome)
    case 'broken': return troubleOf(context, 'update', run.outcome, unsureExtras(context, run.outcome))
  }
}

function unsureExtras(context: Context, outcome: Outcome): TroubleExtras {
  const memory = unsureMemory(context, outcome)
  return memory === undefined ? {} : { memory }
}

/** Later steps are built from what was read before the first one. */
function inputBefore(context: Context, start: number): UpdateInput {
  if ((context.prepared.actions.update?.steps.length ?? 0) === 0) return {}
  const before = observe({ context, seen: context.exchanges.slice(0, start), why: 'observe' })
  if (before.type !== 'found') return {}
  const differences = compareFound(context, before, context.memory).filter(({ settled }) => !settled)
  return { change: changeOf(context, before.observed, differences), observed: before.observed }
}

type Answered = Extract<VerbRun, { type: 'answered' }> & { readonly outcome: { readonly type: 'found' | 'accepted' | 'pending'; readonly observed?: Observed } }

function finishUpdate(context: Context, { exchange, outcome }: Answered, end: number): Decision | undefined {
  const unfinished = completeSteps(context, 'update')
  if (unfinished !== undefined) return unfinished
  if (exchange === undefined) return undefined
  const moved = renamed(context, outcome.observed, exchange, end)
  if (moved !== undefined) return moved
  const operation = startedOperation(context, 'update', exchange, outcome)
  if (operation === undefined || hasWritten(context, 'operation', end)) return undefined
  return writeOperation(context, { ...memoryOf(context), operation })
}

/** An update may move the object: the new identity is stored before anything else is asked. */
function renamed(context: Context, observed: Observed | undefined, exchange: Exchange, end: number): Decision | undefined {
  const { prepared, resource, known } = context
  const { status = 0, headers = {} } = exchange.result.type === 'response' ? exchange.result.response : {}
  // What is accepted only describes the work that goes on.
  const shown = status === 202 || describesOperation(context, 'update', exchange) ? undefined : observed
  const identity = identityFrom(prepared.identity, { observed: shown, headers }, { ...known, ...chosenParts(prepared.identity, resource) })
  const name = isComplete(prepared.identity, identity) ? externalNameOf(prepared.identity, identity) : undefined
  if (name === undefined || name === annotationsOf(resource)[ANNOTATION.externalName] || hasWritten(context, 'identity', end)) return undefined
  return { type: 'write', write: { why: 'identity', annotations: { [ANNOTATION.externalName]: name } } }
}
