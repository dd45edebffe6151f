import { equalJson, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { KubeError } from '@oasgen/kube'

/** The merge patch that turns one status into the other: a merge patch removes only what it names. */
export function statusPatch(old: JsonValue | undefined, next: JsonObject): JsonObject {
  if (!isObject(old)) return next
  const patch: Record<string, JsonValue> = {}
  for (const name of Object.keys(old)) if (!Object.hasOwn(next, name)) patch[name] = null
  for (const [name, value] of Object.entries(next)) if (!equalJson(old[name] ?? null, value)) patch[name] = isObject(value) ? statusPatch(old[name], value) : value
  return patch
}

const OURS: ReadonlySet<string> = new Set(['conditions', 'observedGeneration', 'reconcile'])

/**
 * What remains of a status that the API server found invalid: without the fields that it named, or with what we ourselves need,
 * when it named none. One field that does not fit its schema must not take the rest of the status down.
 */
export function acceptableStatus(status: JsonObject, error: KubeError): { readonly status: JsonObject; readonly without: readonly string[] } | undefined {
  const named = new Set(error.causes.flatMap(({ field }) => /^status\.([^.[]+)/.exec(field)?.[1] ?? []))
  const refused = Object.keys(status).filter((name) => !OURS.has(name) && (named.size === 0 || named.has(name)))
  if (refused.length === 0) return undefined
  const kept = Object.entries(status).filter(([name]) => !refused.includes(name))
  return { status: Object.fromEntries(kept), without: refused }
}
