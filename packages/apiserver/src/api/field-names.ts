import { createHash } from 'node:crypto'
/** The rules of names, labels and the like, with the sentences of Kubernetes. */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

const regexError = (message: string, pattern: string, ...examples: string[]): string => {
  const list = examples.map((example) => `'${example}'`).join(' or ')
  return `${message} (e.g. ${list.replaceAll("' or '", "',  or '")}, regex used for validation is '${pattern}')`
}

const SUBDOMAIN_MESSAGE = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*', 'example.com')
const LABEL_MESSAGE = regexError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  '[a-z0-9]([-a-z0-9]*[a-z0-9])?', 'my-name', '123-abc')
const LABEL_1035_MESSAGE = regexError(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  '[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123')
const QUALIFIED_MESSAGE = regexError(
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]', 'MyName', 'my.name', '123-abc')
const LABEL_VALUE_MESSAGE = regexError(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?', 'MyValue', 'my_value', '12345')

const tooLong = (limit: number): string => `must be no more than ${limit} characters`

export function subdomainFaults(name: string): readonly string[] {
  return [...(name.length > 253 ? [tooLong(253)] : []), ...(SUBDOMAIN.test(name) ? [] : [SUBDOMAIN_MESSAGE])]
}

export function labelFaults(name: string): readonly string[] {
  const fault = SUBDOMAIN.test(name) ? 'must not contain dots' : LABEL_MESSAGE
  return [...(name.length > 63 ? [tooLong(63)] : []), ...(LABEL.test(name) ? [] : [fault])]
}

export function label1035Faults(name: string): readonly string[] {
  return [...(name.length > 63 ? [tooLong(63)] : []), ...(LABEL_1035.test(name) ? [] : [LABEL_1035_MESSAGE])]
}

/** What may stand in a URL: the rule for RBAC names and the last rule for all. */
export function pathSegmentFaults(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  const illegal = ['/', '%'].filter((character) => name.includes(character))
  return illegal.map((character) => `may not contain '${character}'`)
}

export type NameRule = 'subdomain' | 'label' | 'pathSegment' | 'service'

const RULES: Readonly<Record<NameRule, (name: string) => readonly string[]>> = {
  subdomain: subdomainFaults, label: labelFaults, pathSegment: pathSegmentFaults, service: label1035Faults,
}

/** `prefix`: a generateName, of which a trailing dash will be followed by something. */
export function nameFaults(rule: NameRule, name: string, form: 'whole' | 'prefix'): readonly string[] {
  return RULES[rule](form === 'prefix' && rule !== 'pathSegment' ? name.replace(/.-$/, 'a') : name)
}

export function qualifiedNameFaults(name: string): readonly string[] {
  const parts = name.split('/')
  if (parts.length > 2) {
    return [`a qualified name ${regexError(
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]', 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const [prefix, last] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : [undefined, parts[0] ?? '']
  return [...(prefix === undefined ? [] : prefixFaults(prefix)), ...namePartFaults(last)]
}

function prefixFaults(prefix: string): readonly string[] {
  if (prefix === '') return ['prefix part must be non-empty']
  return subdomainFaults(prefix).map((text) => `prefix part ${text}`)
}

function namePartFaults(name: string): readonly string[] {
  if (name === '') return ['name part must be non-empty', QUALIFIED_MESSAGE]
  return [...(name.length > 63 ? [`name part ${tooLong(63)}`] : []), ...(QUALIFIED.test(name) ? [] : [QUALIFIED_MESSAGE])]
}

export function labelValueFaults(value: string): readonly string[] {
  return [...(value.length > 63 ? [tooLong(63)] : []), ...(LABEL_VALUE.test(value) ? [] : [LABEL_VALUE_MESSAGE])]
}

/** A short name for something long: stable, fit for a label. */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10)
