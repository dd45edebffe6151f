import { equalJson, isArray, isObject, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { shortUrl, type Exchange } from '@oasgen/wire'

/** What an update put right, in one line: `price: 1 (API) ≠ 1299 (you) → PATCH /v1/books/1 → 200`. */
export function driftText(exchanges: readonly Exchange[]): string | undefined {
  const at = exchanges.findLastIndex(({ purpose }) => purpose.action === 'update')
  const update = exchanges[at]
  if (update === undefined) return undefined
  const before = exchanges.slice(0, at).findLast(({ purpose, result }) => (purpose.action === 'get' || purpose.action === 'findby') && result.type === 'response')
  const fields = before === undefined ? [] : changedFields(update, before)
  const status = update.result.type === 'response' ? String(update.result.response.status) : 'no answer'
  const shown = fields.length > 3 ? [...fields.slice(0, 3), `and ${fields.length - 3} more`] : fields
  return `${shown.length === 0 ? '' : `${shown.join(', ')} → `}${update.request.method} ${shortUrl(update.request.url)} → ${status}`
}

function changedFields({ request }: Exchange, before: Exchange): readonly string[] {
  const sent = request.body?.type === 'json' && isObject(request.body.value) ? request.body.value : undefined
  const answer = before.result.type === 'response' && before.result.response.body.type === 'json' ? before.result.response.body.value : undefined
  const held = sent === undefined || answer === undefined ? undefined : nearestObject(answer, sent, 3)
  if (sent === undefined || held === undefined) return []
  return Object.entries(sent).flatMap(([name, wanted]) => {
    const found = held[name]
    return equalJson(found ?? null, wanted) ? [] : [`${name}: ${text(found)} (API) ≠ ${text(wanted)} (you)`]
  })
}

/** The object in an answer that has most of the members that were sent: envelopes differ between reading and writing. */
function nearestObject(value: JsonValue, wanted: JsonObject, depth: number): JsonObject | undefined {
  const candidates = below(value, depth)
  const score = (candidate: JsonObject): number => Object.keys(wanted).filter((name) => Object.hasOwn(candidate, name)).length
  return candidates.toSorted((a, b) => score(b) - score(a)).find((candidate) => score(candidate) > 0)
}

function below(value: JsonValue, depth: number): readonly JsonObject[] {
  if (isArray(value)) return value.length === 1 && value[0] !== undefined ? below(value[0], depth) : []
  if (!isObject(value)) return []
  return [value, ...(depth === 0 ? [] : Object.values(value).flatMap((member) => below(member, depth - 1)))]
}

function text(value: JsonValue | undefined): string {
  const written = value === undefined ? 'absent' : writeJson(value)
  return written.length <= 40 ? written : `${written.slice(0, 39)}…`
}
