import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderColour, renderJson, type Finding } from '@oasgen/diagnostics'
import type { JsonValue } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import {
  applyOverlays, findOperation, linkDocument, operationSchemas, readDocument, readOverlay, reachableSchemas, reviewDocument, type Document, type Limits, type OverlayDocument,
} from './index.js'

const specs = fileURLToPath(new URL('../../../specs/openapi/', import.meta.url))

interface GoldenCase {
  readonly about: string
  readonly document: string
  readonly limits?: Partial<Limits>
  /** Operations that are looked for, as a RestDefinition would. */
  readonly find?: readonly { readonly path: string; readonly method: string }[]
  readonly overlays?: readonly string[]
  readonly review?: boolean
}

function findingsOf(folder: string, given: GoldenCase, cures: readonly OverlayDocument[] = []): readonly Finding[] {
  const limits = given.limits ?? {}
  const read = readDocument(readFileSync(join(folder, given.document)), { uri: given.document, limits })
  if (read.value === undefined) return read.findings
  const overlays = (given.overlays ?? []).map((file) => readOverlay(readFileSync(join(folder, file)), { uri: file }))
  const applied = applyOverlays(read.value, [...overlays.flatMap(({ value }) => value ?? []), ...cures])
  const findings = [...read.findings, ...overlays.flatMap((overlay) => overlay.findings), ...applied.findings]
  if (applied.value === undefined) return findings
  const document = linkDocument(applied.value, new Map(), { limits })
  return [...findings, ...(given.find ?? []).flatMap((wanted) => findingsAt(document, wanted)), ...(given.review === true ? reviewDocument(document) : [])]
}

function findingsAt(document: Document, { path, method }: { readonly path: string; readonly method: string }): readonly Finding[] {
  const { value, findings } = findOperation(document, path, method)
  const schemas = value === undefined ? [] : [...reachableSchemas(operationSchemas(value))]
  return [...findings, ...schemas.flatMap((schema) => schema.findings)]
}

function compare(file: string, text: string): void {
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(file, text)
  expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '(no golden; write it with UPDATE_GOLDENS=1)')
}

describe('what is wrong with a document is said as in specs/openapi', () => {
  const folders = readdirSync(specs, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()

  it.each(folders)('%s', (name) => {
    const folder = join(specs, name)
    const given = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as GoldenCase
    const findings = findingsOf(folder, given)
    compare(join(folder, 'findings.txt'), renderColour(findings, { colours: 'none', width: 120 }))
    compare(join(folder, 'findings.json'), renderJson(findings))
    for (const finding of findings) if (finding.fix?.kind === 'overlay') expectCure(folder, given, finding)
  })

  /** What is printed as the cure is one: with that overlay the finding is gone and nothing new is said. */
  function expectCure(folder: string, given: GoldenCase, { fix, code, message }: Finding): void {
    if (fix?.kind !== 'overlay') return
    const { value, findings } = readOverlay({ overlay: '1.0.0', info: { title: fix.title, version: '1' }, actions: fix.actions as unknown as JsonValue }, { uri: 'cure' })
    expect(findings).toEqual([])
    const [before, after] = [findingsOf(folder, given), findingsOf(folder, given, value === undefined ? [] : [value])]
    expect(after.map((each) => `${each.code} ${each.message}`), fix.title).not.toContain(`${code} ${message}`)
    expect(after.length).toBeLessThan(before.length)
  }
})
