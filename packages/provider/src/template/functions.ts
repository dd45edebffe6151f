import { TemplateError, type Place } from './lex.js'

export type TemplateValue = null | boolean | number | string | readonly TemplateValue[] | { readonly [key: string]: TemplateValue }

type TemplateFunction = (...values: TemplateValue[]) => TemplateValue

/** The documented functions, as Go's text/template and sprig define them; the piped value comes last. */
const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1) ?? null,
  or: (...values) => values.find(isTrue) ?? values.at(-1) ?? null,
  not: (value) => !isTrue(value ?? null),
  eq: (first, ...others) => others.some((other) => same(first ?? null, other)),
  ne: (first, second) => !same(first ?? null, second ?? null),
  default: (fallback, value) => (isTrue(value ?? null) ? (value ?? null) : (fallback ?? null)),
  empty: (value) => !isTrue(value ?? null),
  ternary: (yes, no, condition) => (isTrue(condition ?? null) ? (yes ?? null) : (no ?? null)),
  quote: (...values) => values.map((value) => JSON.stringify(text(value))).join(' '),
  squote: (...values) => values.map((value) => `'${text(value)}'`).join(' '),
  lower: (value) => text(value).toLowerCase(),
  upper: (value) => text(value).toUpperCase(),
  trim: (value) => text(value).trim(),
  trunc: (length, value) => (Number(length) >= 0 ? text(value).slice(0, Number(length)) : text(value).slice(Number(length))),
  trimSuffix: (suffix, value) => (text(value).endsWith(text(suffix)) ? text(value).slice(0, text(value).length - text(suffix).length) : text(value)),
  trimPrefix: (prefix, value) => (text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value)),
  replace: (old, next, value) => text(value).replaceAll(text(old), () => text(next)),
  contains: (part, value) => text(value).includes(text(part)),
  hasPrefix: (part, value) => text(value).startsWith(text(part)),
  hasSuffix: (part, value) => text(value).endsWith(text(part)),
  indent: (width, value) => indented(Number(width), text(value)),
  nindent: (width, value) => `\n${indented(Number(width), text(value))}`,
  toJson: (value) => JSON.stringify(value ?? null),
  // JSON is YAML: one line, no question of quoting.
  toYaml: (value) => JSON.stringify(value ?? null),
  b64enc: (value) => Buffer.from(text(value)).toString('base64'),
  int: (value) => Math.trunc(Number(value)),
  printf: (format, ...values) => formatted(text(format), values),
  print: (...values) => values.map(text).join(''),
}

export const TEMPLATE_FUNCTIONS: readonly string[] = Object.keys(FUNCTIONS).sort()

export function callFunction(name: string, values: readonly TemplateValue[], at: Place): TemplateValue {
  const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (called === undefined) throw new TemplateError(`the function \`${name}\` is not known here; known are ${TEMPLATE_FUNCTIONS.join(', ')}`, at)
  return called(...values)
}

/** Truth as Go's templates see it: zero, empty and nil are false. */
export function isTrue(value: TemplateValue): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

function text(value: TemplateValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function same(left: TemplateValue, right: TemplateValue): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

function indented(width: number, value: string): string {
  return value.split('\n').map((line) => ' '.repeat(width) + line).join('\n')
}

function formatted(format: string, values: readonly TemplateValue[]): string {
  let next = 0
  return format.replace(/%([sdvq%])/g, (_, verb: string) => {
    if (verb === '%') return '%'
    const value = text(values[next++])
    return verb === 'q' ? JSON.stringify(value) : value
  })
}
