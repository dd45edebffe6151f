import { isNumber, textOf, type JsonObject, type JsonValue } from '@oasgen/json'

/** Names of Kubernetes objects out of what people call things: unique, readable, and the same in every run. */
export function createNames(taken: Iterable<string> = []): (candidates: readonly (JsonValue | undefined)[], id: string) => string {
  const used = new Set(taken)
  return (candidates, id) => {
    const wanted = candidates.map(wordOf).find((word) => word !== '') ?? wordOf(id)
    const name = [wanted, `${wanted}-${wordOf(id)}`].map(bounded).find((each) => each !== '' && !used.has(each)) ?? numbered(wanted, used)
    used.add(name)
    return name
  }
}

function numbered(wanted: string, used: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const name = `${bounded(wanted).slice(0, 240)}-${number}`
    if (!used.has(name)) return name
  }
}

function wordOf(value: JsonValue | undefined): string {
  if (typeof value !== 'string' && !(value !== undefined && isNumber(value))) return ''
  return textOf(value).normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
}

function bounded(word: string): string {
  return word.slice(0, 63).replace(/-+$/, '')
}

const WORDS = ['name', 'slug', 'title', 'handle', 'login', 'label', 'hostname', 'displayName', 'display_name']

/** The members of an object that people would call it by; what the definition identifies it by comes first. */
export function namingValues(object: JsonObject, identifiers: readonly string[]): readonly (JsonValue | undefined)[] {
  return [...identifiers, ...WORDS].map((member) => object[member])
}
