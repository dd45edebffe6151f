import { diffCrds, worstOf, type ChangeClass, type CrdChange } from '@oasgen/crd'
import { hashJson, isObject, type JsonObject } from '@oasgen/json'
import { nameOf, namespaceOf, type KubeObject } from '@oasgen/kube'
import { buildValidator, prune, readSchema, schemaOfVersion, type ObjectValidator, type StructuralSchema, type Violation } from '@oasgen/structural'
import { comparable } from './compare.js'

/** What a new CRD would change in the one that is served. */
export interface SchemaChange {
  /** Absent = nothing that a schema says. */
  readonly worst: ChangeClass | undefined
  readonly changes: readonly CrdChange[]
  /** Names exactly this change: what a person confirms. */
  readonly id: string
}

export function readChange(live: JsonObject, wanted: JsonObject): SchemaChange {
  const changes = diffCrds(live, wanted)
  return { worst: worstOf(changes), changes, id: hashJson([comparable(live), comparable(wanted)]).slice(0, 10) }
}

/** What would happen to one resource. Status does not count: it is written anew by the controller. */
export interface Impact {
  /** `namespace/name` */
  readonly resource: string
  /** `spec.tags[0]`; empty where the whole object is meant. */
  readonly path: string
  readonly why: string
}

export type ImpactOf = (resource: KubeObject) => readonly Impact[]

/** A judge of live resources: what the new schema refuses that the old one took, and what it would throw away. */
export function createImpact(live: JsonObject, wanted: JsonObject): ImpactOf {
  const whole = wholeKindChange(readChange(live, wanted).changes)
  const [old, fresh] = [judgeFor(live), judgeFor(wanted)]
  return (resource) => {
    const name = `${namespaceOf(resource)}/${nameOf(resource)}`
    if (whole !== undefined) return [{ resource: name, path: '', why: whole }]
    if (fresh === undefined) return []
    return [...refusals(old, fresh, resource), ...losses(old, fresh, resource)].map((impact) => ({ resource: name, ...impact }))
  }
}

/** Changes that no single field explains. */
function wholeKindChange(changes: readonly CrdChange[]): string | undefined {
  const found = changes.find(({ class: kind, path }) => kind === 'breaking' && /^(group|scope|names\.|versions\.|subresources\.)/.test(path))
  return found === undefined ? undefined : `${found.path}: ${found.change}`
}

interface Judge {
  readonly schema: StructuralSchema
  readonly validator: ObjectValidator
}

const VERSION = 'v1alpha1'

function judgeFor(crd: JsonObject): Judge | undefined {
  const read = readSchema(schemaOfVersion(crd, VERSION) ?? {})
  return read.value === undefined ? undefined : { schema: read.value, validator: buildValidator(read.value) }
}

type Found = Pick<Impact, 'path' | 'why'>

function refusals(old: Judge | undefined, fresh: Judge, resource: KubeObject): readonly Found[] {
  const known = new Set(violationsOf(old, resource).map(({ path }) => path))
  return violationsOf(fresh, resource).filter(({ path }) => !known.has(path)).map((violation) => ({ path: violation.path, why: `refused: ${violation.message}` }))
}

/** Of spec alone; what is thrown away is told by `losses`. */
function violationsOf(judge: Judge | undefined, resource: KubeObject): readonly Violation[] {
  if (judge === undefined) return []
  const { status: _, ...rest } = prune(judge.schema, resource).value
  return judge.validator.validate(rest).filter(({ path }) => !path.startsWith('status'))
}

function losses(old: Judge | undefined, fresh: Judge, resource: KubeObject): readonly Found[] {
  const known = new Set(old === undefined ? [] : prune(old.schema, resource).removed)
  return prune(fresh.schema, resource).removed
    .filter((path) => !known.has(path) && path.startsWith('spec'))
    .map((path) => ({ path, why: 'its value would be lost' }))
}

/** At most so many are named; the count says how many there are. */
export const MOST_IMPACTS = 8

export function printImpacts(impacts: readonly Impact[], total: number): string {
  const texts = impacts.slice(0, MOST_IMPACTS).map(({ resource, path, why }) => `${resource}${path === '' ? '' : ` ${path}`} (${why})`)
  return total > texts.length ? `${texts.join(', ')} and ${total - texts.length} more` : texts.join(', ')
}

export function statusOf(object: JsonObject): JsonObject {
  return isObject(object.status) ? object.status : {}
}
