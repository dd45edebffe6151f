import type { ActionPlan, AsyncPlan, CallPlan, Feature, FieldRule, PaginationPlan, Plan, ValueSource } from '@oasgen/plan'

/** What a controller has to know beyond plain calls with JSON bodies. Sorted. */
export function featuresOf(plan: Omit<Plan, 'requires'>): readonly Feature[] {
  const parts = partsOf(plan)
  const has: Readonly<Record<Feature, boolean>> = { ...callFeatures(parts), ...sourceFeatures(plan, parts), ...planFeatures(plan) }
  return (Object.keys(has) as readonly Feature[]).filter((feature) => has[feature]).toSorted()
}

/** A Plan taken apart by what features look at. */
interface Parts {
  readonly actions: readonly ActionPlan[]
  readonly calls: readonly CallPlan[]
  readonly sources: readonly ValueSource[]
  readonly asyncs: readonly AsyncPlan[]
  readonly paginations: readonly PaginationPlan[]
}

function partsOf(plan: Omit<Plan, 'requires'>): Parts {
  const actions = Object.values(plan.actions)
  const calls = actions.flatMap(plannedCalls)
  return {
    actions,
    calls,
    sources: calls.flatMap(sourcesOf),
    asyncs: actions.flatMap(asyncsOf),
    paginations: actions.flatMap((action) => [action, ...(action.steps ?? [])].flatMap(({ pagination }) => pagination ?? [])),
  }
}

function asyncsOf({ async, steps = [] }: ActionPlan): readonly AsyncPlan[] {
  return [async, ...steps.map((step) => step.async)].filter((each) => each !== undefined)
}

/** Every call of an action, its polls and its proof too. */
export function plannedCalls(action: ActionPlan): readonly CallPlan[] {
  const { call, steps = [], absenceProof } = action
  const polls = asyncsOf(action).map(({ poll }) => poll?.call)
  return [call, ...steps.map((step) => step.call), ...polls, absenceProof].filter((each) => each !== undefined)
}

export function sourcesOf({ parameters, body }: CallPlan): readonly ValueSource[] {
  return [...parameters, ...(body?.fields ?? [])].flatMap(({ sources }) => sources).concat(body?.value ?? [])
}

type CallFeature = 'absenceProof' | 'async' | 'bodyModes' | 'forms' | 'idempotencyKey' | 'multipart' | 'pagination' | 'steps'

function callFeatures({ actions, calls, asyncs, paginations }: Parts): Readonly<Record<CallFeature, boolean>> {
  const bodies = calls.flatMap(({ body }) => body ?? [])
  return {
    absenceProof: actions.some(({ absenceProof }) => absenceProof !== undefined),
    async: asyncs.length > 0,
    bodyModes: bodies.some(({ mode }) => mode !== 'full'),
    forms: bodies.some(({ encoding }) => encoding === 'form'),
    idempotencyKey: actions.some(({ idempotencyKey }) => idempotencyKey !== undefined),
    multipart: bodies.some(({ encoding }) => encoding === 'multipart'),
    pagination: paginations.length > 0,
    steps: actions.some(({ steps }) => steps !== undefined),
  }
}

type SourceFeature = 'cel' | 'jq' | 'ownershipMark' | 'secretFields' | 'valueMapping'

function sourceFeatures(plan: Omit<Plan, 'requires'>, parts: Parts): Readonly<Record<SourceFeature, boolean>> {
  const { actions, calls, sources } = parts
  const mappings = calls.flatMap(({ response }) => response.mappings ?? [])
  const isTranslated = mappings.some(({ alias, jq }) => alias !== undefined || jq !== undefined)
  return {
    cel: usesCel(plan, parts),
    jq: usesJq(parts),
    ownershipMark: actions.some(({ match }) => match?.mark !== undefined) || sources.some(({ from }) => from === 'mark'),
    secretFields: (plan.secrets ?? []).length > 0 || sources.some(({ from }) => from === 'secretRef' || from === 'secretField'),
    valueMapping: isTranslated || sources.some((source) => source.from === 'resource' && source.alias !== undefined),
  }
}

type PlanFeature = Exclude<Feature, CallFeature | SourceFeature>

function planFeatures(plan: Omit<Plan, 'requires'>): Readonly<Record<PlanFeature, boolean>> {
  const schemes = Object.values(plan.auth).map(({ type }) => type)
  return {
    exports: (plan.exports ?? []).length > 0,
    fieldRules: plan.compare.rules.some(isBeyondDocument),
    ociSignature: schemes.includes('ociSignature'),
    references: (plan.references ?? []).length > 0,
    replace: plan.compare.rules.some(({ immutable }) => immutable === 'replace'),
    signatureV4: schemes.includes('awsV4'),
  }
}

function usesCel({ conditions, exports = [], compare }: Omit<Plan, 'requires'>, { actions, calls, sources }: Parts): boolean {
  const inAnswers = calls.some(({ response }) => response.absentWhen !== undefined || response.errorWhen !== undefined)
  const inSteps = actions.flatMap(({ steps = [] }) => steps).some(({ when, forEach }) => when !== undefined || forEach !== undefined)
  const inRules = compare.rules.some(({ normalize = [] }) => normalize.some((step) => typeof step === 'object'))
  return conditions !== undefined || exports.length > 0 || inAnswers || inSteps || inRules || sources.some(({ from }) => from === 'cel')
}

function usesJq({ calls, asyncs }: Parts): boolean {
  const programs = calls.flatMap(({ body, response }) => [body?.transform, response.transform, response.notFoundBody])
  const inMappings = calls.flatMap(({ response }) => (response.mappings ?? []).map(({ jq }) => jq))
  return [...programs, ...inMappings, ...asyncs.map(({ handle }) => handle?.jq)].some((program) => program !== undefined)
}

/** Types, formats, defaults and write-only marks of the document are known to every controller. */
function isBeyondDocument({ compare, keys, normalize, witness, immutable, whenRemoved }: FieldRule): boolean {
  return [compare, keys, normalize, witness, immutable, whenRemoved].some((member) => member !== undefined)
}
