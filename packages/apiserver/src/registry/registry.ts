import { equalJson, type JsonObject } from '@oasgen/json'
import { groupResource } from '../failure.js'
import type { StoreView } from '../store/types.js'
import { customType } from './custom.js'
import type { Registry, ResourceType, ResourceVersion } from './types.js'

export const CRDS = 'customresourcedefinitions.apiextensions.k8s.io'

/** Keeps the registry in step with the CRDs of a store. Kinds are made anew only when their CRD changed. */
export class RegistryKeeper {
  readonly #builtin: readonly ResourceType[]
  readonly #custom = new Map<string, { readonly crd: JsonObject; readonly type: ResourceType | undefined }>()
  #registry: Registry | undefined
  #generation = 0

  constructor(builtin: readonly ResourceType[]) {
    this.#builtin = builtin
  }

  /** Changes with the set of kinds: what documents made from the registry are kept by. */
  get generation(): number {
    return this.#generation
  }

  current(view: StoreView): Registry {
    const crds = view.list(CRDS, '')
    let changed = this.#registry === undefined
    for (const { key, object } of crds) {
      if (this.#custom.get(key)?.crd === object) continue
      this.#custom.set(key, { crd: object, type: this.#remake(key, object) })
      changed = true
    }
    for (const key of this.#custom.keys()) {
      if (view.get(CRDS, key)) continue
      this.#custom.delete(key)
      changed = true
    }
    if (changed || this.#registry === undefined) {
      this.#registry = buildRegistry([...this.#builtin, ...[...this.#custom.values()].flatMap(({ type }) => (type ? [type] : []))])
      this.#generation++
    }
    return this.#registry
  }

  /** A change of status or labels leaves the compiled schemas as they are. */
  #remake(key: string, crd: JsonObject): ResourceType | undefined {
    const before = this.#custom.get(key)
    const next = customType(crd)
    if (!before?.type || !next || !equalJson(before.crd.spec ?? null, crd.spec ?? null)) return next
    return { ...next, versions: next.versions.map((version, index) => before.type?.versions[index] ?? version) }
  }
}

export function buildRegistry(types: readonly ResourceType[]): Registry {
  const byName = new Map(types.map((type) => [groupResource(type.group, type.resource), type]))
  const byKind = new Map(types.map((type) => [`${type.group}/${type.kind}`, type]))
  const byUrl = new Map<string, { readonly type: ResourceType; readonly version: ResourceVersion }>()
  for (const type of types) for (const version of type.versions) byUrl.set(`${type.group}/${version.name}/${type.resource}`, { type, version })
  return {
    types,
    find: (group, version, resource) => byUrl.get(`${group}/${version}/${resource}`),
    byName: (name) => byName.get(name),
    byKind: (group, kind) => byKind.get(`${group}/${kind}`),
  }
}
