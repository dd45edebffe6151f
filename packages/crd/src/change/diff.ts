import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { type ChangeClass, type CrdChange, same, shownValue } from './change.js'
import { diffSchema } from './schema-diff.js'

/** Changes from one CRD to another, the worst first, then by path. Descriptions do not count. */
export function diffCrds(before: JsonObject, after: JsonObject): readonly CrdChange[] {
  const [a, b] = [specOf(before), specOf(after)]
  const changes = [...identityChanges(a, b), ...nameChanges(a, b), ...versionChanges(a, b)]
  const rank = { breaking: 0, narrowing: 1, additive: 2 }
  return changes.toSorted((x, y) => rank[x.class] - rank[y.class] || order(x.path, y.path) || order(x.change, y.change))
}

/** The class of the worst change; undefined when there is none. */
export function worstOf(changes: readonly CrdChange[]): ChangeClass | undefined {
  return (['breaking', 'narrowing', 'additive'] as const).find((each) => changes.some((change) => change.class === each))
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function specOf(crd: JsonObject): JsonObject {
  return objectAt(crd, 'spec')
}

function objectAt(value: JsonObject, name: string): JsonObject {
  const found = value[name]
  return isObject(found) ? found : {}
}

function identityChanges(a: JsonObject, b: JsonObject): readonly CrdChange[] {
  const [x, y] = [objectAt(a, 'names'), objectAt(b, 'names')]
  const pairs: readonly (readonly [string, JsonValue | undefined, JsonValue | undefined])[] = [
    ['group', a['group'], b['group']], ['scope', a['scope'], b['scope']], ['names.kind', x['kind'], y['kind']], [
      'names.plural',
      x['plural'],
      y['plural'],
    ],
  ]
  return pairs.filter(([, old, fresh]) => !same(old, fresh)).map(([path, old, fresh]) =>
    ({ class: 'breaking', path, change: `${shownValue(old)} becomes ${shownValue(fresh)}` }),
  )
}

function nameChanges(a: JsonObject, b: JsonObject): readonly CrdChange[] {
  const [x, y] = [objectAt(a, 'names'), objectAt(b, 'names')]
  return ['singular', 'shortNames', 'categories'].filter((name) => !same(x[name], y[name])).map((name) =>
    ({ class: 'additive' as const, path: `names.${name}`, change: 'other words for the kind' }),
  )
}

function versionChanges(a: JsonObject, b: JsonObject): readonly CrdChange[] {
  const [old, fresh] = [versionsOf(a), versionsOf(b)]
  const gone = [...old.keys()].filter((name) => !fresh.has(name)).map((name) =>
    ({ class: 'breaking' as const, path: `versions.${name}`, change: 'the version is no longer served' }),
  )
  const added = [...fresh.keys()].filter((name) => !old.has(name)).map((name) =>
    ({ class: 'additive' as const, path: `versions.${name}`, change: 'a new version' }),
  )
  return [...gone, ...added, ...[...old].flatMap(([name, version]) => versionDiff(version, fresh.get(name)))]
}

function versionsOf(spec: JsonObject): ReadonlyMap<string, JsonObject> {
  const versions = spec['versions']
  return new Map((isArray(versions) ? versions : []).filter(isObject).map((version) => [shownValue(version['name']), version]))
}

function versionDiff(old: JsonObject, fresh: JsonObject | undefined): readonly CrdChange[] {
  if (fresh === undefined) return []
  const [a, b] = [objectAt(old, 'subresources'), objectAt(fresh, 'subresources')]
  const subresource: readonly CrdChange[] = a['status'] !== undefined && b['status'] === undefined ? [
    { class: 'breaking', path: 'subresources.status', change: 'the status subresource is gone' },
  ] : []
  const columns: readonly CrdChange[] = same(old['additionalPrinterColumns'], fresh['additionalPrinterColumns'])
    ? []
    : [{ class: 'additive', path: 'additionalPrinterColumns', change: 'other columns' }]
  const schemas = [old, fresh].map((version) => objectAt(objectAt(version, 'schema'), 'openAPIV3Schema'))
  return [...subresource, ...columns, ...diffSchema(schemas[0] ?? {}, schemas[1] ?? {}, '')]
}
