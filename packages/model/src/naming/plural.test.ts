import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pluralOf } from './plural.js'

const SHARED = process.env['OASGEN_SHARED'] ?? new URL('../../../../../shared', import.meta.url).pathname
const TABLE = `${SHARED}/peer-cases/plural.json`

describe('plurals', () => {
  it.each([
    ['Repo', 'repoes', 'kubectl get repoes is what users of the reference type'],
    ['TeamRepo', 'teamrepoes', 'the last word decides'],
    ['GitRepository', 'gitrepositories', 'a consonant before y'],
    ['Index', 'indices', 'a dictionary word'],
    ['Person', 'people', 'an irregular one'],
    ['KaaS', 'kaases', 'the name of the CRD, not the name that the reference looks for and never finds'],
    ['Dns', 'dnsdnses', 'strange, and yet the name of the CRD that exists'],
    ['Zone', 'zones', 'the ordinary case'],
  ])('%s → %s (%s)', (kind, plural) => {
    expect(pluralOf(kind)).toBe(plural)
  })
})

interface Case {
  readonly name: string
  readonly input: { readonly kind: string }
  readonly expected: { readonly plural?: string; readonly crdPlural?: string }
  readonly better?: { readonly plural: string }
}

const cases = existsSync(TABLE)
  ? (JSON.parse(readFileSync(TABLE, 'utf8')) as { groups: { cases: Case[] }[] }).groups.flatMap((group) => group.cases)
  : []

describe.skipIf(cases.length === 0)(`plurals of the reference (${cases.length === 0 ? 'not run: folder absent' : cases.length})`, () => {
  it.each(cases)('$name', ({ input, expected, better }) => {
    expect(pluralOf(input.kind)).toBe(better?.plural ?? expected.plural)
  })
})

it('is a legal name for every legal kind', () => {
  for (const kind of ['Dns', 'HTTPS', 'A-S', 'X', 'a1', 'Tz', 'O', 'SSS', 'Id', 'ID', 'WiFi', 'UTF8', `A${'b'.repeat(45)}`]) {
    expect(pluralOf(kind)).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
  }
})
