import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject } from '@oasgen/json'
import { memberOf, placeOf, type LinkContext, type Located, type Report } from './link-context.js'
import { nameValue } from './name-value.js'
import { removalFix } from './overlay-fix.js'
import { below } from './pointer.js'
import { follow } from './reference.js'

/** The object that a place holds or refers to; what is broken is told as a warning, and the part is left out. */
export function objectAt(context: LinkContext, located: Located, what: string, report: Report): Located<JsonObject> | undefined {
  const followed = follow(context, located)
  if (!followed.ok) {
    report(weakened(followed.problem))
    return undefined
  }
  if (isObject(followed.target.value)) return followed.target as Located<JsonObject>
  const problem = `it is ${nameValue(followed.target.value)}, expected an object`
  report(finding('OAS0304', { what, problem }, { where: placeOf(located), ...removalFix(located, `leave ${what} out`) }))
  return undefined
}

/** A part of an operation that cannot be read costs the part, not the operation. */
function weakened(problem: Finding): Finding {
  return problem.severity === 'error' ? { ...problem, severity: 'warning' } : problem
}

/** A member that is an object, followed; absent and null are nothing. */
export function objectMember(
  context: LinkContext,
  parent: Located<JsonObject>,
  name: string,
  report: Report,
): Located<JsonObject> | undefined {
  const member = memberOf(parent, name)
  return member === undefined || member.value === null ? undefined : objectAt(context, member, `\`${name}\``, report)
}

/** The members of an object, each with its place; extensions are none. */
export function membersOf(located: Located<JsonObject> | undefined): readonly (readonly [string, Located])[] {
  if (located === undefined) return []
  const { source, pointer, value } = located
  return Object.entries(value)
    .filter(([name]) => !name.startsWith('x-'))
    .map(([name, member]) => [name, { source, pointer: below(pointer, name), value: member }] as const)
}

/** The elements of a list, which documents of several files may keep elsewhere. */
export function elementsOf(context: LinkContext, written: Located | undefined, what: string, report: Report): readonly Located[] {
  if (written === undefined || written.value === null) return []
  const followed = follow(context, written)
  if (!followed.ok) report(weakened(followed.problem))
  const located = followed.ok ? followed.target : { ...written, value: [] }
  const { source, pointer, value } = located
  if (isArray(value)) return value.map((item, index) => ({ source, pointer: below(pointer, index), value: item }))
  report(finding('OAS0304', { what, problem: `it is ${nameValue(value)}, expected a list` }, { where: placeOf(located), ...removalFix(located, `leave ${what} out`) }))
  return []
}
