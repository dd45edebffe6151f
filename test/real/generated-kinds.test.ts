import { readdirSync, readFileSync } from 'node:fs'
import type { JsonObject } from '@oasgen/json'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { parseAllDocuments } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFINITIONS, faultsOf, send } from './generated-kinds-client.js'

let server: RealApiServer

beforeAll(async () => { server = await startRealApiServer() }, 1_800_000)
afterAll(async () => server?.close())

/** What the server says to a CRD, without keeping it. */
async function ask(crd: JsonObject): Promise<readonly string[]> {
  return faultsOf(await send(server, 'POST', `${DEFINITIONS}?dryRun=All&fieldValidation=Strict`, crd))
}

const GOLDENS = new URL('../../specs/crd/', import.meta.url).pathname

describe('kube-apiserver takes what we make', () => {
  it('the CRD of RestDefinition', async () => {
    expect(await ask(restDefinitionCrd())).toEqual([])
  })

  it.each(readdirSync(GOLDENS).filter((name) => !name.endsWith('.md')))('specs/crd/%s', async (name) => {
    const crds = parseAllDocuments(readFileSync(`${GOLDENS}${name}/crd.golden.yaml`, 'utf8')).map((document) => document.toJS() as JsonObject)
    for (const crd of crds) expect(await ask(crd)).toEqual([])
  })
})
