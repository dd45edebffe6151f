import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { mergePatch, type JsonObject } from '@oasgen/json'
import { readPlan, type Plan } from '@oasgen/plan'
import { compilePlan } from '@oasgen/planner'
import { buildModel, linkOptions } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'
import type { EngineCase } from './engine-case.js'

export const ENGINE_CASES = new URL('../../specs/engine/', import.meta.url)

export function readCase(name: string): EngineCase {
  return parse(readFileSync(new URL(`${name}/case.yaml`, ENGINE_CASES), 'utf8')) as EngineCase
}

/** Most cases are a plain collection with a word or two on top: `base` names it, `document` is merged into its document, `verbs` into its verbs. */
export function withBase(given: EngineCase): Pick<EngineCase, 'document' | 'definition'> {
  if (given.base === undefined) return given
  const base = parse(readFileSync(new URL(`${given.base}.yaml`, ENGINE_CASES), 'utf8')) as Pick<EngineCase, 'document' | 'definition'>
  const verbs = given.verbs ?? {}
  const known = base.definition['verbsDescription'] as readonly JsonObject[]
  const merged = known.flatMap((verb) => { const own = verbs[verb['action'] as string]; return own === null ? [] : [mergePatch(verb, own ?? {}) as JsonObject] })
  const added = Object.entries(verbs).filter(([action, verb]) => verb !== null && !known.some((verb) => verb['action'] === action)).map(([action, verb]) => ({ action, ...(verb as JsonObject) }))
  return {
    document: mergePatch(base.document, given.document ?? {}) as JsonObject,
    definition: { ...(mergePatch(base.definition, given.definition ?? {}) as JsonObject), verbsDescription: [...merged, ...added] },
  }
}

/** The `spec` of the RestDefinition of a case. */
export function specOf(given: EngineCase): JsonObject {
  return {
    oasPath: 'configmap://default/case/openapi.yaml', resourceGroup: 'cases.test', resource: withBase(given).definition,
    ...(given.policy && { policy: given.policy }), ...(given.settingsOfDocument && { document: given.settingsOfDocument }),
  }
}

export function compileCase(given: EngineCase, spec = specOf(given)): Plan {
  const { document } = withBase(given)
  const text = JSON.stringify({ openapi: '3.0.3', info: { title: 'case', version: '1' }, servers: [{ url: 'https://api.test' }], ...document })
  return planOf(text, { apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'case', namespace: 'default' }, spec })
}

function planOf(text: string, definition: JsonObject): Plan {
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
