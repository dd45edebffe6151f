import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { renderCrds } from '@oasgen/crd'
import type { JsonObject } from '@oasgen/json'
import { buildModel } from '@oasgen/model'
import { linkDocument, readDocument, type Document } from '@oasgen/openapi'
import { readRestDefinition, restDefinitionCrd } from '@oasgen/restdefinition'
import { judgeCrd } from '@oasgen/structural'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { parseAllDocuments } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: RealApiServer

beforeAll(async () => { server = await startRealApiServer() }, 1_800_000)
afterAll(async () => server?.close())

/** What the server says to a CRD, without keeping it. */
async function ask(crd: JsonObject): Promise<{ readonly status: number; readonly message: string }> {
  const url = `${server.url}/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All&fieldValidation=Strict`
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', ca: server.ca, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => { text += part }).on('end', () => {
        resolve({ status: response.statusCode ?? 0, message: response.statusCode === 201 ? '' : (JSON.parse(text) as { message: string }).message })
      })
    })
    sent.on('error', reject).end(JSON.stringify(crd))
  })
}

const GOLDENS = new URL('../../specs/crd/', import.meta.url).pathname

describe('kube-apiserver takes what we make', () => {
  it('the CRD of RestDefinition', async () => {
    expect(await ask(restDefinitionCrd())).toEqual({ status: 201, message: '' })
  })

  it.each(readdirSync(GOLDENS).filter((name) => !name.endsWith('.md')))('specs/crd/%s', async (name) => {
    const crds = parseAllDocuments(readFileSync(`${GOLDENS}${name}/crd.golden.yaml`, 'utf8')).map((document) => document.toJS() as JsonObject)
    for (const crd of crds) expect(await ask(crd)).toEqual({ status: 201, message: '' })
  })
})

const CORPUS = `${process.env['OASGEN_SHARED'] ?? new URL('../../../shared', import.meta.url).pathname}/corpus/`
const PRESENT = existsSync(`${CORPUS}candidates.json`)
const SIZE = Number(process.env['OASGEN_SAMPLE'] ?? 120)

/** A script without types, shared with `npm run corpus`. */
const SCRIPT = new URL('../../scripts/corpus-candidates.mjs', import.meta.url).pathname

interface Candidate { readonly file: string; readonly path: string; readonly update: readonly (readonly [string, string])[] }

/** The same sample on every machine: a linear congruence walks through the list. */
function sampled(all: readonly Candidate[]): readonly Candidate[] {
  const order = all.map((candidate, index) => ({ candidate, rank: ((index + 1) * 48271) % 2147483647 % 10007 }))
  return order.toSorted((a, b) => a.rank - b.rank).slice(0, SIZE).map(({ candidate }) => candidate)
}

describe.skipIf(!PRESENT)(`the judge and kube-apiserver agree about ${PRESENT ? SIZE : 'not run: folder absent'} kinds of real documents`, () => {
  it('in both modes', async () => {
    const { definitionFor } = (await import(SCRIPT)) as { definitionFor: (document: Document, candidate: Candidate, schema: string) => unknown }
    const all = JSON.parse(readFileSync(`${CORPUS}candidates.json`, 'utf8')) as Candidate[]
    const documents = new Map<string, Document>()
    const disagreements: string[] = []
    for (const [index, candidate] of sampled(all).entries()) {
      const document = documents.get(candidate.file) ?? open(candidate.file)
      documents.set(candidate.file, document)
      const { value } = readRestDefinition(definitionFor(document, { ...candidate, update: candidate.update ?? [] }, index % 2 === 0 ? 'strict' : 'compatible'))
      if (value === undefined) continue
      const { resource, configuration } = renderCrds(buildModel(document, value).value)
      for (const crd of configuration === undefined ? [resource] : [resource, configuration]) {
        const answer = await ask(crd)
        if ((answer.status === 201) !== (judgeCrd(crd).length === 0) || answer.status !== 201) disagreements.push(`${candidate.file} ${candidate.path}: ${answer.status} ${answer.message.slice(0, 400)}`)
      }
    }
    expect(disagreements).toEqual([])
  }, 600_000)
})

function open(file: string): Document {
  const { value } = readDocument(gunzipSync(readFileSync(`${CORPUS}${file}`)), { uri: file })
  if (value === undefined) throw new Error(`${file} cannot be read`)
  return linkDocument(value)
}
