import { isArray, isObject, member, type JsonValue } from '@oasgen/json'

type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'all' }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'slice'; readonly start: number | undefined; readonly end: number | undefined }
  | { readonly type: 'filter'; readonly path: readonly Step[]; readonly operator: string; readonly value: JsonValue }
  | { readonly type: 'descend'; readonly name: string }

/** The JSONPath of printer columns: `.a.b`, `['a']`, `[0]`, `[-1]`, `[*]`, `[?(@.type=="Ready")]`, `..name`. */
export function readJsonPath(path: string): readonly Step[] | undefined {
  const steps: Step[] = []
  let rest = path.trim().replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '')
  while (rest !== '') {
    const found = readStep(rest)
    if (!found) return undefined
    steps.push(found.step)
    rest = rest.slice(found.length)
  }
  return steps
}

function readStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  const field = /^(\.\.?)((?:[^\s.[\]()'"\\]|\\.)+)/.exec(text)
  if (field) {
    const name = (field[2] ?? '').replace(/\\(.)/g, '$1')
    if (name === '*') return { step: { type: 'all' }, length: field[0].length }
    return { step: field[1] === '..' ? { type: 'descend', name } : { type: 'field', name }, length: field[0].length }
  }
  const filter = /^\.?\[\?\(\s*@((?:[^=<>!\s()])*)\s*(==|!=|<=|>=|<|>)?\s*('(?:[^'])*'|"(?:[^"])*"|[^)]*?)\s*\)\]/.exec(text)
  if (filter) return readFilter(filter)
  const bracket = /^\.?\[([^\]]*)\]/.exec(text)
  return bracket ? readBracket(bracket[1] ?? '', bracket[0].length) : undefined
}

function readFilter(match: RegExpExecArray): { readonly step: Step; readonly length: number } | undefined {
  const path = readJsonPath(match[1] ?? '')
  if (!path) return undefined
  return { step: { type: 'filter', path, operator: match[2] ?? 'exists', value: literal(match[3] ?? '') }, length: match[0].length }
}

function literal(text: string): JsonValue {
  if (/^['"]/.test(text)) return text.slice(1, -1)
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

function readBracket(content: string, length: number): { readonly step: Step; readonly length: number } | undefined {
  const quoted = /^\s*['"](.*)['"]\s*$/.exec(content)
  if (quoted) return { step: { type: 'field', name: quoted[1] ?? '' }, length }
  if (content.trim() === '*') return { step: { type: 'all' }, length }
  const slice = /^\s*(-?\d*)\s*:\s*(-?\d*)\s*$/.exec(content)
  if (slice) {
    const bound = (part: string | undefined): number | undefined => (part ? Number(part) : undefined)
    return { step: { type: 'slice', start: bound(slice[1]), end: bound(slice[2]) }, length }
  }
  return /^\s*-?\d+\s*$/.test(content) ? { step: { type: 'index', index: Number(content) }, length } : undefined
}

/** Every value at the path; none when there is none or the path is not understood. */
export function printPath(value: JsonValue, path: string): readonly JsonValue[] {
  const steps = readJsonPath(path)
  return steps ? follow([value], steps) : []
}

function follow(values: readonly JsonValue[], steps: readonly Step[]): readonly JsonValue[] {
  return steps.reduce<readonly JsonValue[]>((found, step) => found.flatMap((value) => take(value, step)), values)
}

function take(value: JsonValue, step: Step): readonly JsonValue[] {
  switch (step.type) {
    case 'field': return isObject(value) ? present(member(value, step.name)) : []
    case 'all': return isArray(value) ? value : isObject(value) ? Object.values(value) : []
    case 'index': return isArray(value) ? present(value.at(step.index)) : []
    case 'slice': return isArray(value) ? value.slice(step.start, step.end) : []
    case 'filter': return isArray(value) ? value.filter((item) => holds(item, step)) : []
    case 'descend': return descend(value, step.name)
  }
}

const present = (value: JsonValue | undefined): readonly JsonValue[] => (value === undefined ? [] : [value])

function descend(value: JsonValue, name: string): readonly JsonValue[] {
  if (isArray(value)) return value.flatMap((item) => descend(item, name))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, part]) => [...(key === name ? [part] : []), ...descend(part, name)])
}

function holds(item: JsonValue, filter: Step & { type: 'filter' }): boolean {
  const found = follow([item], filter.path)[0]
  if (filter.operator === 'exists') return found !== undefined
  if (found === undefined || found === null || typeof found === 'object' || typeof filter.value === 'object') return false
  const [left, right] = typeof found === typeof filter.value ? [found, filter.value] : [String(found), String(filter.value)]
  switch (filter.operator) {
    case '==': return left === right
    case '!=': return left !== right
    case '<': return left < (right as typeof left)
    case '>': return left > (right as typeof left)
    case '<=': return left <= (right as typeof left)
    default: return left >= (right as typeof left)
  }
}
