/** Kubernetes' rules for names and its sentences about them. Each answers the complaints, none when the name is fine. */
export type NameCheck = (name: string) => readonly string[]

interface NameRule {
  readonly limit: number
  readonly unit: 'characters' | 'bytes'
  readonly pattern: RegExp
  readonly sentence: string
  readonly shown: string
  readonly examples: readonly string[]
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const KEY_SENTENCE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

const SUBDOMAIN_RULE: NameRule = {
  limit: 253,
  unit: 'characters',
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  sentence: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  shown: `${LABEL}(\\.${LABEL})*`,
  examples: ['example.com'],
}
const LABEL_1035_RULE: NameRule = {
  limit: 63,
  unit: 'characters',
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  sentence: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  shown: '[a-z]([-a-z0-9]*[a-z0-9])?',
  examples: ['my-name', 'abc-123'],
}
const LABEL_1123_RULE: NameRule = {
  limit: 63,
  unit: 'characters',
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  sentence: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  shown: LABEL,
  examples: ['my-name', '123-abc'],
}
const LABEL_VALUE_RULE: NameRule = {
  limit: 63,
  unit: 'bytes',
  pattern: /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/,
  sentence: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  shown: `(${KEY})?`,
  examples: ['MyValue', 'my_value', '12345'],
}

export const checkSubdomain: NameCheck = (name) => checkRule(SUBDOMAIN_RULE, name)
export const checkLabel1035: NameCheck = (name) => checkRule(LABEL_1035_RULE, name)
export const checkLabelValue: NameCheck = (name) => checkRule(LABEL_VALUE_RULE, name)
export const checkLabel1123: NameCheck = (name) =>
  checkRule(LABEL_1123_RULE, name).map((complaint) =>
    complaint.startsWith('a lowercase') && SUBDOMAIN_RULE.pattern.test(name) ? 'must not contain dots' : complaint,
  )

function checkRule(rule: NameRule, name: string): readonly string[] {
  const complaints: string[] = []
  if (name.length > rule.limit) complaints.push(`must be no more than ${rule.limit} ${rule.unit}`)
  if (!rule.pattern.test(name)) complaints.push(regexComplaint(rule.sentence, rule.shown, rule.examples))
  return complaints
}

function regexComplaint(sentence: string, pattern: string, examples: readonly string[]): string {
  return `${sentence} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`
}

/** A label key: `name` or `prefix.of.dns/name`. */
export const checkLabelKey: NameCheck = (key) => {
  const parts = key.split('/')
  const examples = ['MyName', 'my.name', '123-abc']
  if (parts.length > 2) {
    return [`a valid label key ${regexComplaint(KEY_SENTENCE, KEY, examples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const name = parts.at(-1) ?? ''
  const complaints = parts.length === 2 ? prefixComplaints(parts[0] ?? '') : []
  if (name === '') complaints.push('name part must be non-empty')
  else if (name.length > 63) complaints.push('name part must be no more than 63 bytes')
  if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name)) complaints.push(`name part ${regexComplaint(KEY_SENTENCE, KEY, examples)}`)
  return complaints
}

function prefixComplaints(prefix: string): string[] {
  return prefix === '' ? ['prefix part must be non-empty'] : checkRule({ ...SUBDOMAIN_RULE, unit: 'bytes' }, prefix).map((complaint) => `prefix part ${complaint}`)
}

/** What may stand in a URL path as one segment. */
export const checkPathSegment: NameCheck = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}
