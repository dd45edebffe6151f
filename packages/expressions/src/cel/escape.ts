const RESERVED: ReadonlySet<string> = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace',
  'return', 'var', 'void', 'while',
])

const ESCAPES: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }
const UNESCAPES: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' }

/** The name by which CEL reaches a field; undefined for names that no rule can reach. */
export function escapeField(name: string): string | undefined {
  if (name === '' || /^[0-9]/.test(name) || /[^a-zA-Z0-9_./-]/.test(name)) return undefined
  if (RESERVED.has(name)) return `__${name}__`
  return name.replace(/__|[-./]/g, (part) => ESCAPES[part] ?? part)
}

/** The field behind a name of CEL; undefined for escapes that mean nothing. */
export function unescapeField(name: string): string | undefined {
  let valid = true
  const plain = name.replace(/__([^_]+)__/g, (whole, inner: string) => {
    if (Object.hasOwn(UNESCAPES, inner)) return UNESCAPES[inner] ?? ''
    if (!RESERVED.has(inner) || whole !== name) valid = false
    return inner
  })
  return valid ? plain : undefined
}
