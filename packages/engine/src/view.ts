import { setPath } from '@oasgen/fieldpath'
import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { HttpResponse } from '@oasgen/wire'
import type { Observed } from './decision.js'
import type { PreparedMapping } from './prepared-call.js'
import { fromApi } from './source.js'

/** The object in the resource's shape: the answer itself, with what the definition's mappings say written over it. */
export function viewOf(object: JsonObject, answer: MappingInput, mappings: readonly PreparedMapping[]): Observed {
  if (mappings.length === 0) return { body: object, spec: object, status: object }
  let [spec, status]: [JsonValue, JsonValue] = [object, object]
  for (const mapping of mappings) {
    const value = mappedValue(mapping, answer)
    if (value === undefined) continue
    if (mapping.to === 'spec') spec = setPath(spec, mapping.path, value)
    else status = setPath(status, mapping.path, value)
  }
  return { body: object, spec: asObject(spec), status: asObject(status) }
}

export interface MappingInput {
  /** The whole answer of a call, or one item of a list. */
  readonly whole: JsonValue
  readonly headers: HttpResponse['headers']
}

function mappedValue({ plan, read, jq }: PreparedMapping, { whole, headers }: MappingInput): JsonValue | undefined {
  const found = plan.from.in === 'header' ? headers[plan.from.path.toLowerCase()] : read(whole)
  if (found === undefined) return plan.defaultIfAbsent
  if (jq !== undefined) {
    const ran = jq.run({ value: found })
    return ran.ok ? ran.value : undefined
  }
  return plan.alias === undefined ? found : fromApi(found, plan.alias)
}

function asObject(value: JsonValue): JsonObject {
  return isObject(value) ? value : {}
}
