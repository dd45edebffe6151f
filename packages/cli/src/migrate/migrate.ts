import { diffCrds, worstOf } from '@oasgen/crd'
import { isArray, isObject, textOf, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS, nameOf, namespaceOf, type Kube, type KubeObject } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import { namesFor } from '@oasgen/provider'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { connectTarget, type TargetOptions } from '../kubectl/target.js'
import { clusterDocuments, compileManifests, type CompiledDefinition, type CompileOptions } from '../define/compile.js'
import { observedAnswers } from '../plan/answers.js'
import { definitionsOf, kindOf } from '../plan/kinds.js'
import { planResource } from '../plan/plan.js'
import { createWorld, environmentOf, type World } from '../plan/world.js'
import { assessResource, isDeletingDefinition, takeoverText, type DefinitionTakeover, type Takeover } from './assess-state.js'

export interface MigrateOptions extends TargetOptions, CompileOptions {
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly output?: string
}

interface DefinitionReport extends DefinitionTakeover {
  readonly namespace: string
  readonly kind: string
  readonly deployment: string
  readonly resources: readonly ResourceReport[]
}

interface ResourceReport {
  readonly name: string
  readonly namespace: string
  readonly takeover: Takeover
  /** What differs from its last observation, as far as the status tells: would be sent after the takeover. */
  readonly wouldChange: readonly string[]
}

/**
 * From the reference to us, in place: same kinds, same names, same annotations. Told first; then the reference's programs are
 * scaled to zero, so that two never serve. The chart does the rest.
 */
export async function migrate(io: CommandIo, options: MigrateOptions): Promise<ExitCode> {
  const { kube } = await connectTarget(io, options)
  try {
    const definitions = await definitionsOf(kube)
    if (definitions.length === 0) throw new CommandError('there is no RestDefinition in this cluster', { code: EXIT.usage })
    const reports = await report(io, kube, { definitions, options })
    const programs = await programsOf(kube, definitions)
    io.out(options.output === 'json' ? `${writeJson({ definitions: reports, programs: programs.map(titleOf) } as unknown as JsonValue, { indent: 2 })}\n` : reportText(reports, programs))
    const blockers = reports.filter(isBlocked)
    if (options.dryRun === true) return blockers.length === 0 ? EXIT.ok : EXIT.found
    if (blockers.length > 0 && options.force !== true) throw new CommandError(`${blockers.map(({ name }) => name).join(', ')} would not work as before; nothing was changed`, { help: 'correct them first, or go on all the same with --force' })
    await stopPrograms(io, kube, programs)
    io.note('next: helm upgrade --install oasgen-provider … (docs/migration.md); to go back, scale these Deployments up again\n')
    return EXIT.ok
  } finally {
    await kube.close()
  }
}

interface Reporting {
  readonly definitions: readonly KubeObject[]
  readonly options: MigrateOptions
}

async function report(io: CommandIo, kube: Kube, { definitions, options }: Reporting): Promise<readonly DefinitionReport[]> {
  const manifests = definitions.map((object) => ({ object: { apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', ...object }, file: `RestDefinition ${namespaceOf(object)}/${nameOf(object)}`, place: (pointer: string) => ({ kind: 'document', uri: `RestDefinition ${namespaceOf(object)}/${nameOf(object)}`, pointer }) as const }))
  const compiled = await compileManifests(io, manifests, { ...options, clusterObject: clusterDocuments(kube) })
  const world = createWorld([], kube)
  return Promise.all(compiled.map((one, index) => reportOne(kube, { one, definition: definitions[index] as KubeObject, world })))
}

interface One {
  readonly one: CompiledDefinition
  readonly definition: KubeObject
  readonly world: World
}

async function reportOne(kube: Kube, { one, definition, world }: One): Promise<DefinitionReport> {
  const { compiled, name } = one
  const resource = isObject(definition.spec) && isObject(definition.spec.resource) ? definition.spec.resource : {}
  const crd = compiled.resourceCrd === undefined ? undefined : await kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(compiled.resourceCrd) })
  return {
    name, namespace: namespaceOf(definition), kind: textOf(resource.kind), isDeleting: isDeletingDefinition(definition),
    findings: compiled.findings.filter(({ severity }) => severity === 'error'),
    crd: crd?.ok === true && compiled.resourceCrd !== undefined ? diffCrds(crd.value, compiled.resourceCrd).filter(isOfUsers) : [],
    deployment: namesFor({ name, namespace: namespaceOf(definition) } as Plan['definition'], { group: '', version: '', kind: '', plural: '' }).deployment,
    resources: compiled.plan === undefined ? [] : await resourcesOf(kube, { plan: compiled.plan, world }),
  }
}

/** The status is written by controllers alone, and ours writes it anew; the reference's always differs. */
function isOfUsers({ path }: { readonly path: string }): boolean {
  return path !== 'status' && !path.startsWith('status.')
}

async function resourcesOf(kube: Kube, { plan, world }: { readonly plan: Plan; readonly world: World }): Promise<readonly ResourceReport[]> {
  const kind = kindOf(plan)
  const listed = await kube.list(kind.type)
  if (!listed.ok) return []
  const assigned = plan.identity.parts.filter((part) => part.assigned === 'server').map(({ path }) => path)
  return Promise.all(listed.value.items.map(async (object) => {
    const takeover = assessResource(object, { assigned, hasFindby: plan.actions.findby !== undefined })
    return { name: nameOf(object), namespace: namespaceOf(object), takeover, wouldChange: takeover.type === 'takenOver' ? await changesOf({ plan, world }, object) : [] }
  }))
}

async function changesOf({ plan, world }: { readonly plan: Plan; readonly world: World }, object: KubeObject): Promise<readonly string[]> {
  const kind = kindOf(plan)
  const environment = await environmentOf(world, plan, object)
  const { answer } = observedAnswers(kind.prepared, object, [])
  const planned = await planResource(kind, { resource: object, environment, answer, now: Date.now() })
  return planned.verdict === 'update' ? planned.differences.filter(({ settled }) => !settled).map(({ path }) => path) : []
}

/** The controllers of the definitions, and Deployments that run the reference's generator. */
async function programsOf(kube: Kube, definitions: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const listed = await kube.list(DEPLOYMENTS)
  if (!listed.ok) return []
  const controllers = new Set(definitions.map((definition) => `${namespaceOf(definition)}/${nameOf(definition)}-controller`))
  return listed.value.items.filter((deployment) => controllers.has(`${namespaceOf(deployment)}/${nameOf(deployment)}`) || imagesOf(deployment).some((image) => GENERATOR.test(image)))
}

const GENERATOR = /(?:^|\/)krateoplatformops\/oasgen-provider(?:[:@]|$)/

function imagesOf(deployment: JsonObject): readonly string[] {
  const template = isObject(deployment.spec) && isObject(deployment.spec.template) && isObject(deployment.spec.template.spec) ? deployment.spec.template.spec : {}
  return isArray(template.containers) ? template.containers.filter(isObject).map(({ image }) => textOf(image)) : []
}

/** The generator first: it would scale its controllers up again. */
async function stopPrograms(io: CommandIo, kube: Kube, programs: readonly KubeObject[]): Promise<void> {
  const order = [...programs].sort((a, b) => Number(imagesOf(b).some((image) => GENERATOR.test(image))) - Number(imagesOf(a).some((image) => GENERATOR.test(image))))
  for (const deployment of order) {
    const answer = await kube.patch(DEPLOYMENTS, { name: nameOf(deployment), namespace: namespaceOf(deployment) }, { type: 'merge', body: { spec: { replicas: 0 } } })
    if (!answer.ok) throw new CommandError(answer.error.finding.message)
    io.note(`${titleOf(deployment)} scaled to 0\n`)
  }
}

function titleOf(deployment: KubeObject): string {
  return `deployment ${namespaceOf(deployment)}/${nameOf(deployment)}`
}

// A create without a known end is none: the reference waits for a person too.
function isBlocked({ findings, crd }: DefinitionReport): boolean {
  return findings.length > 0 || worstOf(crd) === 'breaking'
}

function reportText(reports: readonly DefinitionReport[], programs: readonly KubeObject[]): string {
  const definitions = reports.flatMap((one) => [
    `RestDefinition ${one.namespace}/${one.name} (${one.kind})${one.isDeleting ? ' is being deleted' : ''}`,
    ...one.findings.map(({ code, message }) => `  stops   ${code} ${message}`),
    ...(one.findings.length > 0 ? [] : [`  kind    ${one.crd.length === 0 ? 'stays as it is' : `changes, ${worstOf(one.crd) ?? ''}`}`]),
    ...one.crd.map(({ class: kind, path, change }) => `          ${kind.padEnd(9)} ${path}  ${change}`),
    ...one.resources.map(({ name, namespace, takeover, wouldChange }) => `  ${one.kind} ${namespace}/${name}  ${takeoverText(takeover)}${wouldChange.length === 0 ? '' : `; then ${wouldChange.join(', ')} would be corrected`}`),
  ])
  const counts = reports.flatMap(({ resources }) => resources)
  return [
    ...definitions, '', 'programs of the reference that are scaled to 0:', ...(programs.length === 0 ? ['  none are found'] : programs.map((one) => `  ${titleOf(one)}`)), '',
    `${reports.length} definitions, ${counts.length} resources: ${counts.filter(({ takeover }) => takeover.type === 'takenOver').length} taken over, ${counts.filter(({ takeover }) => takeover.type === 'unknownCreate').length} wait for a person`, '',
  ].join('\n')
}
