import type { ReferenceState } from '@oasgen/engine'
import { getPath, parsePath, printPath } from '@oasgen/fieldpath'
import { equalJson, isNumber, isObject, numberText, type JsonValue } from '@oasgen/json'
import { annotationsOf, createInformer, finalizersOf, isDeleting, keyOf, keyOfRef, namespaceOf, type Informer, type InformerProblem, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { placesOf, type Plan, type ReferencePlan } from '@oasgen/plan'
import { ANNOTATION, CONDITION, FINALIZER, readConditions, readExternalName } from '@oasgen/wire'
import { pause, unreadable, type NamedRef } from './named-objects.js'

/** Values that come from other resources: their external name, or a field of their status. */
export interface References {
  /** The Plan knows of none. */
  readonly isEmpty: boolean
  /** By the path of the reference. */
  states(resource: KubeObject): Readonly<Record<string, ReferenceState>>
  /** For first states, a moment long; `undefined`: they are there, or there is no use in waiting. */
  waiting(): Promise<unknown> | undefined
  /** The objects that the resource refers to, whether they exist or not. */
  of(resource: KubeObject): readonly ReferenceUse[]
  find(use: ReferenceUse): KubeObject | undefined
  /** All objects of the kinds that are referred to. */
  list(): readonly ReferencedObject[]
  remember(type: ResourceType, object: KubeObject): void
  stop(): Promise<void>
}

export interface ReferenceUse {
  readonly type: ResourceType
  readonly ref: NamedRef
}

export interface ReferencedObject {
  readonly type: ResourceType
  readonly object: KubeObject
}

export interface ReferencesOptions {
  readonly plan: Plan
  readonly namespace?: string
  readonly crossNamespace: 'deny' | 'warn' | 'allow'
  /** Told the key of `referenceKey`. */
  readonly onChange: (key: string) => void
  readonly onProblem?: (problem: InformerProblem) => void
}

/** Name of one referenced object among all kinds. */
export function referenceKey({ type, ref }: ReferenceUse): string {
  return `${type.plural}.${type.group}/${keyOfRef(ref)}`
}

export function followReferences(kube: Kube, options: ReferencesOptions): References {
  const plans = options.plan.references ?? []
  const informers = new Map<string, Informer>()
  for (const plan of plans) if (!informers.has(kindKey(plan))) informers.set(kindKey(plan), start(kube, plan, options))
  const informerOf = (type: Pick<ResourceType, 'plural' | 'group'>): Informer => informers.get(kindKey(type)) as Informer
  return {
    isEmpty: plans.length === 0,
    waiting: () => {
      const waiting = [...informers.values()].filter((informer) => !informer.hasSynced() && informer.problem() === undefined)
      return waiting.length === 0 ? undefined : Promise.race([Promise.all(waiting.map(({ synced }) => synced)), pause(FIRST_STATE_MS)])
    },
    states: (resource) => Object.fromEntries(plans.flatMap((each) => placedIn(resource, each)).flatMap((plan) => {
      const state = resolve({ informer: informerOf(plan), plan, resource, crossNamespace: options.crossNamespace })
      return state === undefined ? [] : [[plan.path, state] as const]
    })),
    of: (resource) => plans.flatMap((each) => placedIn(resource, each)).flatMap((plan) => {
      const ref = namedAt(resource, plan)
      return ref === undefined ? [] : [{ type: typeOf(plan), ref }]
    }),
    find: ({ type, ref }) => informers.get(kindKey(type))?.get(keyOfRef(ref)),
    list: () => [...informers.values()].flatMap((informer) => informer.list().map((object) => ({ type: informer.type, object }))),
    remember: (type, object) => informers.get(kindKey(type))?.remember(object),
    stop: async () => void (await Promise.all([...informers.values()].map((informer) => informer.stop()))),
  }
}

/** Inside of a list there is one per element. */
function placedIn(resource: KubeObject, plan: ReferencePlan): readonly ReferencePlan[] {
  return plan.path.includes('[]') ? placesOf(resource, plan.path).map((place) => ({ ...plan, path: printPath(place) })) : [plan]
}

const FIRST_STATE_MS = 3000

function kindKey({ plural, group }: Pick<ResourceType, 'plural' | 'group'>): string {
  return `${plural}.${group}`
}

function typeOf({ group, version, plural, kind }: ReferencePlan): ResourceType {
  return { group, version, plural, kind, namespaced: true }
}

function start(kube: Kube, plan: ReferencePlan, { namespace, crossNamespace, onChange, onProblem }: ReferencesOptions): Informer {
  const type = typeOf(plan)
  const scope = namespace !== undefined && crossNamespace === 'deny' ? { namespace } : {}
  const informer = createInformer(kube, type, { ...scope, ...(onProblem && { onProblem }) })
  informer.onChange(({ object, old, type: change, initial }) => {
    if (initial === true || (change === 'updated' && !isReferenceNews(old, object))) return
    const [objectNamespace = '', name = ''] = keyOf(object).split('/')
    onChange(referenceKey({ type, ref: { namespace: objectNamespace, name } }))
  })
  informer.start()
  return informer
}

/** What a referring resource can see of it: its name on the other side, its status, that it goes. */
function isReferenceNews(old: KubeObject | undefined, now: KubeObject): boolean {
  if (old === undefined || isDeleting(old) !== isDeleting(now) || isThere(old) !== isThere(now)) return true
  return annotationsOf(old)[ANNOTATION.externalName] !== annotationsOf(now)[ANNOTATION.externalName] || !equalJson(withoutNoise(old), withoutNoise(now))
}

function withoutNoise({ status }: KubeObject): JsonValue {
  if (!isObject(status)) return null
  const { conditions: _, observedGeneration: __, reconcile: ___, ...fields } = status
  return fields
}

/** The object that a resource names at a reference. */
export function namedAt(resource: KubeObject, plan: ReferencePlan): NamedRef | undefined {
  const named = at(resource, plan.path)
  if (!isObject(named) || typeof named.name !== 'string' || named.name === '') return undefined
  return { name: named.name, namespace: typeof named.namespace === 'string' && named.namespace !== '' ? named.namespace : namespaceOf(resource) }
}

interface Resolving {
  readonly informer: Informer
  readonly plan: ReferencePlan
  readonly resource: KubeObject
  readonly crossNamespace: ReferencesOptions['crossNamespace']
}

function resolve({ informer, plan, resource, crossNamespace }: Resolving): ReferenceState | undefined {
  const ref = namedAt(resource, plan)
  if (ref === undefined) return undefined
  const what = `${plan.kind} ${keyOfRef(ref)}`
  if (ref.namespace !== namespaceOf(resource) && crossNamespace === 'deny') return waiting(`${what} is in another namespace, which --cross-namespace=deny forbids`)
  if (!informer.hasSynced()) return waiting(`${what} cannot be read: ${unreadable(informer.problem()).message}`)
  const other = informer.get(keyOfRef(ref))
  if (other === undefined) return waiting(`${what} does not exist`)
  // What exists already keeps what it refers to until both are gone; nothing new is made under what goes.
  if (isDeleting(other) && !finalizersOf(resource).includes(FINALIZER.resource)) return waiting(`${what} is being deleted`)
  return valueOf(other, plan) ?? waiting(isDeleting(other) ? `${what} is being deleted` : `${what} ${lackOf(other, plan)}`)
}

function lackOf(other: KubeObject, { resolves }: ReferencePlan): string {
  if (resolves !== 'externalName') return isThere(other) ? `has no ${resolves} yet` : 'does not exist on the other side yet'
  const name = readExternalName(annotationsOf(other)[ANNOTATION.externalName])
  if (name?.type !== 'fields') return 'has no external name yet'
  return `is known by several values (${Object.keys(name.fields).join(', ')}): say in the definition which of them is meant, reference: {resolves: …}`
}

function waiting(message: string): ReferenceState {
  return { state: 'waiting', message }
}

/** What a reference to the object stands for; `undefined` while it has no such value. */
export function valueOf(other: KubeObject, { resolves }: ReferencePlan): ReferenceState | undefined {
  // What its user wrote is there before the object is.
  if (resolves.startsWith('spec.') && !isThere(other)) return undefined
  const value = resolves === 'externalName' ? externalNameOf(other) : at(other, resolves)
  return value === undefined || value === null ? undefined : { state: 'resolved', value }
}

/** As far as can be told: of kinds that are not ours it is believed, unless they say that they are not ready. */
function isThere(other: KubeObject): boolean {
  if (readExternalName(annotationsOf(other)[ANNOTATION.externalName]) !== undefined) return true
  const status = isObject(other.status) ? other.status : {}
  const ready = readConditions(status.conditions).find(({ type }) => type === CONDITION.ready)
  return status.observedGeneration !== NEVER_SEEN && (ready === undefined || ready.status === 'True')
}

/** The default of `status.observedGeneration` in each kind of ours. */
const NEVER_SEEN = -1

function externalNameOf(other: KubeObject): JsonValue | undefined {
  const name = readExternalName(annotationsOf(other)[ANNOTATION.externalName])
  if (name === undefined) return undefined
  if (name.type === 'bare') return asInStatus(other, name.text)
  const values = Object.values(name.fields)
  return values.length === 1 ? values[0] : undefined
}

/** An annotation is text; status knows whether it is a number. */
function asInStatus({ status }: KubeObject, text: string): JsonValue {
  const fields = isObject(status) ? Object.values(status) : []
  return fields.find((value) => isNumber(value) && numberText(value) === text) ?? text
}

function at(object: KubeObject, path: string): JsonValue | undefined {
  const parsed = parsePath(path)
  return parsed.ok ? getPath(object, parsed.path) : undefined
}
