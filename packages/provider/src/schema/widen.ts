import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'

/**
 * The wanted CRD, as wide as the live one at these paths: how an installation of the reference is taken over while resources
 * use what the new schema would refuse or drop. A path is the place in an object; list positions and map keys stand for all.
 */
export function widenCrd(wanted: JsonObject, live: JsonObject, paths: readonly string[]): JsonObject {
  if (paths.length === 0) return wanted
  const old = rootSchema(live)
  return mapRoot(wanted, (root) => paths.reduce((schema, path) => widened(schema, old, stepsOf(path)), root))
}

/** `spec.a[0].b` and `spec.labels[x/y]` as the names that lead through a schema; an element of a list or map is `[]`. */
export function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\[[^\]]*\]|[^.[\]]+/g)].map(([step]) => (step.startsWith('[') ? '[]' : step))
}

function widened(schema: JsonObject, old: JsonObject | undefined, steps: readonly string[]): JsonObject {
  const [step, ...rest] = steps
  if (step === undefined || old === undefined) return old ?? schema
  if (step === '[]') return widenElement(schema, old, rest)
  const [own, before] = [childAt(schema, step), childAt(old, step)]
  // A map is no list of names: whatever the element is called, its schema is one.
  if (own === undefined && before === undefined) return isObject(schema.additionalProperties) ? widenElement(schema, old, rest) : withoutRequired(schema, step)
  if (before === undefined) return withoutRequired(schema, step)
  const next = own === undefined || rest.length === 0 ? before : widened(own, before, rest)
  const properties = { ...(isObject(schema.properties) ? schema.properties : {}), [step]: next }
  return withoutNewRules(requiredAsBefore({ ...schema, properties }, old), old)
}

function widenElement(schema: JsonObject, old: JsonObject, rest: readonly string[]): JsonObject {
  for (const keyword of ['items', 'additionalProperties'] as const) {
    const [own, before] = [schema[keyword], old[keyword]]
    if (isObject(own) && isObject(before)) return { ...schema, [keyword]: widened(own, before, rest) }
  }
  return old
}

function childAt(schema: JsonObject, name: string): JsonObject | undefined {
  const child = isObject(schema.properties) && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
  return isObject(child) ? child : undefined
}

function withoutRequired(schema: JsonObject, name: string): JsonObject {
  return requiring(schema, namesIn(schema.required).filter((each) => each !== name))
}

function requiredAsBefore(schema: JsonObject, old: JsonObject): JsonObject {
  const before = new Set(namesIn(old.required))
  return requiring(schema, namesIn(schema.required).filter((name) => before.has(name)))
}

function requiring(schema: JsonObject, names: readonly string[]): JsonObject {
  const { required: _, ...rest } = schema
  return names.length === 0 ? rest : { ...rest, required: [...names] }
}

/** Rules speak of several fields, so a path does not tell which one it was. */
function withoutNewRules(schema: JsonObject, old: JsonObject): JsonObject {
  const { 'x-kubernetes-validations': own, ...rest } = schema
  const before = isArray(old['x-kubernetes-validations']) ? old['x-kubernetes-validations'].filter(isObject).map(({ rule }) => rule) : []
  const kept = isArray(own) ? own.filter((rule) => isObject(rule) && before.includes(rule.rule as string)) : []
  return kept.length === 0 ? rest : { ...rest, 'x-kubernetes-validations': kept }
}

function namesIn(value: JsonValue | undefined): readonly string[] {
  return isArray(value) ? value.filter((name) => typeof name === 'string') : []
}

function rootSchema(crd: JsonObject): JsonObject | undefined {
  let root: JsonObject | undefined
  mapRoot(crd, (schema) => (root = schema))
  return root
}

function mapRoot(crd: JsonObject, change: (schema: JsonObject) => JsonObject): JsonObject {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const versions = isArray(spec.versions) ? spec.versions : []
  return {
    ...crd,
    spec: {
      ...spec,
      versions: versions.map((version) => {
        if (!isObject(version) || !isObject(version.schema) || !isObject(version.schema.openAPIV3Schema)) return version
        return { ...version, schema: { openAPIV3Schema: change(version.schema.openAPIV3Schema) } }
      }),
    },
  }
}
