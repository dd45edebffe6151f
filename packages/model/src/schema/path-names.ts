import { parsePath } from '@oasgen/fieldpath'

/** The names of a path of plain names; undefined when it has an index or a selection, or cannot be read. */
export function pathNames(path: string): readonly string[] | undefined {
  const parsed = parsePath(path)
  if (!parsed.ok) return undefined
  const names = parsed.path.flatMap((segment) => ('key' in segment ? [segment.key] : []))
  return names.length === parsed.path.length ? names : undefined
}

/** The first name of a path, where it is one. */
export function firstName(path: string): string | undefined {
  const parsed = parsePath(path)
  const first = parsed.ok ? parsed.path[0] : undefined
  return first !== undefined && 'key' in first ? first.key : undefined
}
