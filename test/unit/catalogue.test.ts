import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '@oasgen/diagnostics'

const PACKAGES = new URL('../../packages/', import.meta.url).pathname
const CODE = /'([A-Z]{2,4}\d{4})'/g

function isProductSource(file: string): boolean {
  return file.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(file) && file.includes('/src/') && !file.startsWith('diagnostics/src/catalogue/')
}

/** Where each code stands in the sources of the product, the catalogue itself left out. */
function codesInSources(): ReadonlyMap<string, string> {
  const files = readdirSync(PACKAGES, { recursive: true }).map(String).filter((file) => isProductSource(file) && !file.includes('node_modules'))
  return new Map(files.flatMap((file) => [...readFileSync(PACKAGES + file, 'utf8').matchAll(CODE)].map((match): [string, string] => [match[1] ?? '', file])))
}

describe('the catalogue of findings', () => {
  const used = codesInSources()

  it('has no entry that nothing reports', () => {
    expect(Object.keys(CATALOGUE).filter((code) => !used.has(code))).toEqual([])
  })

  it('has an entry for every code that something reports', () => {
    expect([...used].filter(([code]) => !Object.hasOwn(CATALOGUE, code)).map(([code, file]) => `${code} in ${file}`)).toEqual([])
  })
})
