import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { prepare } from '@oasgen/engine'
import { printPlan, readPlan } from '@oasgen/plan'
import { compileText, readManifests } from './compiled.testing.js'

interface IndexedVerb {
  readonly action: string
  readonly method: string
  readonly inOas: boolean
  readonly server?: string
  readonly successCodes?: readonly string[]
}
interface IndexedDefinition {
  readonly file: string
  readonly oas: string
  readonly kind: string
  readonly identifiers: readonly string[]
  readonly verbs: readonly IndexedVerb[]
}
interface Index {
  readonly providers: Readonly<Record<string, { readonly restDefinitions: readonly IndexedDefinition[] }>>
}

const folder = `${process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))}/providers`
const isHere = existsSync(`${folder}/index.json`)
const index = isHere ? (JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as Index) : { providers: {} }
const rows = Object.entries(index.providers).flatMap(([provider, { restDefinitions }]) => restDefinitions.map((definition) => ({ name: `${provider}/${definition.kind}`, provider, definition })))

describe.skipIf(!isHere)(isHere ? 'the RestDefinitions of published charts' : 'the RestDefinitions of published charts (30 not run: folder absent)', () => {
  it.each(rows)('$name compiles', ({ provider, definition }) => {
    const [object] = readManifests(`${folder}/${provider}/${definition.file}`)
    if (object === undefined) throw new Error(`${definition.file} is empty`)
    const compiled = compileText({ document: readFileSync(`${folder}/${provider}/${definition.oas}`, 'utf8'), uri: 'configmap:default/x/y', definition: object })
    const { plan, own } = compiled
    expect(own.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(readPlan(printPlan(plan).text).findings).toEqual([])
    expect(prepare(plan).findings).toEqual([])
    expect(plan.resource.kind).toBe(definition.kind)
    const wanted = definition.verbs.filter(({ inOas }) => inOas)
    expect(Object.keys(plan.actions).toSorted()).toEqual(wanted.map(({ action }) => action).toSorted())
    for (const { action, method, server, successCodes } of wanted) {
      const call = plan.actions[action as 'get']?.call
      expect(call?.method, action).toBe(method)
      expect(plan.servers[call?.server ?? -1]?.url, action).toBe(server)
      expect(call?.response.successCodes.toSorted(), action).toEqual(successCodes?.toSorted())
    }
    expect(plan.actions.findby?.match?.identifiers.map(({ path }) => path) ?? definition.identifiers).toEqual(definition.identifiers)
  })
})
