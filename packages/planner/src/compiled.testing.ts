import { readFileSync } from 'node:fs'
import type { Finding } from '@oasgen/diagnostics'
import { fromPlain, isObject, type JsonObject } from '@oasgen/json'
import { buildModel, linkOptions, type ResourceModel } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import type { Plan } from '@oasgen/plan'
import { readRestDefinition } from '@oasgen/restdefinition'
import { parseAllDocuments } from 'yaml'
import { compilePlan } from './compile-plan.js'

/** A document and a definition on their way to a Plan. */
export interface Compiled {
  readonly model: ResourceModel
  readonly plan: Plan
  readonly findings: readonly Finding[]
  /** What the planner itself has to say. */
  readonly own: readonly Finding[]
}

/** The RestDefinitions of a file of several YAML documents. */
export function readManifests(path: string | URL): readonly JsonObject[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => fromPlain(document.toJS() as unknown)).filter(isObject)
}

export interface CompileInput {
  readonly document: string
  readonly uri?: string
  readonly definition: JsonObject
}

export function compileText({ document, uri = 'http://127.0.0.1:18080/openapi.yaml', definition }: CompileInput): Compiled {
  const read = readRestDefinition(definition)
  if (read.value === undefined) throw new Error(`the definition cannot be read: ${messages(read.findings)}`)
  const source = readDocument(new TextEncoder().encode(document), { uri })
  if (source.value === undefined) throw new Error(`the document cannot be read: ${messages(source.findings)}`)
  const { value: model, findings } = buildModel(linkDocument(source.value, new Map(), linkOptions(read.value)), read.value)
  const compiled = compilePlan(model)
  if (compiled.value === undefined) throw new Error(`there is no Plan: ${messages(compiled.findings)}`)
  return { model, plan: compiled.value, findings: [...read.findings, ...source.findings, ...findings, ...compiled.findings], own: compiled.findings }
}

function messages(findings: readonly Finding[]): string {
  return findings.map(({ code, message }) => `${code} ${message}`).join('; ')
}
