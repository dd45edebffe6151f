import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Catalogue } from './catalogue/entry.js'
import { CATALOGUE, PREFIXES, RETIRED, renderCatalogue, renderExplanation } from './index.js'

const folder = fileURLToPath(new URL('./catalogue/', import.meta.url))
const files = readdirSync(folder).filter((file) => !['index.ts', 'entry.ts', 'retired.ts'].includes(file))

/** The one catalogue constant of each file, by its name, which is also the prefix of its codes. */
const parts: readonly (readonly [string, Catalogue])[] = await Promise.all(files.map(async (file) => {
  const name = file.replace(/\.ts$/, '')
  const exported = Object.entries((await import(`./catalogue/${name}.ts`)) as Readonly<Record<string, Catalogue>>)
  expect(exported, `${file} exports one catalogue`).toHaveLength(1)
  return exported[0] as readonly [string, Catalogue]
}))
const entries = parts.flatMap(([prefix, part]) => Object.entries(part).map(([code, entry]) => ({ prefix, code, entry })))

describe('the catalogue', () => {
  it('is the sum of its files, each with its own prefix, no code twice', () => {
    expect(parts.map(([prefix]) => prefix).sort()).toEqual(Object.keys(PREFIXES).sort())
    expect(entries.map(({ code }) => code).sort()).toEqual(Object.keys(CATALOGUE).sort())
    expect(new Set(entries.map(({ code }) => code)).size).toBe(entries.length)
  })

  it('gives no retired code away again', () => {
    for (const [code, instead] of Object.entries(RETIRED)) {
      expect(Object.hasOwn(CATALOGUE, code), code).toBe(false)
      expect(code).toMatch(/^[A-Z]{3}\d{4}$/)
      expect(instead, code).not.toBe('')
    }
  })

  it('has codes of prefix and four digits, and CamelCase reasons', () => {
    for (const { prefix, code, entry } of entries) {
      expect(code).toMatch(new RegExp(`^${prefix}\\d{4}$`))
      expect(entry.reason, code).toMatch(/^[A-Z][A-Za-z0-9]{2,63}$/)
      expect(['error', 'warning', 'notice'], code).toContain(entry.severity)
    }
  })

  it('has messages of one line, and help that says something', () => {
    for (const { code, entry } of entries) {
      expect(entry.message, code).toMatch(/^\S.*\S$/)
      expect(entry.message.length, code).toBeLessThan(400)
      if (entry.help !== undefined) expect(entry.help.trim(), code).toBe(entry.help.trimEnd())
      if (entry.help !== undefined) expect(entry.help.length, code).toBeGreaterThan(3)
    }
  })

  it('explains every code in real sentences', () => {
    for (const { code, entry } of entries) {
      expect(entry.explain.trim().length, code).toBeGreaterThan(40)
      expect(entry.explain.toLowerCase(), code).not.toMatch(/\btodo\b|\btbd\b|lorem ipsum/)
    }
  })
})

describe('renderCatalogue', () => {
  const page = renderCatalogue()

  it('holds every code with severity, reason and explanation, and is the same each time', () => {
    for (const { code, entry } of entries) {
      expect(page).toContain(`### ${code} ${entry.reason}\n`)
      expect(page).toContain(entry.explain.trim())
    }
    expect(renderCatalogue()).toBe(page)
    expect(page.endsWith('\n')).toBe(true)
    expect(page).not.toMatch(/\n{3}/)
  })

  it('has a section for every prefix that has codes', () => {
    for (const [prefix, part] of parts) {
      expect(page.includes(`\n## ${prefix}: `), prefix).toBe(Object.keys(part).length > 0)
    }
  })

  it('explains one code, and none that never was', () => {
    const [first] = entries
    expect(renderExplanation(first!.code)).toContain(first!.entry.explain.trim())
    expect(renderExplanation('XXX0000')).toBeUndefined()
    expect(renderExplanation('constructor')).toBeUndefined()
  })
})
