import { getPath, parsePath, type FieldPath } from '@oasgen/fieldpath'
import { isArray, isObject, type JsonObject, type JsonValue, type SecretReference } from '@oasgen/json'
import { namespaceOf, type KubeObject } from '@oasgen/kube'
import { placesOf, type Plan } from '@oasgen/plan'

/** Where resources of one Plan name Secrets: found once per Plan, read once per resource and reconcile. */
export interface SecretPlaces {
  of(resource: KubeObject): readonly SecretReference[]
}

interface Place {
  readonly name: FieldPath
  readonly key: FieldPath
}

/** `spec.passwordSecretRef {name, key}` of secret fields, and 0.21's `resolver: secretRef` in any call. */
export function findSecretPlaces(plan: Plan): SecretPlaces {
  const resolvers = resolverPlaces(plan.actions as unknown as JsonValue).filter((place) => place !== undefined)
  return { of: (resource) => [...fieldPlaces(plan, resource), ...resolvers].flatMap((place) => referenceAt(resource, place)) }
}

/** Inside of a list there is one per element. */
function fieldPlaces({ secrets = [] }: Plan, resource: KubeObject): readonly Place[] {
  return secrets.flatMap(({ path }) => placesOf(resource, path)).map((place) => ({ name: [...place, { key: 'name' }], key: [...place, { key: 'key' }] }))
}

function placeOf(namePath: string, keyPath: string): Place | undefined {
  const [name, key] = [parsePath(namePath), parsePath(keyPath)]
  return name.ok && key.ok ? { name: name.path, key: key.path } : undefined
}

function resolverPlaces(node: JsonValue | undefined): readonly (Place | undefined)[] {
  if (isArray(node)) return node.flatMap(resolverPlaces)
  if (!isObject(node)) return []
  if (node.from === 'secretRef' && typeof node.name === 'string' && typeof node.key === 'string') return [placeOf(node.name, node.key)]
  return Object.values(node).flatMap(resolverPlaces)
}

/** Always in the resource's own namespace: whoever may write a resource could otherwise send any Secret of the cluster to an API. */
function referenceAt(resource: KubeObject, { name, key }: Place): readonly SecretReference[] {
  const [secret, entry] = [getPath(resource, name), getPath(resource, key)]
  if (typeof secret !== 'string' || secret === '' || typeof entry !== 'string' || entry === '') return []
  return [{ namespace: namespaceOf(resource), name: secret, key: entry }]
}

/** `{name, key, namespace?}`; without a namespace the Secret is beside the Configuration. */
export function readReference(value: JsonValue | undefined, namespace: string): SecretReference | undefined {
  if (!isObject(value) || typeof value.name !== 'string' || value.name === '' || typeof value.key !== 'string') return undefined
  return { namespace: typeof value.namespace === 'string' && value.namespace !== '' ? value.namespace : namespace, name: value.name, key: value.key }
}

/** Every Secret that a Configuration names, wherever it stands: any member that ends in `Ref`. */
export function secretsOfConfiguration(configuration: KubeObject): readonly SecretReference[] {
  const found: SecretReference[] = []
  collect(configuration.spec, namespaceOf(configuration), found)
  return found
}

function collect(value: JsonValue | undefined, namespace: string, found: SecretReference[]): void {
  if (isArray(value)) return value.forEach((item) => collect(item, namespace, found))
  if (!isObject(value)) return
  for (const [name, member] of Object.entries(value as JsonObject)) {
    const reference = /[rR]ef$/.test(name) ? readReference(member, namespace) : undefined
    if (reference === undefined) collect(member, namespace, found)
    else found.push(reference)
  }
}
