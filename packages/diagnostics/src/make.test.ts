import { describe, expect, it } from 'vitest'
import { CATALOGUE, finding, type FindingCode, type FindingTexts } from './index.js'

describe('finding', () => {
  it('fills the places of message and help', () => {
    const made = finding('OAS0005', { size: 40_000_000, limit: '32 MiB' })
    expect(made.message).toBe('the document has 40000000 bytes, the limit is 32 MiB')
    expect(made.code).toBe('OAS0005')
    expect(made.severity).toBe(CATALOGUE.OAS0005.severity)
  })

  it('takes texts as they are: no place inside of them is filled again', () => {
    expect(finding('OAS0005', { size: '{limit}', limit: '$&' }).message).toBe('the document has {limit} bytes, the limit is $&')
  })

  it('prefers what the finder knows better', () => {
    const made = finding('OAS0005', { size: 1, limit: 2 }, { help: 'cut it', severity: 'warning' })
    expect(made).toMatchObject({ help: 'cut it', severity: 'warning' })
    expect('where' in made || 'fix' in made || 'related' in made, 'what is absent is no member').toBe(false)
  })

  it('leaves no place of any entry open when all its names are given', () => {
    for (const [code, entry] of Object.entries(CATALOGUE) as [FindingCode, { message: string; help?: string }][]) {
      const names = [...`${entry.message} ${entry.help ?? ''}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
      const texts = Object.fromEntries(names.map((name) => [name, 'X'])) as unknown as FindingTexts<FindingCode>
      const made = finding(code, texts)
      expect(`${made.message} ${made.help ?? ''}`, code).not.toMatch(/\{\w+\}/)
    }
  })

  it('refuses, when it is compiled, texts that do not match', () => {
    expect(refused).toBeTypeOf('function')
  })
})

/** Never called: the compiler is what tests it. */
function refused(): void {
  // @ts-expect-error a text is missing
  finding('OAS0005', { size: 1 })
  // @ts-expect-error the entry has no such place
  finding('OAS0005', { size: 1, limit: 2, more: 3 })
  // @ts-expect-error an entry without places takes no texts
  finding('OAS0001', { any: 1 })
  // @ts-expect-error there is no such code
  finding('OAS9999', {})
  // @ts-expect-error severities are three words
  finding('OAS0001', {}, { severity: 'fatal' })
}
