import { finding, type Finding } from '@oasgen/diagnostics'
import { hashJson, isObject, textOf, type JsonObject } from '@oasgen/json'
import { annotationsOf, CUSTOM_RESOURCE_DEFINITIONS, isDeleting, nameOf, type KubeObject, type ResourceType } from '@oasgen/kube'
import { groupOf, isAccepted, isEstablished, judgeOwnership, KEPT_WIDE, kindOf, namesProblem, otherManager, pluralOf } from './crd-gate.js'
import { keyOfDefinition, refTo, type DefinitionEdge } from './edge.js'
import type { DefinitionMemory } from './memory.js'
import { withOwner } from './objects/apply.js'
import { done, failing, kubeFailed, progressing, stalled, type Step } from './pass.js'
import { createImpact, MOST_IMPACTS, printImpacts, readChange, type Impact, type SchemaChange } from './schema/schema-change.js'
import { isSameSchema } from './schema/compare.js'
import { widenCrd } from './schema/widen.js'

/** The CRDs as they are served now. */
export interface ServedKinds {
  readonly crds: readonly JsonObject[]
  /** Why one is wider than the definition says. */
  readonly notices: readonly Finding[]
}

/** Writes the CRDs where they may be written and nothing in the cluster would be hurt; says why not where they may not. */
export async function serveKinds(edge: DefinitionEdge, definition: KubeObject, crds: readonly JsonObject[]): Promise<Step<ServedKinds>> {
  const served: JsonObject[] = []
  const notices: Finding[] = []
  for (const crd of crds) {
    const claimed = claim(edge, definition, crd)
    if (claimed !== undefined) return stalled(claimed)
    const applied = await applyCrd(edge, definition, crd)
    if (!applied.ok) return applied
    served.push(applied.value.crd)
    if (applied.value.notice !== undefined) notices.push(applied.value.notice)
  }
  return done({ crds: served, notices })
}

// Passes run side by side: without this, two new definitions of one kind would both find no CRD and both write it.
function claim({ claims, definition: find }: DefinitionEdge, definition: KubeObject, crd: JsonObject): Finding | undefined {
  const us = keyOfDefinition(definition)
  const other = claims.get(nameOf(crd))
  if (other !== undefined && other !== us && find(other) !== undefined) return finding('PRV0102', { kind: kindOf(crd), group: groupOf(crd), other })
  claims.set(nameOf(crd), us)
  return undefined
}

interface AppliedCrd {
  readonly crd: JsonObject
  readonly notice?: Finding
}

async function applyCrd(edge: DefinitionEdge, definition: KubeObject, wanted: JsonObject): Promise<Step<AppliedCrd>> {
  const owned = withOwner(wanted, refTo(definition))
  if (edge.live.crd(nameOf(wanted)) === undefined) return write(edge, owned, { force: 'yield', change: undefined })
  if (edge.applier.isCurrent(CUSTOM_RESOURCE_DEFINITIONS, owned)) return done({ crd: wanted })
  const live = await edge.kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(wanted) })
  if (!live.ok) return live.error.kind === 'notFound' ? write(edge, owned, { force: 'yield', change: undefined }) : kubeFailed(live.error)
  if (isDeleting(live.value)) return progressing(`the CRD ${nameOf(wanted)} is being deleted; it is made again when it is gone`, 2)
  return overwrite(edge, definition, { wanted, live: live.value })
}

interface Pair {
  readonly wanted: JsonObject
  readonly live: KubeObject
}

async function overwrite(edge: DefinitionEdge, definition: KubeObject, { wanted, live }: Pair): Promise<Step<AppliedCrd>> {
  const verdict = judgeOwnership({ wanted, live, definition: refTo(definition), isNamedInStatus: namesKind(definition, wanted), exists: (owner) => edge.definition(owner) !== undefined })
  if (verdict.type === 'refuse') return stalled(verdict.finding)
  const owned = withOwner(wanted, refTo(definition))
  const change = readChange(live, wanted)
  if (verdict.type === 'adopt' || isSameSchema(wanted, live)) return write(edge, owned, { force: 'yield', change })
  const isConfirmed = isAccepted(definition, change.id)
  const manager = verdict.type === 'own' && !isConfirmed ? otherManager(live) : undefined
  if (manager !== undefined) return stalled(drift(wanted, manager, change))
  const force = verdict.type === 'takeOver' || isConfirmed ? 'force' : 'yield'
  if (isConfirmed || change.worst === undefined || change.worst === 'additive') return write(edge, owned, { force, change })
  const impacts = await findImpacts(edge, { wanted, live })
  if (!impacts.ok) return impacts
  if (impacts.value.total === 0) return write(edge, owned, { force, change })
  if (verdict.type === 'takeOver') return takeOver(edge, definition, { wanted, live })
  const { total, first } = impacts.value
  return stalled(finding('PRV0105', { crd: nameOf(wanted), count: total, impacts: printImpacts(first, total), id: change.id }))
}

/** As narrow as the resources allow: what one of them needs stays as it was, everything else becomes what the definition says. */
async function takeOver(edge: DefinitionEdge, definition: KubeObject, { wanted, live }: Pair): Promise<Step<AppliedCrd>> {
  let crd = wanted
  let kept: Impacts = { total: 0, first: [], paths: [] }
  for (const widening of ['places', 'places', 'spec'] as const) {
    const impacts = await findImpacts(edge, { wanted: crd, live })
    if (!impacts.ok) return impacts
    if (impacts.value.total === 0) break
    if (kept.total === 0) kept = impacts.value
    crd = widenCrd(crd, live, widening === 'spec' ? ['spec'] : impacts.value.paths)
  }
  const marked = withAnnotation(withOwner(crd, refTo(definition)), KEPT_WIDE, 'true')
  const notice = finding('PRV0114', { crd: nameOf(wanted), count: kept.total, impacts: printImpacts(kept.first, kept.total) })
  const written = await write(edge, marked, { force: 'force', change: readChange(live, crd) })
  return written.ok ? done({ crd, notice }) : written
}

interface Impacts {
  readonly total: number
  readonly first: readonly Impact[]
  /** Every place, each once. */
  readonly paths: readonly string[]
}

async function findImpacts(edge: DefinitionEdge, { wanted, live }: Pair): Promise<Step<Impacts>> {
  const impactOf = createImpact(live, wanted)
  const type: ResourceType = { group: groupOf(wanted), version: 'v1alpha1', plural: pluralOf(wanted), kind: kindOf(wanted), namespaced: true }
  const first: Impact[] = []
  const paths = new Set<string>()
  let total = 0
  for await (const page of edge.kube.pages(type)) {
    if (!page.ok) return page.error.kind === 'notFound' ? done({ total: 0, first: [], paths: [] }) : kubeFailed(page.error)
    for (const resource of page.value.items) {
      const found = impactOf(resource)
      if (found.length === 0) continue
      total += 1
      if (first.length < MOST_IMPACTS) first.push(...found.slice(0, 1))
      for (const { path } of found) paths.add(path.replace(/\[\d+\]/g, '[0]'))
    }
  }
  return done({ total, first, paths: [...paths] })
}

interface Write {
  readonly force: 'force' | 'yield'
  readonly change: SchemaChange | undefined
}

/** Without force the server itself says when somebody else owns what would change. */
async function write(edge: DefinitionEdge, crd: JsonObject, { force, change }: Write): Promise<Step<AppliedCrd>> {
  const answer = await edge.applier.apply(CUSTOM_RESOURCE_DEFINITIONS, crd, force)
  if (answer.ok) {
    const problem = namesProblem(answer.value)
    return problem === undefined ? done({ crd }) : failing(problem, 'NamesNotAccepted')
  }
  if (answer.error.kind !== 'conflict') return kubeFailed(answer.error)
  const manager = /with "([^"]+)"/.exec(answer.error.message)?.[1] ?? 'somebody else'
  return stalled(drift(crd, manager, change))
}

function drift(crd: JsonObject, manager: string, change: SchemaChange | undefined): Finding {
  const changes = (change?.changes ?? []).slice(0, MOST_IMPACTS).map(({ path, change: what }) => `${path} (${what})`)
  return finding('PRV0104', { crd: nameOf(crd), manager, changes: changes.join(', ') || 'its texts differ', id: change?.id ?? 'true' })
}

export function namesKind(definition: KubeObject, crd: JsonObject): boolean {
  const status = isObject(definition.status) ? definition.status : {}
  return [status.resource, status.configuration].some((named) => isObject(named) && named.kind === kindOf(crd) && textOf(named.apiVersion).startsWith(`${groupOf(crd)}/`))
}

function withAnnotation(object: JsonObject, name: string, value: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  return { ...object, metadata: { ...metadata, annotations: { ...annotationsOf(object), [name]: value } } }
}

/**
 * Served, and in the OpenAPI of the server: `kubectl explain`, apply and kro read it from there. One look per pass; the
 * passes come by themselves.
 */
export async function isVisible(edge: DefinitionEdge, crds: readonly JsonObject[], memory: DefinitionMemory): Promise<Step<void>> {
  const [crd] = crds
  const hash = hashJson(crds.map(({ spec }) => spec ?? null))
  if (crd === undefined || memory.visible === hash) return done(undefined)
  const document = await edge.kube.openapiV3(`apis/${groupOf(crd)}/v1alpha1`)
  const detail = (memory.looks ?? 0) < LOOKS_FOR_CONTENT ? 'content' : 'kind'
  if (document.ok && crds.every((each) => describesKind(document.value, each, detail))) {
    memory.visible = hash
    delete memory.looks
    return done(undefined)
  }
  memory.looks = (memory.looks ?? 0) + 1
  const problem = memory.looks % LOOKS_BEFORE_WHY === 0 ? await whyNotServed(edge, crds) : undefined
  return problem ?? progressing(`CRD for '${groupOf(crd)}, v1alpha1, ${pluralOf(crd)}' does not exists yet`, Math.min(2, 0.15 * memory.looks))
}

const LOOKS_BEFORE_WHY = 10
/** A server may show a schema in another form than ours; that must not keep a kind from being Ready for ever. */
const LOOKS_FOR_CONTENT = 15

async function whyNotServed(edge: DefinitionEdge, crds: readonly JsonObject[]): Promise<Step<void> | undefined> {
  for (const crd of crds) {
    const live = await edge.kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(crd) })
    if (!live.ok || isEstablished(live.value)) continue
    const problem = namesProblem(live.value)
    if (problem !== undefined) return failing(problem, 'NamesNotAccepted')
  }
  return undefined
}

/** Of this content: right after a change the server still shows the old one, and whoever wrote a new field then would lose it. */
function describesKind(document: JsonObject, crd: JsonObject, detail: 'content' | 'kind'): boolean {
  const paths = isObject(document.paths) ? document.paths : {}
  if (!Object.keys(paths).some((path) => path.endsWith(`/${pluralOf(crd)}/{name}`))) return false
  if (detail === 'kind') return true
  const schemas = isObject(document.components) && isObject(document.components.schemas) ? Object.values(document.components.schemas).filter(isObject) : []
  const shown = schemas.find((schema) => namesOwnKind(schema, crd))
  return shown === undefined || ['spec', 'status'].every((part) => fieldsOf(childOf(schemaOf(crd), part)) === fieldsOf(childOf(shown, part)))
}

function namesOwnKind(schema: JsonObject, crd: JsonObject): boolean {
  const kinds = schema['x-kubernetes-group-version-kind']
  return Array.isArray(kinds) && kinds.some((each) => isObject(each) && each.kind === kindOf(crd) && each.group === groupOf(crd))
}

function schemaOf(crd: JsonObject): JsonObject | undefined {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const version = Array.isArray(spec.versions) ? spec.versions[0] : undefined
  const schema = isObject(version) && isObject(version.schema) ? version.schema.openAPIV3Schema : undefined
  return isObject(schema) ? schema : undefined
}

function childOf(schema: JsonObject | undefined, name: string): JsonObject | undefined {
  const child = schema !== undefined && isObject(schema.properties) ? schema.properties[name] : undefined
  return isObject(child) ? child : undefined
}

/** Names, types and what is needed: the words around them may be edited by the server. */
function fieldsOf(schema: JsonObject | undefined): string {
  if (schema === undefined) return ''
  const properties = isObject(schema.properties) ? Object.entries(schema.properties).filter(([, child]) => isObject(child)) : []
  const children = properties.map(([name, child]) => `${name}:${fieldsOf(child as JsonObject)}`).sort()
  const items = isObject(schema.items) ? `[${fieldsOf(schema.items)}]` : ''
  const required = Array.isArray(schema.required) ? [...schema.required].map(textOf).sort().join('+') : ''
  return `${textOf(schema.type)}{${children.join(',')}}${items}!${required}`
}
