import type { ActionPlan, BodyPlan, CallPlan, Feature, FieldRule, Plan, ValueSource } from '@oasgen/plan'

/** What a controller has to know beyond plain calls with JSON bodies. Sorted. */
export function featuresOf(plan: Omit<Plan, 'requires'>): readonly Feature[] {
  const actions = Object.values(plan.actions)
  const calls = actions.flatMap(callsOf)
  const bodies = calls.flatMap(({ body }) => body ?? [])
  const sources = calls.flatMap(sourcesOf)
  const has: Readonly<Record<Feature, boolean>> = {
    absenceProof: actions.some(({ absenceProof }) => absenceProof !== undefined),
    async: actions.some((action) => action.async !== undefined || (action.steps ?? []).some((step) => step.async !== undefined)),
    bodyModes: bodies.some(({ mode }) => mode !== 'full'),
    cel: usesCel(plan, calls, sources),
    exports: (plan.exports ?? []).length > 0,
    fieldRules: plan.compare.rules.some(isBeyondDocument),
    forms: bodies.some(({ encoding }) => encoding === 'form'),
    idempotencyKey: actions.some(({ idempotencyKey }) => idempotencyKey !== undefined),
    jq: usesJq(actions, calls, bodies),
    login: false,
    multipart: bodies.some(({ encoding }) => encoding === 'multipart'),
    ociSignature: Object.values(plan.auth).some(({ type }) => type === 'ociSignature'),
    ownershipMark: actions.some(({ match }) => match?.mark !== undefined) || sources.some(({ from }) => from === 'mark'),
    pagination: actions.some((action) => action.pagination !== undefined || (action.steps ?? []).some((step) => step.pagination !== undefined)),
    references: (plan.references ?? []).length > 0,
    replace: plan.compare.rules.some(({ immutable }) => immutable === 'replace'),
    secretFields: (plan.secrets ?? []).length > 0 || sources.some(({ from }) => from === 'secretRef' || from === 'secretField'),
    signatureV4: Object.values(plan.auth).some(({ type }) => type === 'awsV4'),
    steps: actions.some(({ steps }) => steps !== undefined),
    valueMapping: calls.some(({ response }) => (response.mappings ?? []).some(({ alias, jq }) => alias !== undefined || jq !== undefined)) || sources.some((source) => source.from === 'resource' && source.alias !== undefined),
  }
  return (Object.keys(has) as readonly Feature[]).filter((feature) => has[feature]).toSorted()
}

export function callsOf({ call, steps, async, absenceProof }: ActionPlan): readonly CallPlan[] {
  const polls = [async, ...(steps ?? []).map((step) => step.async)].flatMap((each) => each?.poll?.call ?? [])
  return [...(call === undefined ? [] : [call]), ...(steps ?? []).map((step) => step.call), ...polls, ...(absenceProof === undefined ? [] : [absenceProof])]
}

function sourcesOf({ parameters, body }: CallPlan): readonly ValueSource[] {
  return [...parameters.flatMap(({ sources }) => sources), ...(body?.value ?? []), ...(body?.fields ?? []).flatMap(({ sources }) => sources)]
}

function usesCel(plan: Omit<Plan, 'requires'>, calls: readonly CallPlan[], sources: readonly ValueSource[]): boolean {
  const inAnswers = calls.some(({ response }) => response.absentWhen !== undefined || response.errorWhen !== undefined)
  const inSteps = Object.values(plan.actions).some(({ steps }) => (steps ?? []).some(({ when, forEach }) => when !== undefined || forEach !== undefined))
  const inRules = plan.compare.rules.some(({ normalize }) => (normalize ?? []).some((step) => typeof step === 'object'))
  return plan.conditions !== undefined || (plan.exports ?? []).length > 0 || inAnswers || inSteps || inRules || sources.some(({ from }) => from === 'cel')
}

function usesJq(actions: readonly ActionPlan[], calls: readonly CallPlan[], bodies: readonly BodyPlan[]): boolean {
  const inAnswers = calls.some(({ response }) => response.transform !== undefined || response.notFoundBody !== undefined || (response.mappings ?? []).some(({ jq }) => jq !== undefined))
  const inHandles = actions.some((action) => action.async?.handle?.jq !== undefined || (action.steps ?? []).some((step) => step.async?.handle?.jq !== undefined))
  return inAnswers || inHandles || bodies.some(({ transform }) => transform !== undefined)
}

/** Types, formats, defaults and write-only marks of the document are known to every controller. */
function isBeyondDocument({ compare, keys, normalize, witness, immutable, whenRemoved }: FieldRule): boolean {
  return [compare, keys, normalize, witness, immutable, whenRemoved].some((member) => member !== undefined)
}
