import { hasErrors, type Finding } from '@oasgen/diagnostics'
import { isObject, textOf, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { keyOf, nameOf, namespaceOf, type Kube, type KubeObject } from '@oasgen/kube'
import { applyDefaults, readSchema } from '@oasgen/structural'
import { createTransport, type Transport } from '@oasgen/transport'
import { CommandError, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { splitApiVersion } from '../kubectl/kinds.js'
import { readManifests, type Manifest } from '../kubectl/manifests.js'
import { connectTarget, type TargetOptions } from '../kubectl/target.js'
import { clusterDocuments, compileManifests, DEFINITION_KIND, type CompiledDefinition, type CompileOptions } from '../define/compile.js'
import { absentAnswers, liveAnswers, observedAnswers } from './answers.js'
import { assess, planSummary, plannedText, type PlannedResource } from './assess.js'
import { asApplied, drive, type Answerer } from './drive.js'
import { openExchanges, type ExchangeOptions, type ExchangeSource } from './exchanges.js'
import { kindOf, runningKind, serves, type PlannedKind } from './kinds.js'
import { createWorld, environmentOf, inNamespace, merged, type PlanEnvironment, type World } from './world.js'

export interface PlanOptions extends CompileOptions, TargetOptions, ExchangeOptions {
  readonly filename: readonly string[]
  readonly output?: string
  /** Look-ups are really sent. */
  readonly live?: boolean
  /** All resources of the cluster, from their last observation. */
  readonly observed?: boolean
  readonly exitCode?: boolean
}

/**
 * The exact requests that resources would cause, computed by the very function that the controller runs. Without --live nothing
 * is sent: look-ups are answered with "not there", so that the plan shows what making it would take.
 */
export async function plan(io: CommandIo, options: PlanOptions): Promise<ExitCode> {
  const manifests = await readManifests(io, options.filename)
  if (options.live !== true && options.observed !== true) return planWith(io, options, { manifests, kube: undefined, namespace: options.namespace ?? 'default' })
  const target = await connectIfThere(io, options)
  try {
    return await planWith(io, options, { manifests, kube: target?.kube, namespace: target?.namespace ?? options.namespace ?? 'default' })
  } finally {
    await target?.kube.close()
  }
}

/** `--live` asks the API; a cluster is needed only for what the files lack. */
async function connectIfThere(io: CommandIo, options: PlanOptions): Promise<Awaited<ReturnType<typeof connectTarget>> | undefined> {
  try {
    const target = await connectTarget(io, options)
    const answer = await target.kube.discover()
    if (answer.ok) return target
    await target.kube.close()
    if (options.observed === true || options.kubeconfig !== undefined) throw new CommandError(answer.error.finding.message, { code: EXIT.unavailable })
    return undefined
  } catch (error) {
    if (options.observed === true || options.kubeconfig !== undefined || !(error instanceof CommandError)) throw error
    return undefined
  }
}

interface Ground {
  readonly manifests: readonly Manifest[]
  readonly kube: Kube | undefined
  readonly namespace: string
}

async function planWith(io: CommandIo, options: PlanOptions, ground: Ground): Promise<ExitCode> {
  const { manifests, kube } = ground
  const compiled = await compileManifests(io, manifests, { ...options, ...(kube && { clusterObject: clusterDocuments(kube) }) })
  const findings = compiled.flatMap((one) => one.compiled.findings).filter(({ severity }) => severity === 'error')
  if (findings.length > 0) io.err(findingsText(io, findings))
  const kinds = compiled.flatMap((one) => (one.compiled.plan === undefined ? [] : [{ ...kindOf(one.compiled.plan), definition: one }]))
  const planner: Planner = { io, options, ground, kinds, world: createWorld(manifests, kube) }
  const planned = options.observed === true ? await planObserved(planner) : await planFiles(planner)
  if (planned.length === 0 && findings.length === 0 && options.observed !== true) throw new CommandError('there is no resource of these definitions in the files', { code: EXIT.usage, help: 'name the RestDefinitions and the resources: oasgen plan -f definitions/ -f resources/' })
  print(io, planned, options)
  return codeOf(planned, findings, options)
}

interface Planner {
  readonly io: CommandIo
  readonly options: PlanOptions
  readonly ground: Ground
  readonly kinds: readonly FileKind[]
  readonly world: World
}

type FileKind = PlannedKind & { readonly definition?: CompiledDefinition }

async function planFiles(planner: Planner): Promise<readonly PlannedResource[]> {
  const { io, options, ground } = planner
  const transport = options.live === true ? createTransport({ proxyEnvironment: io.env, privateAddresses: 'allow' }) : undefined
  const planned: PlannedResource[] = []
  try {
    for (const { object } of ground.manifests) {
      const kind = await kindFor(planner, object)
      if (kind !== undefined && !io.signal.aborted) planned.push(await planOne(planner, kind, { object, transport }))
    }
  } finally {
    await transport?.close()
  }
  return planned
}

/** Compiled from the files, else what runs in the cluster. */
async function kindFor({ kinds, ground: { kube } }: Planner, object: JsonObject): Promise<FileKind | undefined> {
  const own = kinds.find((kind) => serves(kind, object))
  const [group] = splitApiVersion(textOf(object.apiVersion))
  if (own !== undefined || kube === undefined || group === '' || object.kind === DEFINITION_KIND) return own
  return runningKind(kube, { group, kind: textOf(object.kind) })
}

async function planOne({ io, world, ground }: Planner, kind: FileKind, { object, transport }: { readonly object: JsonObject; readonly transport: Transport | undefined }): Promise<PlannedResource> {
  const file = inNamespace(withDefaults(kind, object), ground.namespace)
  const live = ground.kube === undefined ? undefined : await ground.kube.get(kind.type, { name: nameOf(file), namespace: namespaceOf(file) })
  const resource = asApplied(live?.ok === true ? merged(file, live.value) : file)
  const environment = await environmentOf(world, kind.plan, resource)
  const answer = transport === undefined ? absentAnswers(kind.prepared) : liveAnswers(transport, environment, io.signal)
  return planResource(kind, { resource, environment, answer, now: transport === undefined ? undefined : Date.now() })
}

interface PlanningOne {
  readonly resource: KubeObject
  readonly environment: PlanEnvironment
  readonly answer: Answerer
  /** Absent: no clock, so that offline plans are the same every time. */
  readonly now: number | undefined
}

export async function planResource({ prepared }: PlannedKind, { resource, environment, answer, now }: PlanningOne): Promise<PlannedResource> {
  const driven = await drive({ prepared, resource, environment, answer, now: (step) => now ?? step })
  return assess({ prepared, driven, configured: environment.configured, now: now ?? 0 })
}

function withDefaults({ definition }: FileKind, object: JsonObject): JsonObject {
  const crd = definition?.compiled.resourceCrd
  const spec = isObject(crd?.spec) ? crd.spec : {}
  const version = Array.isArray(spec.versions) && isObject(spec.versions[0]) ? spec.versions[0] : {}
  const schema = isObject(version.schema) ? readSchema(version.schema.openAPIV3Schema ?? {}).value : undefined
  return schema === undefined ? object : applyDefaults(schema, object)
}

/** Every resource under the definitions, as it was last seen; the changed definition decides. Nothing is asked of any API. */
async function planObserved(planner: Planner): Promise<readonly PlannedResource[]> {
  const { io, options, kinds, ground: { kube } } = planner
  if (kube === undefined) return []
  if (kinds.length === 0) throw new CommandError('--observed plans all resources under RestDefinitions, and there is none in these files', { code: EXIT.usage })
  const exchanges = openExchanges(io, options)
  try {
    const planned: PlannedResource[] = []
    for (const kind of kinds) planned.push(...await planKind(planner, kind, { kube, exchanges }))
    return planned
  } finally {
    await exchanges.close()
  }
}

async function planKind(planner: Planner, kind: FileKind, { kube, exchanges }: { readonly kube: Kube; readonly exchanges: ExchangeSource }): Promise<readonly PlannedResource[]> {
  const { io, options, world } = planner
  const listed = await kube.list(kind.type, options.namespace === undefined ? {} : { namespace: options.namespace })
  if (!listed.ok) {
    if (listed.error.kind === 'notFound') return []
    throw new CommandError(listed.error.finding.message, { code: EXIT.unavailable })
  }
  const planned: PlannedResource[] = []
  for (const [index, resource] of listed.value.items.entries()) {
    progress(io, `${kind.plan.resource.kind} ${index + 1}/${listed.value.items.length}`)
    const environment = await environmentOf(world, kind.plan, resource)
    const { answer, source } = observedAnswers(kind.prepared, resource, await exchanges.of(kind.plan, keyOf(resource)))
    const one = await planResource(kind, { resource, environment, answer, now: Date.now() })
    planned.push({ ...one, observation: source() })
  }
  progress(io, '')
  return planned
}

/** On one line of the terminal that is wiped at the end; nothing in a pipe. */
function progress(io: CommandIo, text: string): void {
  if (io.isTerminal) io.err(`\r\u001b[K${text}`)
}

function print(io: CommandIo, planned: readonly PlannedResource[], { output }: PlanOptions): void {
  if (output === 'json') io.out(`${writeJson(planned as unknown as JsonValue, { indent: 2 })}\n`)
  else io.out(`${planned.map(plannedText).join('\n')}${planned.length === 0 ? '' : '\n'}${planSummary(planned)}`)
}

function codeOf(planned: readonly PlannedResource[], findings: readonly Finding[], { exitCode }: PlanOptions): ExitCode {
  const isTrouble = hasErrors(findings) || planned.some(({ verdict, finding }) => verdict === 'stop' || finding !== undefined)
  const isChange = exitCode === true && planned.some(({ writes }) => writes.length > 0)
  return isTrouble || isChange ? EXIT.found : EXIT.ok
}
