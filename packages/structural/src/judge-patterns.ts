import { tryRegex } from '@oasgen/expressions'
import { valuesSchema, type StructuralSchema } from './schema.js'
import { childPath, indexPath, invalid, keyPath, type Violation } from './violation.js'

/** Patterns that Go's regexp does not take, wherever they stand. Each is compiled once: kinds repeat theirs hundreds of times. */
export function judgePatterns(schema: StructuralSchema, path: string): readonly Violation[] {
  const known = new Map<string, string | undefined>()
  const problemOf = (pattern: string): string | undefined => {
    if (!known.has(pattern)) {
      const compiled = tryRegex(pattern)
      known.set(pattern, typeof compiled === 'string' ? compiled : undefined)
    }
    return known.get(pattern)
  }
  const violations: Violation[] = []
  const visit = (node: StructuralSchema, at: string): void => {
    const problem = node.pattern === undefined || node.pattern === '' ? undefined : problemOf(node.pattern)
    if (problem !== undefined) violations.push(invalid(childPath(at, 'pattern'), node.pattern ?? '', `must be a valid regular expression, but isn't: ${problem}`))
    for (const [child, below] of childrenOf(node, at)) visit(child, below)
  }
  visit(schema, path)
  return violations
}

function childrenOf(node: StructuralSchema, path: string): readonly (readonly [StructuralSchema, string])[] {
  const values = valuesSchema(node)
  return [
    ...Object.entries(node.properties ?? {}).map(([name, child]) => [child, keyPath(childPath(path, 'properties'), name)] as const),
    ...(node.items ? [[node.items, childPath(path, 'items')] as const] : []),
    ...(values ? [[values, childPath(path, 'additionalProperties')] as const] : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((junctor) => (node[junctor] ?? []).map((branch, index) => [branch, indexPath(childPath(path, junctor), index)] as const)),
    ...(node.not ? [[node.not, childPath(path, 'not')] as const] : []),
  ]
}
