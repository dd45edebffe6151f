import { decide, describeRequest, prepare, type Decision, type PreparedPlan, type ResourceWrite, type Settings, type WriteRecord } from '@oasgen/engine'
import { hasErrors, renderColour, renderPlain, type Finding } from '@oasgen/diagnostics'
import { parsePath, setPath } from '@oasgen/fieldpath'
import { isObject, textOf, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { annotationsOf, finalizersOf, metadataOf, nameOf, namespaceOf } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'
import type { Exchange, ExchangeResult, HttpRequest, Purpose } from '@oasgen/wire'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { readManifests, type Manifest } from '../kubectl/manifests.js'
import { compileManifests, type CompileOptions } from './compile.js'

export interface PlanOptions extends CompileOptions {
  readonly filename: readonly string[]
  readonly output?: string
}

/** What would be sent for one resource that does not exist on the other side yet. */
interface PlannedResource {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  readonly finding?: Finding
}

/**
 * The exact requests that the resources of these files would cause, computed by the very function that the controller runs.
 * Nothing is sent: look-ups are answered with "not there", so that the plan shows what making it would take.
 */
export async function plan(io: CommandIo, options: PlanOptions): Promise<ExitCode> {
  const manifests = await readManifests(io, options.filename)
  const compiled = await compileManifests(io, manifests, options)
  const findings = compiled.flatMap((one) => one.compiled.findings).filter(({ severity }) => severity === 'error')
  if (findings.length > 0) io.err(renderColour(findings, { width: io.columns, colours: io.isTerminal ? 'ansi' : 'none' }))
  const plans = compiled.flatMap((one) => (one.compiled.plan === undefined ? [] : [one.compiled.plan]))
  const planned = manifests.flatMap((manifest) => planResource(manifest, manifests, plans))
  if (planned.length === 0 && findings.length === 0) throw new CommandError('there is no resource of these definitions in the files', { code: EXIT.usage, help: 'name the RestDefinitions and the resources: oasgen plan -f definitions/ -f resources/' })
  io.out(options.output === 'json' ? `${writeJson(planned as unknown as JsonValue, { indent: 2 })}\n` : planned.map(printed).join('\n'))
  return hasErrors(findings) || planned.some(({ finding }) => finding !== undefined) ? EXIT.found : EXIT.ok
}

function printed({ kind, namespace, name, reads, writes, finding }: PlannedResource): string {
  const lines = [
    `${kind} ${namespace}/${name}`,
    ...reads.map((text) => indented(text, '  look  ')),
    ...writes.map((text) => indented(text, '  send  ')),
    ...(finding === undefined ? [] : [indented(renderPlain([finding]).trimEnd(), '  stop  ')]),
  ]
  return `${lines.join('\n')}\n`
}

function indented(text: string, head: string): string {
  return text.trimEnd().split('\n').map((line, at) => (at === 0 ? head : ' '.repeat(head.length)) + line).join('\n')
}

function planResource(manifest: Manifest, manifests: readonly Manifest[], plans: readonly Plan[]): readonly PlannedResource[] {
  const own = plans.find(({ resource }) => manifest.object.apiVersion === `${resource.group}/${resource.version}` && manifest.object.kind === resource.kind)
  const prepared = own === undefined ? undefined : prepare(own).value
  return prepared === undefined ? [] : [drive(prepared, manifest.object, configurationFor(manifest.object, manifests))]
}

function configurationFor(resource: JsonObject, manifests: readonly Manifest[]): JsonObject {
  const reference = isObject(resource.spec) && isObject(resource.spec.configurationRef) ? resource.spec.configurationRef : {}
  const found = manifests.find(({ object }) => object.kind === `${textOf(resource.kind)}Configuration` && metadataOf(object).name === reference.name)
  // Offline the Configuration may live elsewhere: an empty one plans the same requests but for its parameters.
  return found?.object ?? { metadata: { name: textOf(reference.name) || 'none', namespace: 'default' }, spec: {} }
}

const SETTINGS: Settings = { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 0, deleteDeadlineSeconds: 300, crossNamespace: 'allow' }
const MOST_STEPS = 60

function drive(prepared: PreparedPlan, object: JsonObject, configuration: JsonObject): PlannedResource {
  let resource = applied(object)
  const exchanges: Exchange[] = []
  const written: WriteRecord[] = []
  const seen = { reads: [] as string[], writes: [] as string[] }
  const who = { kind: textOf(object.kind), namespace: namespaceOf(resource), name: nameOf(resource) }
  for (let step = 0; step < MOST_STEPS; step++) {
    const decision = decide(prepared, { resource, configuration: { state: 'found', object: configuration }, references: {}, secrets: {}, settings: SETTINGS, written, failures: 0 }, exchanges, step)
    if (decision.type === 'send') {
      const isRead = decision.request.method === 'GET'
      const target = isRead ? seen.reads : seen.writes
      target.push(describeRequest(decision.request))
      if (!isRead) return { ...who, ...seen }
      exchanges.push(notThere(prepared, decision))
    } else if (decision.type === 'write') {
      resource = afterWrite(resource, decision.write)
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else {
      return { ...who, ...seen, ...findingOf(decision) }
    }
  }
  return { ...who, ...seen }
}

function findingOf(decision: Decision): { readonly finding?: Finding } {
  const found = decision.type === 'stop' ? decision.finding : decision.type === 'wait' ? decision.finding : undefined
  return found === undefined ? {} : { finding: found }
}

// As it is right after kubectl apply: the API server adds these.
function applied(object: JsonObject): JsonObject {
  const metadata = { namespace: 'default', uid: '00000000-0000-0000-0000-000000000000', generation: 1, resourceVersion: '1', ...metadataOf(object) }
  return { ...object, metadata, status: { observedGeneration: -1 } }
}

function afterWrite(resource: JsonObject, write: ResourceWrite): JsonObject {
  const annotations = { ...annotationsOf(resource), ...write.annotations }
  const kept = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== null)) as JsonObject
  const finalizers = [...finalizersOf(resource).filter((name) => name !== write.finalizers?.remove), ...(write.finalizers?.add === undefined ? [] : [write.finalizers.add])]
  return { ...resource, metadata: { ...metadataOf(resource), annotations: kept, finalizers }, ...(write.status && { status: write.status }) }
}

function notThere(prepared: PreparedPlan, { request, purpose }: { readonly request: HttpRequest; readonly purpose: Purpose }): Exchange {
  return { purpose, request, at: 0, tookMs: 0, result: purpose.action === 'findby' ? emptyList(prepared) : respond(404, undefined) }
}

function emptyList({ plan: { actions } }: PreparedPlan): ExchangeResult {
  const itemsPath = actions.findby?.call?.response.itemsPath
  const parsed = itemsPath === undefined || itemsPath === '$' ? undefined : parsePath(itemsPath)
  return respond(200, parsed?.ok === true ? setPath({}, parsed.path, []) : [])
}

function respond(status: number, value: JsonValue | undefined): ExchangeResult {
  return { type: 'response', response: { status, headers: { 'content-type': 'application/json' }, body: value === undefined ? { type: 'empty' } : { type: 'json', value } } }
}
