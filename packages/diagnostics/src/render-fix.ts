import type { Fix, OverlayAction } from './finding.js'
import { oneLine } from './text.js'

/** What a fix is about, and for one of the document the overlay itself, to be copied as it stands. */
export function fixLines(fix: Fix): readonly string[] {
  const title = oneLine(fix.title)
  if (fix.kind === 'definition') return [title]
  return [`${title}, by this overlay:`, 'actions:', ...fix.actions.flatMap(actionLines)]
}

function actionLines({ target, update, remove }: OverlayAction): readonly string[] {
  const plain = /^[^\s#:]*$/.test(target)
  const rest = remove === true ? 'remove: true' : `update: ${flow(update)}`
  return [`- target: ${plain ? target : JSON.stringify(target)}`, `  ${rest}`]
}

/** A value as YAML and JSON both read it; numbers that no double holds keep their digits. */
function flow(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return (value as { readonly toString: () => string }).toString()
  return `{${Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [`${JSON.stringify(name)}: ${flow(item)}`])).join(', ')}}`
}
