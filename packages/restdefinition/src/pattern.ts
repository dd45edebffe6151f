import { type FieldPath, parsePath, printPath, rootOf, type Root } from '@oasgen/fieldpath'

/** One step of a field pattern; `each` = every element of a list. */
export type PatternStep = { readonly key: string } | { readonly each: true }

export type FieldPattern =
  | { readonly ok: true; readonly root: Root | undefined; readonly steps: readonly PatternStep[] }
  | { readonly ok: false; readonly column: number; readonly message: string }

/** A path of `fields[]`: the language of field paths, with `[]` for every element of a list. Indexes and selections have no place in it. */
export function readFieldPattern(text: string): FieldPattern {
  const parts = splitAtEach(text)
  const paths: FieldPath[] = []
  let column = 0
  for (const part of parts) {
    const parsed = part === '' ? ({ ok: true, path: [] } as const) : parsePath(part)
    if (!parsed.ok) return { ok: false, column: column + parsed.column, message: parsed.message }
    if (parsed.path.some((segment) => !('key' in segment))) return {
      ok: false,
      column: column + 1,
      message: 'an index has no place here, [] stands for every element',
    }
    paths.push(parsed.path)
    column += part.length + 2
  }
  return joined(paths)
}

/** `[]` cannot stand inside a quoted name without a quote before it, so a plain split at unquoted `[]` is exact. */
function splitAtEach(text: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  let quote: string | undefined
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at)
    if (quote === undefined && letter === '[' && text[at + 1] === ']') {
      parts.push(part)
      part = ''
      at += text[at + 2] === '.' ? 2 : 1
      continue
    }
    if (letter === quote) quote = undefined
    else if (quote === undefined && (letter === '\'' || letter === '"') && text[at - 1] === '[') quote = letter
    part += letter
  }
  return [...parts, part]
}

function joined(paths: readonly FieldPath[]): FieldPattern {
  const [first = [], ...others] = paths
  const { root, rest } = rootOf(first)
  const steps: PatternStep[] = keysOf(rest)
  for (const path of others) steps.push({ each: true }, ...keysOf(path))
  return { ok: true, root, steps }
}

function keysOf(path: FieldPath): PatternStep[] {
  return path.flatMap((segment) => ('key' in segment ? [{ key: segment.key }] : []))
}

/** The text of a pattern below its root: `credentials[].value`. */
export function printFieldPattern(steps: readonly PatternStep[]): string {
  let text = ''
  let keys: { key: string }[] = []
  const flush = (): void => {
    if (keys.length === 0) return
    const printed = printPath(keys)
    text += text === '' || printed.startsWith('[') ? printed : `.${printed}`
    keys = []
  }
  for (const step of steps) {
    if ('key' in step) keys.push(step)
    else {
      flush()
      text += '[]'
    }
  }
  flush()
  return text
}
