import type { ConstantPlan, PathPiece } from '@oasgen/plan'

export interface TemplatePlan {
  readonly pieces: readonly PathPiece[]
  /** Some documents write a query into the path. */
  readonly queries: readonly ConstantPlan[]
}

/** The template of a path as pieces. A fragment only tells operations of one path apart, and is never sent. */
export function compileTemplate(template: string): TemplatePlan {
  const [path, query] = splitOnce(template.replace(/#.*$/s, ''), '?')
  return { pieces: piecesOf(path), queries: query === undefined ? [] : constantsOf(query) }
}

function splitOnce(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function piecesOf(path: string): readonly PathPiece[] {
  const parts = path.split(/\{([^{}]+)\}/)
  const pieces = parts.map((part, at): PathPiece => (at % 2 === 1 ? { parameter: part } : escapeLiteral(part)))
  return pieces.filter((piece) => piece !== '')
}

/** What may stand in a path stays; escapes that the document wrote are kept. */
function escapeLiteral(text: string): string {
  return text.replace(/%(?![\da-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/giu, (character) => encodeURIComponent(character))
}

/** Pairs with a parameter in them are left to that parameter. */
function constantsOf(query: string): readonly ConstantPlan[] {
  return query.split('&').flatMap((pair) => {
    const [name, value = ''] = splitOnce(pair, '=')
    return name === '' || /[{}]/.test(pair) ? [] : [{ name: decoded(name), value: decoded(value) }]
  })
}

function decoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (codes) => {
    const bytes = codes.slice(1).split('%').map((code) => Number.parseInt(code, 16))
    return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? String.fromCharCode(...bytes) : codes
  })
}
