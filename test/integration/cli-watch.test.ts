import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { until } from './stack/stack.js'
import { createStage, type Stage, type Up } from './cli/stage.js'

const DOCUMENT = readFileSync(new URL('../../examples/bookshop/openapi.yaml', import.meta.url), 'utf8')

const manifests = (path: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: shop, namespace: default}
data: {openapi.yaml: ${JSON.stringify(DOCUMENT)}}
---
apiVersion: ogen.krateo.io/v1alpha1
kind: RestDefinition
metadata: {name: book, namespace: default}
spec:
  oasPath: configmap://default/shop/openapi.yaml
  resourceGroup: shop.example
  resource:
    kind: Book
    identifiers: [title]
    additionalStatusFields: [id]
    verbsDescription:
    - {action: get, method: GET, path: '${path}/{id}'}
    - {action: create, method: POST, path: ${path}}
`

describe('oasgen up --watch', () => {
  let stage: Stage
  let up: Up
  beforeAll(async () => {
    stage = createStage()
    stage.write('all.yaml', manifests('/bookz'))
    up = await stage.up('all.yaml', '--watch')
  })
  afterAll(() => stage.close())

  it('shows what is wrong with a definition where it stands in the file', async () => {
    onTestFailed(() => void process.stderr.write(`${up.screen()}\n`))
    await until('the finding is shown', () => up.screen().includes('error[OAS0301]: the document has no path `/bookz/{id}`'))
    expect(up.screen()).toMatch(/all\.yaml:\d+:\d+/)
    expect(up.screen()).toMatch(/RestDefinition +book +Stalled/)
  })

  it('applies the file again when it is saved', async () => {
    onTestFailed(() => void process.stderr.write(`${up.screen()}\n`))
    stage.write('all.yaml', manifests('/books'))
    await until('it is Ready', () => /RestDefinition +book +Ready/.test(up.screen()))
    expect((await stage.oasgen('get', 'books')).err).toContain('No resources found')
  })
})
