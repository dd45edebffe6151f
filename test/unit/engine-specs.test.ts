import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { mergePatch, type JsonObject } from '@oasgen/json'
import { readPlan } from '@oasgen/plan'
import { compilePlan } from '@oasgen/planner'
import { buildModel, linkOptions } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'
import { runCase, type EngineCase } from './engine-case.js'

const folder = new URL('../../specs/engine/', import.meta.url)

/** Each folder: document, definition, resource and a script of what is to be sent, answered and concluded. */
describe('specs/engine', () => {
  const names = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name) : []
  it.each(names)('%s', (name) => {
    const given = parse(readFileSync(new URL(`${name}/case.yaml`, folder), 'utf8')) as EngineCase
    runCase(compile(given), given)
  })
})

/** Most cases are a plain collection with a word or two on top: `base` names it, `document` is merged into its document, `verbs` into its verbs. */
function withBase(given: EngineCase): Pick<EngineCase, 'document' | 'definition'> {
  if (given.base === undefined) return given
  const base = parse(readFileSync(new URL(`${given.base}.yaml`, folder), 'utf8')) as Pick<EngineCase, 'document' | 'definition'>
  const verbs = given.verbs ?? {}
  const known = base.definition['verbsDescription'] as readonly JsonObject[]
  const merged = known.flatMap((verb) => { const own = verbs[verb['action'] as string]; return own === null ? [] : [mergePatch(verb, own ?? {}) as JsonObject] })
  const added = Object.entries(verbs).filter(([action, verb]) => verb !== null && !known.some((verb) => verb['action'] === action)).map(([action, verb]) => ({ action, ...(verb as JsonObject) }))
  return {
    document: mergePatch(base.document, given.document ?? {}) as JsonObject,
    definition: { ...(mergePatch(base.definition, given.definition ?? {}) as JsonObject), verbsDescription: [...merged, ...added] },
  }
}

function compile(given: EngineCase): ReturnType<typeof planOf> {
  const { document, definition } = withBase(given)
  const text = JSON.stringify({ openapi: '3.0.3', info: { title: 'case', version: '1' }, servers: [{ url: 'https://api.test' }], ...document })
  return planOf(text, { apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'case', namespace: 'default' }, spec: { oasPath: 'configmap://default/case/openapi.yaml', resourceGroup: 'cases.test', resource: definition } })
}

function planOf(text: string, definition: JsonObject) {
  const read = readRestDefinition(definition)
  const source = readDocument(text, { uri: 'https://api.test/openapi.json' })
  if (read.value === undefined || source.value === undefined) throw new Error(JSON.stringify([read.findings, source.findings], null, 1))
  const model = buildModel(linkDocument(source.value, new Map(), linkOptions(read.value)), read.value)
  const plan = compilePlan(model.value)
  const errors = [...read.findings, ...source.findings, ...model.findings, ...plan.findings].filter(({ severity }) => severity === 'error')
  expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  expect(readPlan(plan.value as never).findings).toEqual([])
  if (plan.value === undefined) throw new Error('no Plan')
  return plan.value
}
