import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { judgeCrd, printViolation } from '@oasgen/structural'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { build, type Built } from './cases.testing.js'
import type { FidelityReport } from './fidelity/report.js'
import { FIDELITY_RULES } from './fidelity/rules.js'
import { printYaml } from './yaml.js'

/**
 * Each folder of specs/crd is a hard case: document, definition, both CRDs, what was lost, one line why. `UPDATE_GOLDENS=1` writes what
 * we make now; it does not let a case lose more than before, which takes `UPDATE_GOLDENS=loosen`.
 */
const ROOT = new URL('../../../specs/crd/', import.meta.url).pathname
const UPDATE = process.env['UPDATE_GOLDENS']
const CASES = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name)

function read(name: string, file: string): string {
  return readFileSync(`${ROOT}${name}/${file}`, 'utf8')
}

function buildCase(name: string): Built {
  return build(read(name, 'openapi.yaml'), parse(read(name, 'restdefinition.yaml')))
}

function crdText({ resource, configuration }: Built): string {
  return configuration === undefined ? printYaml(resource) : `${printYaml(resource)}---\n${printYaml(configuration)}`
}

interface GoldenReport {
  readonly fidelity: Omit<FidelityReport, 'size'>
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly message: string; readonly where?: string }[]
}

function reportOf({ fidelity, all }: Built): GoldenReport {
  const { size: _, ...rest } = fidelity
  const findings = all.map(({ code, severity, message, where }) => ({ code, severity, message, ...(where?.kind === 'document' && { where: `${where.uri}#${where.pointer}` }) }))
  return { fidelity: rest, findings }
}

function golden(name: string, file: string, text: string): void {
  const path = `${ROOT}${name}/${file}`
  if (UPDATE !== undefined) writeFileSync(path, text)
  else expect(text === readFileSync(path, 'utf8') ? 'same' : text, `${name}/${file} differs; look at the difference, then UPDATE_GOLDENS=1`).toBe(text === readFileSync(path, 'utf8') ? 'same' : readFileSync(path, 'utf8'))
}

/** What a case loses may only shrink. */
function ratchet(name: string, report: GoldenReport): void {
  const path = `${ROOT}${name}/fidelity.golden.json`
  if (UPDATE === 'loosen' || !existsSync(path)) return
  const before = (JSON.parse(readFileSync(path, 'utf8')) as GoldenReport).fidelity
  for (const count of ['weakened', 'dropped', 'untyped'] as const) expect(report.fidelity[count], `${name} loses more than before (${count})`).toBeLessThanOrEqual(before[count])
}

describe(`kinds of ${CASES.length} hard cases`, () => {
  it.each(CASES)('%s', (name) => {
    const built = buildCase(name)
    expect(judgeCrd(built.resource).map(printViolation)).toEqual([])
    expect(built.configuration === undefined ? [] : judgeCrd(built.configuration).map(printViolation)).toEqual([])
    const report = reportOf(built)
    for (const { rule } of report.fidelity.entries) expect(FIDELITY_RULES).toHaveProperty([rule])
    ratchet(name, report)
    golden(name, 'crd.golden.yaml', crdText(built))
    golden(name, 'fidelity.golden.json', `${JSON.stringify(report, null, 2)}\n`)
  })

  it('each says in one line what it guards', () => {
    for (const name of CASES) expect(read(name, 'README.md').trim().split('\n'), name).toHaveLength(1)
  })

  it('is the same on every run', () => {
    for (const name of CASES.slice(0, 12)) expect(crdText(buildCase(name))).toBe(crdText(buildCase(name)))
  })
})
