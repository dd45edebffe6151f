import { nearest } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { shorten } from './name-value.js'
import { childOf } from './pointer.js'

/** Where the parser of JSONPath stopped; its own words list sets of characters. */
export function nameSyntaxError(problem: unknown, target: string): string {
  const offset = problem instanceof Error ? offsetOf(problem) : undefined
  if (offset === undefined) return problem instanceof Error ? shorten(problem.message, 100) : 'it cannot be read'
  const found = target.charAt(offset)
  return found === '' ? 'it ends too early' : `\`${found}\` at character ${offset + 1} is not expected`
}

function offsetOf(problem: Error & { readonly location?: { readonly start?: { readonly offset?: unknown } } }): number | undefined {
  const offset = problem.location?.start?.offset
  return typeof offset === 'number' ? offset : undefined
}

/** What to do about a text that is no JSONPath. */
export function adviseTarget(target: string): string {
  if (!target.startsWith('$')) return 'a JSONPath begins with `$`, the document'
  const slashed = /\.(\/[^.[\]]*)/.exec(target)?.[1]
  if (slashed !== undefined) return `put a name with slashes into brackets and quotes: \`['${slashed}']\``
  const dashed = /\.([\w]+-[\w-]*)/.exec(target)?.[1]
  if (dashed !== undefined) return `put a name with a dash into brackets and quotes: \`['${dashed}']\``
  return 'write names that are no identifiers as `[\'name\']`'
}

/** Where a target that matches nothing leaves the document: the first step that is not there, and what it may have meant. */
export function namePathProblem(root: JsonObject, target: string): string {
  let value: JsonValue = root
  let walked = '$'
  for (const [text, name] of plainSteps(target)) {
    const child = childOf(value, name)
    if (child === undefined) return missingStep(value, walked, name)
    value = child
    walked += text
  }
  return 'look whether the document still has what the target describes'
}

/** The steps at the beginning that name one member or element each. */
function plainSteps(target: string): readonly (readonly [text: string, name: string])[] {
  const steps: (readonly [string, string])[] = []
  const step = /\.([A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]/y
  step.lastIndex = 1
  for (let match = step.exec(target); match !== null; match = step.exec(target)) {
    const name = match.slice(1).find((group) => group !== undefined) ?? ''
    steps.push([match[0], name.replaceAll(/\\(.)/g, '$1')])
  }
  return steps
}

function missingStep(value: JsonValue, walked: string, name: string): string {
  if (isArray(value)) return `\`${walked}\` has ${value.length} elements`
  const near = isObject(value) ? nearest(name, Object.keys(value)) : undefined
  const problem = `\`${walked}\` has no \`${shorten(name, 60)}\``
  return near === undefined ? problem : `${problem}; did you mean \`${near}\`?`
}
