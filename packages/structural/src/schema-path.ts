import { own, valuesSchema, type StructuralSchema } from './schema.js'
import { childPath, keyPath } from './violation.js'

export type SchemaPathResult =
  | { readonly ok: true; readonly path: string; readonly root: string; readonly schema: StructuralSchema | undefined }
  | { readonly ok: false; readonly problem: string }

/** `.spec.a['b.c']` against a schema: what the server allows as fieldPath of a rule and as a selectable field. */
export function readSchemaPath(text: string, schema: StructuralSchema, brackets: 'allowed' | 'refused' = 'allowed'): SchemaPathResult {
  const tokens = tokensOf(text)
  let [path, root, place]: [string, string, StructuralSchema | undefined] = ['', '', schema]
  for (let index = 0; index < tokens.length; ) {
    const step = readStep(tokens, index, brackets)
    if (typeof step === 'string') return { ok: false, problem: step }
    const next = stepInto(place, step.name)
    if (next === undefined) return { ok: false, problem: 'does not refer to a valid field' }
    path = next.named ? childPath(path, step.name) : keyPath(path, step.name)
    if (index === 0) root = step.name
    ;[place, index] = [next.schema, step.next]
  }
  return { ok: true, path, root, schema: place }
}

function tokensOf(text: string): readonly string[] {
  return text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/gs) ?? []
}

interface Step {
  readonly name: string
  readonly next: number
}

function readStep(tokens: readonly string[], index: number, brackets: 'allowed' | 'refused'): Step | string {
  const token = tokens[index]
  const next = tokens[index + 1]
  if (token === '.') return next === undefined ? 'unexpected end of JSON path' : { name: next, next: index + 2 }
  if (token !== '[') return `expected [ or . but got: ${token ?? ''}`
  if (brackets === 'refused') return 'array notation is not allowed'
  if (next === undefined) return 'unexpected end of JSON path'
  if (!/^'.*'$/s.test(next) || next.length < 2) return `expected single quoted string but got ${next}`
  const close = tokens[index + 2]
  if (close === undefined) return 'unexpected end of JSON path'
  if (close !== ']') return `expected ] but got ${close}`
  return unescape(next.slice(1, -1), index + 3)
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', "'": "'", '\\': '\\' }

function unescape(text: string, next: number): Step | string {
  const bad = [...text.matchAll(/\\(.)/gs)].find((match) => !Object.hasOwn(ESCAPES, match[1] ?? ''))
  if (bad) return `invalid string literal: invalid escape char ${bad[0]}`
  return { name: text.replace(/\\(.)/gs, (_, mark: string) => ESCAPES[mark] ?? ''), next }
}

function stepInto(schema: StructuralSchema | undefined, name: string): { readonly schema: StructuralSchema | undefined; readonly named: boolean } | undefined {
  if (schema?.properties !== undefined) {
    const property = own(schema.properties, name)
    return property && { schema: property, named: true }
  }
  return schema?.additionalProperties === undefined ? undefined : { schema: valuesSchema(schema), named: false }
}
