import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { namespaceOf } from '@oasgen/kube'
import type { SecretKey } from './objects/rbac.js'

/** Every Secret that a Configuration names: any object with `name` and `key` whose own name ends in `Ref`. */
export function secretsOf(configuration: JsonObject): readonly SecretKey[] {
  const found: SecretKey[] = []
  collect(configuration.spec, namespaceOf(configuration), found)
  return found
}

function collect(value: JsonValue | undefined, namespace: string, found: SecretKey[]): void {
  if (isArray(value)) return value.forEach((item) => collect(item, namespace, found))
  if (!isObject(value)) return
  for (const [name, member] of Object.entries(value)) {
    if (/[rR]ef$/.test(name) && isObject(member) && typeof member.name === 'string' && member.name !== '' && typeof member.key === 'string') {
      found.push({ namespace: typeof member.namespace === 'string' && member.namespace !== '' ? member.namespace : namespace, name: member.name })
    } else {
      collect(member, namespace, found)
    }
  }
}
