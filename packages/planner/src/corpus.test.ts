import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { prepare } from '@oasgen/engine'
import type { JsonObject } from '@oasgen/json'
import { buildModel, linkOptions } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { MAX_PLAN_BYTES, printPlan, readPlan } from '@oasgen/plan'
import { readRestDefinition } from '@oasgen/restdefinition'
import { compilePlan } from './compile-plan.js'

type Call = readonly [method: string, path: string]
interface Candidate {
  readonly file: string
  readonly path: string
  readonly create: Call | null
  readonly get: Call | null
  readonly delete: Call | null
  readonly list: Call | null
  readonly update: readonly Call[]
  readonly idParam: string | null
}

const folder = `${process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))}/corpus`
const isHere = existsSync(`${folder}/candidates.json`)
const candidates = isHere ? (JSON.parse(readFileSync(`${folder}/candidates.json`, 'utf8')) as readonly Candidate[]) : []
/** A few resources of every document that is read in a moment; `CORPUS=all` takes them all. */
const isAll = process.env['CORPUS'] === 'all'
const SMALL = 60_000
const files = [...new Set(candidates.map(({ file }) => file))].filter((file) => isAll || statSync(`${folder}/${file}`).size < SMALL)

function definitionOf(candidate: Candidate, schema: string): JsonObject {
  const verbs = [['findby', candidate.list], ['get', candidate.get], ['create', candidate.create], ['update', candidate.update[0] ?? null], ['delete', candidate.delete]] as const
  const resource = {
    kind: 'Thing', schema, identifiers: ['name'], additionalStatusFields: candidate.idParam === null ? ['id'] : ['id', candidate.idParam],
    verbsDescription: verbs.flatMap(([action, call]) => (call === null ? [] : [{ action, method: call[0].toUpperCase(), path: call[1] }])),
  }
  return { apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'thing', namespace: 'default' }, spec: { oasPath: `http://docs.example/${candidate.file}`, resourceGroup: 'things.example', resource } }
}

describe.skipIf(!isHere)(isHere ? 'resources of real documents' : `resources of real documents (not run: folder absent)`, () => {
  it.each(files)('%s', (file) => {
    const uri = `http://docs.example/${file.replace(/\.gz$/, '')}`
    const source = readDocument(gunzipSync(readFileSync(`${folder}/${file}`)), { uri }).value
    if (source === undefined) return
    const all = candidates.filter((candidate) => candidate.file === file)
    for (const candidate of isAll ? all : all.slice(0, 2)) {
      for (const schema of ['compatible', 'strict']) {
        const definition = readRestDefinition(definitionOf(candidate, schema)).value
        if (definition === undefined) continue
        const { value: model } = buildModel(linkDocument(source, new Map(), linkOptions(definition)), definition)
        const { value: plan, findings } = compilePlan(model)
        expect(findings.filter(({ severity }) => severity === 'error'), candidate.path).toEqual([])
        if (plan === undefined) throw new Error(`${candidate.path} has no Plan`)
        const { text } = printPlan(plan)
        expect(text.length, candidate.path).toBeLessThan(MAX_PLAN_BYTES)
        expect(readPlan(text).findings, candidate.path).toEqual([])
        expect(prepare(plan).findings, candidate.path).toEqual([])
      }
    }
  })
})
