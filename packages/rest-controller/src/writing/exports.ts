import { pause, systemClock } from '@oasgen/controller'
import type { ExportWrite } from '@oasgen/engine'
import type { Finding } from '@oasgen/diagnostics'
import { isObject, withMember, withoutMember, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, isTransient, namespaceOf, resourceVersionOf, SECRETS, uidOf, type Kube, type KubeObject } from '@oasgen/kube'
import { exportValue, type Exported, type Exporting } from './export-value.js'

/** Values of resources in Secrets and ConfigMaps: put there, and put back when somebody changed them. */
export interface Exports {
  /** Whether the resource remembers to have exported anything. */
  has(resource: KubeObject): boolean
  /** Gives the values that could not be stored. */
  put(resource: KubeObject, values: readonly ExportWrite[], effort: ExportEffort): Promise<readonly ExportFailure[]>
  /**
   * The resource as `decide` should see it: where an exported object is not as we left it, what the resource remembers of it
   * counts as forgotten, so that its values are given again.
   */
  checked(resource: KubeObject): Promise<KubeObject>
  forget(uid: string): void
}

export interface ExportEffort {
  /** A value that is shown only once is tried again until it is stored or certainly cannot be. */
  readonly isFact: boolean
  readonly signal: AbortSignal
}

export interface ExportFailure {
  readonly value: ExportWrite
  readonly finding: Finding
}

export function createExports(kube: Kube): Exports {
  // By uid, then by `Secret/name`: the version that was last found good.
  const good = new Map<string, Map<string, string>>()
  // By uid: the keys that the resource remembers, also while `checked` makes it forget them.
  const keys = new Map<string, ReadonlySet<string>>()
  const note = (resource: KubeObject, { to, name }: ExportWrite, resourceVersion: string): void => {
    const own = good.get(uidOf(resource)) ?? new Map<string, string>()
    good.set(uidOf(resource), own.set(`${to}/${name}`, resourceVersion))
  }
  return {
    has: (resource) => remembered(resource) !== NOTHING,
    put: async (resource, values, effort) => {
      const failures: ExportFailure[] = []
      for (const value of values) {
        const before = keys.get(uidOf(resource))?.has(placeOf(value)) === true ? 'ours' : 'unknown'
        const exported = await withEffort(kube, resource, { exporting: { wanted: value, before }, effort })
        if (exported.type === 'exported') note(resource, value, exported.resourceVersion)
        else failures.push({ value, finding: exported.type === 'refused' ? exported.finding : exported.error.finding })
      }
      return failures
    },
    checked: async (resource) => {
      const names = exportedObjects(resource)
      keys.set(uidOf(resource), new Set(Object.keys(remembered(resource))))
      const changed = await Promise.all(names.map(async (name) => ((await isAsLeft(kube, resource, { name, good: good.get(uidOf(resource))?.get(name) })) ? [] : [name])))
      return forgetting(resource, changed.flat())
    },
    forget: (uid) => {
      good.delete(uid)
      keys.delete(uid)
    },
  }
}

function placeOf({ to, name, key }: ExportWrite): string {
  return `${to}/${name}/${key}`
}

interface Effort {
  readonly exporting: Exporting
  readonly effort: ExportEffort
}

async function withEffort(kube: Kube, resource: KubeObject, { exporting, effort }: Effort): Promise<Exported> {
  for (let tries = 1; ; tries++) {
    const exported = await exportValue(kube, resource, exporting)
    const isPassing = exported.type === 'failed' && isTransient(exported.error)
    if (!isPassing || !effort.isFact || effort.signal.aborted) return exported
    await pause(systemClock, Math.min(5_000, 100 * 2 ** Math.min(tries - 1, 10)), effort.signal)
  }
}

/** `Secret/name` of everything that the resource remembers to have exported. */
function exportedObjects(resource: KubeObject): readonly string[] {
  const places = remembered(resource)
  return [...new Set(Object.keys(places).flatMap((place) => /^(?:Secret|ConfigMap)\/[^/]+/.exec(place)?.[0] ?? []))]
}

function remembered({ status }: KubeObject): JsonObject {
  const reconcile = isObject(status) ? status.reconcile : undefined
  const exported = isObject(reconcile) ? reconcile.exported : undefined
  return isObject(exported) ? exported : NOTHING
}
const NOTHING: JsonObject = {}

interface Left {
  readonly name: string
  readonly good: string | undefined
}

async function isAsLeft(kube: Kube, resource: KubeObject, { name, good }: Left): Promise<boolean> {
  const [kind, object = ''] = name.split('/')
  const read = await kube.get(kind === 'Secret' ? SECRETS : CONFIG_MAPS, { namespace: namespaceOf(resource), name: object })
  // Only what is seen to be different counts; without an answer there is nothing to repair.
  return read.ok ? resourceVersionOf(read.value) === good : read.error.kind !== 'notFound'
}

function forgetting(resource: KubeObject, names: readonly string[]): KubeObject {
  if (names.length === 0) return resource
  const status = resource.status as JsonObject
  const reconcile = status.reconcile as JsonObject
  const kept = Object.keys(remembered(resource)).filter((place) => names.some((name) => place.startsWith(`${name}/`))).reduce(withoutMember, remembered(resource))
  return { ...resource, status: withMember(status, 'reconcile', withMember(reconcile, 'exported', kept)) }
}

/** The status without the memory of what could not be exported: it is given again the next time. */
export function withoutExports(status: JsonObject, failures: readonly ExportFailure[]): JsonObject {
  const reconcile = status.reconcile
  if (failures.length === 0 || !isObject(reconcile) || !isObject(reconcile.exported)) return status
  const kept = failures.map(({ value }) => placeOf(value)).reduce(withoutMember, reconcile.exported as JsonObject)
  return withMember(status, 'reconcile', Object.keys(kept).length === 0 ? withoutMember(reconcile, 'exported') : withMember(reconcile, 'exported', kept))
}
