import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { externalNameOf, lookAt, walkCollection, type CollectionObject } from '@oasgen/engine'
import { parsePath, removePath, setPath } from '@oasgen/fieldpath'
import { isArray, isObject, textOf, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { annotationsOf, CUSTOM_RESOURCE_DEFINITIONS, nameOf, namespaceOf, type Kube, type KubeObject } from '@oasgen/kube'
import { referenceValue } from '@oasgen/rest-controller'
import { prune, readSchema, type StructuralSchema } from '@oasgen/structural'
import { createTransport, type Transport } from '@oasgen/transport'
import { ANNOTATION, type Exchange } from '@oasgen/wire'
import { CommandError, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { applyObject } from '../kubectl/apply.js'
import { findTypes } from '../kubectl/kinds.js'
import { readManifests } from '../kubectl/manifests.js'
import { connectTarget, type TargetOptions } from '../kubectl/target.js'
import { clusterDocuments, compileManifests, type CompiledDefinition, type CompileOptions } from '../define/compile.js'
import { liveAnswers } from '../plan/answers.js'
import { planResource } from '../plan/plan.js'
import { asApplied, drive, type Answerer } from '../plan/drive.js'
import { kindOf, runningKind, type PlannedKind } from '../plan/kinds.js'
import { createWorld, environmentOf, SETTINGS, type PlanEnvironment, type World } from '../plan/world.js'
import { printYaml } from '../yaml.js'
import { createNames, namingValues } from './name.js'

export interface ImportOptions extends CompileOptions, TargetOptions {
  readonly filename?: readonly string[]
  /** `spec.owner=acme`: what the list needs, and what every imported object gets. */
  readonly set?: readonly string[]
  readonly configuration?: string
  readonly id?: readonly string[]
  readonly outputDir?: string
  readonly output?: string
  readonly apply?: boolean
}

/** A manifest for an object that exists, and what applying it would send: nothing, or the difference that is left. */
interface Imported {
  readonly kind: ImportKind
  readonly manifest: KubeObject
  readonly environment: PlanEnvironment
  readonly answer: Answerer
  /** What the references stand for that were written in place of ids. */
  readonly references: PlanEnvironment['references']
  readonly remains: readonly string[]
}

interface ImportKind extends PlannedKind {
  readonly schema: StructuralSchema | undefined
}

interface Importing {
  readonly io: CommandIo
  readonly options: ImportOptions
  readonly world: World
  readonly kube: Kube | undefined
  readonly namespace: string
  readonly transport: Transport
}

/** Objects that exist on the other side become manifests that, once applied, cause no request that changes anything. */
export async function importObjects(io: CommandIo, words: readonly string[], options: ImportOptions): Promise<ExitCode> {
  const manifests = options.filename === undefined ? [] : await readManifests(io, options.filename)
  const target = options.filename === undefined || options.apply === true || options.kubeconfig !== undefined ? await connectTarget(io, options) : undefined
  const kube = target?.kube
  const transport = createTransport({ proxyEnvironment: io.env, privateAddresses: 'allow' })
  try {
    const compiled = await compileManifests(io, manifests, { ...options, ...(kube && { clusterObject: clusterDocuments(kube) }) })
    const errors = compiled.flatMap((one) => one.compiled.findings).filter(({ severity }) => severity === 'error')
    if (errors.length > 0) io.err(findingsText(io, errors))
    const importing: Importing = { io, options, world: createWorld(manifests, kube), kube, namespace: target?.namespace ?? options.namespace ?? 'default', transport }
    const found: Imported[] = []
    for (const word of words) found.push(...await importKind(importing, await kindNamed(kube, compiled, word)))
    const finished = await Promise.all((await withReferences(importing, found)).map(checked))
    return await deliver(importing, finished)
  } finally {
    await transport.close()
    await target?.kube.close()
  }
}

async function kindNamed(kube: Kube | undefined, compiled: readonly CompiledDefinition[], word: string): Promise<ImportKind> {
  const own = compiled.find(({ compiled: { plan } }) => plan !== undefined && [plan.resource.kind.toLowerCase(), plan.resource.plural, `${plan.resource.plural}.${plan.resource.group}`].includes(word.toLowerCase()))
  if (own?.compiled.plan !== undefined) return { ...kindOf(own.compiled.plan), schema: schemaOf(own.compiled.resourceCrd) }
  if (kube === undefined) throw new CommandError(`no definition among the files makes the kind ${word}`, { code: EXIT.usage })
  const [type] = await findTypes(kube, word)
  const running = type === undefined ? undefined : await runningKind(kube, type)
  if (type === undefined || running === undefined) throw new CommandError(`no RestDefinition of the cluster makes the kind ${word}`, { help: 'oasgen get restdefinitions -A' })
  const crd = await kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: `${type.plural}.${type.group}` })
  return { ...running, schema: crd.ok ? schemaOf(crd.value) : undefined }
}

function schemaOf(crd: JsonObject | undefined): StructuralSchema | undefined {
  const versions = isObject(crd?.spec) && isArray(crd.spec.versions) ? crd.spec.versions.filter(isObject) : []
  const schema = isObject(versions[0]?.schema) ? versions[0].schema.openAPIV3Schema : undefined
  return schema === undefined ? undefined : readSchema(schema).value
}

async function importKind(importing: Importing, kind: ImportKind): Promise<readonly Imported[]> {
  const known = await importing.world.list(kind.type, importing.namespace)
  const names = createNames(known.map(nameOf))
  const held = new Set(known.map((object) => annotationsOf(object)[ANNOTATION.externalName]).filter((name) => name !== undefined))
  const templates = await templatesFor(importing, kind)
  const imported: Imported[] = []
  for (const template of templates) {
    const environment = await environmentOf(importing.world, kind.plan, template)
    const answer = liveAnswers(importing.transport, environment, importing.io.signal)
    for (const object of await objectsOf({ kind, template, environment, answer }, importing.options)) {
      // A resource stands for it already: two of them would fight.
      if (held.has(externalNameOf(kind.prepared.identity, object.identity) ?? '')) continue
      imported.push(await importOne({ kind, template, environment, answer }, object, names))
    }
  }
  return imported
}

/** Children are listed under their parent: once for each that is known, unless a value was given. */
async function templatesFor({ options, world, namespace }: Importing, { plan }: ImportKind): Promise<readonly KubeObject[]> {
  const { group, version, kind } = plan.resource
  const spec = (options.set ?? []).reduce<JsonObject>((value, pair) => withValue(value, pair), options.configuration === undefined ? {} : { configurationRef: { name: options.configuration } })
  const template: KubeObject = asApplied({ apiVersion: `${group}/${version}`, kind, metadata: { name: 'import', namespace }, spec })
  const parent = (plan.references ?? []).find((reference) => reference.parent === true && !hasPath(template, reference.field) && !hasPath(template, reference.path))
  if (parent === undefined) return [template]
  const parents = await world.list({ ...parent, namespaced: true }, namespace)
  if (parents.length === 0) throw new CommandError(`${kind} lives below ${parent.kind}, and there is none in ${namespace}`, { help: `import ${parent.kind} first, or say which: --set ${parent.field}=<id>` })
  return parents.map((object) => setPath(template, pathOf(parent.path), { name: nameOf(object) }) as KubeObject)
}

function withValue(spec: JsonObject, pair: string): JsonObject {
  const [path = '', ...rest] = pair.split('=')
  if (rest.length === 0) throw new CommandError(`--set ${pair}: expected <field>=<value>`, { code: EXIT.usage })
  const text = rest.join('=')
  const value: JsonValue = /^-?\d{1,15}$/.test(text) ? Number(text) : text === 'true' ? true : text === 'false' ? false : text
  return setPath(spec, pathOf(path.replace(/^spec\./, '')), value) as JsonObject
}

function pathOf(text: string): Extract<ReturnType<typeof parsePath>, { ok: true }>['path'] {
  const parsed = parsePath(text)
  if (!parsed.ok) throw new CommandError(`${text} is no path of a field: ${parsed.message}`, { code: EXIT.usage })
  return parsed.path
}

function hasPath(object: JsonObject, path: string): boolean {
  return removePath(object, pathOf(path)) !== object
}

interface Source {
  readonly kind: ImportKind
  readonly template: KubeObject
  readonly environment: PlanEnvironment
  readonly answer: Answerer
}

async function objectsOf(source: Source, { id }: ImportOptions): Promise<readonly CollectionObject[]> {
  const { kind: { prepared, plan }, template, environment } = source
  const only = prepared.identity.named[0]
  if (plan.actions.findby === undefined) {
    if (id === undefined || only === undefined) throw new CommandError(`${plan.resource.kind} has no findby: name the objects to import`, { code: EXIT.usage, help: `oasgen import ${plan.resource.plural} --id <id>` })
    return id.map((value) => ({ observed: { body: {}, spec: {}, status: {} }, identity: { [only.plan.path]: only.plan.type === 'string' ? value : Number(value) } }))
  }
  const objects = await walkAll(source, { resource: template, ...environmentSubject(environment), settings: SETTINGS, written: [], failures: 0 })
  return id === undefined ? objects : objects.filter(({ identity }) => Object.values(identity).some((value) => id.includes(textOf(value))))
}

function environmentSubject({ configuration, references, secrets }: PlanEnvironment): Pick<Parameters<typeof lookAt>[1], 'configuration' | 'references' | 'secrets'> {
  return { ...(configuration && { configuration }), references, secrets }
}

async function walkAll({ kind: { prepared, plan }, answer }: Source, subject: Parameters<typeof lookAt>[1]): Promise<readonly CollectionObject[]> {
  const exchanges: Exchange[] = []
  for (;;) {
    const walked = walkCollection(prepared, subject, exchanges, Date.now())
    switch (walked.type) {
      case 'read': return walked.objects
      case 'unbuildable': throw new CommandError(`the list of ${plan.resource.kind} cannot be asked for: a parameter has no value`, { code: EXIT.usage, help: 'give it with --set <field>=<value>, or name a Configuration with --configuration' })
      case 'failed': throw new CommandError('finding' in walked.outcome ? walked.outcome.finding.message : `the list answered ${walked.outcome.type}`, { code: EXIT.unavailable })
      case 'send': {
        const answered = await answer(walked.request, walked.purpose)
        if (answered === undefined) throw new CommandError('stopped', { code: EXIT.interrupted })
        exchanges.push({ request: walked.request, purpose: walked.purpose, ...answered })
      }
    }
  }
}

async function importOne(source: Source, listed: CollectionObject, names: ReturnType<typeof createNames>): Promise<Imported> {
  const { kind, template, environment, answer } = source
  const { prepared, plan } = kind
  const externalName = externalNameOf(prepared.identity, listed.identity)
  const known = Object.entries(listed.identity).reduce<JsonValue>((object, [path, value]) => setPath(object, pathOf(path), value), template) as KubeObject
  const annotated = withAnnotations(known, externalName)
  const driven = await drive({ prepared, resource: annotated, environment, answer, now: () => Date.now() })
  const look = lookAt(prepared, driven.subject, driven.exchanges, Date.now())
  const { observed, identity } = look.type === 'found' ? look : listed
  const identifiers = (plan.actions.findby?.match?.identifiers ?? []).map(({ path }) => path)
  const id = textOf(Object.values(identity).at(-1) ?? '')
  const own = prepared.identity.parts.at(-1)?.plan
  const name = names([own?.assigned === 'spec' ? identity[own.path] : undefined, ...namingValues(observed.body, identifiers)], id)
  const manifest = withAnnotations({
    apiVersion: textOf(template.apiVersion), kind: plan.resource.kind, metadata: { name, namespace: namespaceOf(template) }, spec: specFrom(kind, annotated, observed.spec),
  }, externalNameOf(prepared.identity, identity))
  return { kind, manifest, environment, answer, references: {}, remains: [] }
}

function withAnnotations(object: KubeObject, externalName: string | undefined): KubeObject {
  if (externalName === undefined) return object
  const metadata = isObject(object.metadata) ? object.metadata : {}
  return { ...object, metadata: { ...metadata, annotations: { [ANNOTATION.externalName]: externalName } } }
}

/** What of the answer the kind can say, over what the list needed. Nulls say nothing. */
function specFrom({ schema }: ImportKind, { spec }: KubeObject, observed: JsonObject): JsonObject {
  const shown = withoutNulls(observed)
  const whole = { spec: { ...shown, ...(isObject(spec) ? spec : {}) } }
  if (schema === undefined) return whole.spec
  const { value } = prune(schema, whole)
  return isObject(value) && isObject(value.spec) ? value.spec : {}
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, isObject(member) ? withoutNulls(member) : member]])))
}

/** Ids that other resources stand for are written as references to them, where the definition has such fields. */
async function withReferences({ world, namespace }: Importing, imported: readonly Imported[]): Promise<readonly Imported[]> {
  return Promise.all(imported.map(async (one) => {
    let { manifest } = one
    const references: Record<string, PlanEnvironment['references'][string]> = {}
    for (const reference of one.kind.plan.references ?? []) {
      const value = valueAt(manifest, reference.field)
      if (value === undefined) continue
      const live = await world.list({ ...reference, namespaced: true }, namespace)
      const batch = imported.filter(({ kind: { plan } }) => plan.resource.kind === reference.kind && plan.resource.group === reference.group).map(({ manifest: other }) => other)
      const same = [...live, ...batch].filter((other) => standsFor(other, reference, value))
      const [only] = same
      if (only === undefined || new Set(same.map(nameOf)).size > 1) continue
      references[reference.path] = { state: 'resolved', value }
      manifest = setPath(removePath(manifest, pathOf(reference.field)) as JsonValue, pathOf(reference.path), { name: nameOf(only) }) as KubeObject
    }
    return { ...one, manifest, references }
  }))
}

function valueAt(object: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = object
  for (const segment of pathOf(path)) value = isObject(value) && 'key' in segment ? value[segment.key] : undefined
  return value
}

function standsFor(other: KubeObject, reference: NonNullable<PlannedKind['plan']['references']>[number], value: JsonValue): boolean {
  const state = referenceValue(other, reference)
  return state?.state === 'resolved' && textOf(state.value) === textOf(value)
}

/** The proof: what the controller would do with the manifest. */
async function checked(one: Imported): Promise<Imported> {
  const environment = { ...one.environment, references: { ...one.environment.references, ...one.references } }
  const planned = await planResource(one.kind, { resource: asApplied(one.manifest), environment, answer: one.answer, now: Date.now() })
  if (planned.verdict === 'none') return one
  const fields = planned.differences.filter(({ settled }) => !settled).map(({ path }) => path)
  return { ...one, remains: fields.length > 0 ? fields : [planned.finding?.message ?? planned.reason ?? `${planned.verdict} would be sent`] }
}

async function deliver({ io, options, kube, namespace }: Importing, imported: readonly Imported[]): Promise<ExitCode> {
  const open = imported.filter(({ remains }) => remains.length > 0)
  for (const { manifest, remains } of open) io.err(`${textOf(manifest.kind)} ${nameOf(manifest)}: applying it would change ${remains.join(', ')}\n`)
  if (options.outputDir !== undefined) writeAll(io, imported, options.outputDir)
  else if (options.apply !== true) io.out(options.output === 'json' ? `${writeJson({ apiVersion: 'v1', kind: 'List', items: imported.map(({ manifest }) => manifest) }, { indent: 2 })}\n` : imported.map(manifestText).join(''))
  if (options.apply === true && kube !== undefined) await applyAll(io, kube, { imported: imported.filter(({ remains }) => remains.length === 0), namespace })
  io.note(options.outputDir === undefined && options.apply !== true ? '' : `${imported.length} imported, ${open.length} of them with differences\n`)
  return open.length === 0 ? EXIT.ok : EXIT.found
}

function manifestText({ manifest, remains }: Imported): string {
  return `---\n${remains.map((text) => `# applying this would change ${text}\n`).join('')}${printYaml(manifest)}`
}

function writeAll(io: CommandIo, imported: readonly Imported[], outputDir: string): void {
  const folder = resolve(io.cwd, outputDir)
  mkdirSync(folder, { recursive: true })
  for (const one of imported) {
    const file = `${textOf(one.manifest.kind).toLowerCase()}-${nameOf(one.manifest)}.yaml`
    writeFileSync(join(folder, file), manifestText(one).replace(/^---\n/, ''))
    io.note(`wrote ${join(outputDir, file)}\n`)
  }
}

/** Only what would cause no write: the others are for a person to look at. */
async function applyAll(io: CommandIo, kube: Kube, { imported, namespace }: { readonly imported: readonly Imported[]; readonly namespace: string }): Promise<void> {
  for (const { manifest } of imported) {
    const applied = await applyObject(kube, { object: manifest, file: 'import', place: (pointer) => ({ kind: 'document', uri: 'import', pointer }) }, { namespace })
    if (applied.ok) io.note(`${applied.text}\n`)
    else throw new CommandError(applied.text)
  }
}
