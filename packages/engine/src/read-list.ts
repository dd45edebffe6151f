import type { JsonObject, JsonValue } from '@oasgen/json'
import type { ResponsePlan } from '@oasgen/plan'
import { itemsOf } from './list.js'
import { prepareResponse } from './prepared-call.js'
import { compiler } from './programs.js'

/** The objects of a list answer, or why they cannot be seen. */
export function readList(plan: ResponsePlan, body: JsonValue): { readonly items?: readonly JsonObject[]; readonly problem?: string } {
  const read = itemsOf(prepareResponse(plan, compiler()), body)
  return read.type === 'items' ? { items: read.items.map(({ object }) => object) } : { problem: read.problem }
}
