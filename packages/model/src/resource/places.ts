/** One path parameter of a template, in order. */
export function parametersIn(path: string): readonly string[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '')
}

/** The template up to and with a parameter: `/zones/{zone_id}`. */
export function prefixTo(path: string, parameter: string): string | undefined {
  const end = path.indexOf(`{${parameter}}`)
  return end < 0 ? undefined : path.slice(0, end + parameter.length + 2)
}

export function endsWithParameter(path: string): boolean {
  return /\{[^}]+\}\/?$/.test(path)
}

/** Parameters behind the last literal segment: what names the item itself. */
export function trailingParameters(path: string): readonly string[] {
  const segments = path.replace(/\/+$/, '').split('/')
  const found: string[] = []
  for (const segment of segments.toReversed()) {
    const names = parametersIn(segment)
    if (names.length === 0) break
    found.unshift(...names)
  }
  return found
}
