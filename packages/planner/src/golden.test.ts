import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { printPlan, readPlan, type Plan } from '@oasgen/plan'
import { compileText, readManifests } from './compiled.testing.js'

const SPECS = new URL('../../../specs/plan/', import.meta.url)
const isUpdate = process.env['UPDATE_GOLDENS'] === '1'

const cases = readdirSync(SPECS).filter((name) => existsSync(new URL(`${name}/restdefinition.yaml`, SPECS)))

function compile(name: string): { readonly plan: Plan; readonly findings: readonly string[] } {
  const [definition] = readManifests(new URL(`${name}/restdefinition.yaml`, SPECS))
  if (definition === undefined) throw new Error(`${name} has no definition`)
  const document = readFileSync(new URL(`${name}/openapi.yaml`, SPECS), 'utf8')
  const spec = definition['spec'] as { readonly oasPath: string }
  const { plan, findings } = compileText({ document, uri: spec.oasPath, definition })
  return { plan, findings: findings.map(({ code, severity, message }) => `${severity} ${code} ${message}`) }
}

/** The Plan in canonical order, for people; what is published is the same without spaces. */
function golden({ plan, findings }: ReturnType<typeof compile>): string {
  return `${JSON.stringify({ findings, plan: JSON.parse(printPlan(plan).text) as unknown }, null, 2)}\n`
}

describe('specs/plan', () => {
  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(5)
    expect(cases.filter((name) => !existsSync(new URL(`${name}/README.md`, SPECS)))).toEqual([])
  })

  it.each(cases)('%s', (name) => {
    const compiled = compile(name)
    const place = new URL(`${name}/plan.golden.json`, SPECS)
    if (isUpdate) writeFileSync(place, golden(compiled))
    expect(golden(compiled)).toBe(readFileSync(place, 'utf8'))
    expect(readPlan(printPlan(compiled.plan).text).findings).toEqual([])
  })

  it.each(cases)('%s gives the same bytes again', (name) => {
    expect(printPlan(compile(name).plan).text).toBe(printPlan(compile(name).plan).text)
  })
})
