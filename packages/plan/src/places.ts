import { getPath, parsePath, type FieldPath } from '@oasgen/fieldpath'
import { isArray, type JsonValue } from '@oasgen/json'

/** The fields of a value that a pattern of the Plan means: `spec.credentials[].value` has one place per element. */
export function placesOf(value: JsonValue, pattern: string): readonly FieldPath[] {
  return patternSteps(pattern).reduce<readonly FieldPath[]>((places, steps, at) => {
    const reached = at === 0 ? places : places.flatMap((place) => elementsAt(value, place))
    return reached.map((place) => [...place, ...steps])
  }, [[]])
}

/** The names between the lists of a pattern. A name may hold brackets of its own. @throws when it is no pattern: `readPlan` lets none through. */
function patternSteps(pattern: string): readonly FieldPath[] {
  const whole = parsePath(pattern)
  if (whole.ok) return [whole.path]
  return pattern.split('[]').map((part) => {
    const text = part.startsWith('.') ? part.slice(1) : part
    const parsed = text === '' ? { ok: true as const, path: [] } : parsePath(text)
    if (!parsed.ok) throw new Error(`the Plan holds the pattern ${pattern}, which ${parsed.message}; readPlan should have refused it`)
    return parsed.path
  })
}

function elementsAt(value: JsonValue, place: FieldPath): readonly FieldPath[] {
  const list = getPath(value, place)
  return isArray(list) ? list.map((_, index) => [...place, { index }]) : []
}
