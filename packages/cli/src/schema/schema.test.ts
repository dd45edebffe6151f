import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { load, loadAll } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlace, type Place } from '../main.testing.js'

const SHOP = new URL('../../../../examples/bookshop/', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, SHOP), 'utf8')

describe('oasgen schema', () => {
  let place: Place
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  beforeAll(() => {
    place = createPlace()
    place.write('definitions.yaml', read('manifests/1-definitions.yaml'))
    place.write('openapi.yaml', read('openapi.yaml'))
  })
  afterAll(() => place.remove())
  const judge = async (args: readonly string[], objects: readonly unknown[]): Promise<readonly string[]> => {
    const said = await place.say(['schema', ...args])
    expect(said).toMatchObject({ code: 0, err: '' })
    const valid = ajv.compile(JSON.parse(said.out) as object)
    return objects.flatMap((object) => (valid(object) ? [] : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)))
  }

  it('accepts the definitions of the bookshop', async () => {
    expect(await judge([], loadAll(read('manifests/1-definitions.yaml')))).toEqual([])
  })

  it.each([
    { reason: 'a misspelt field', change: 'identifier: [title]', says: 'must NOT have additional properties' },
    { reason: 'a wrong type', change: 'identifiers: title', says: 'must be array' },
    { reason: 'a word that is none of the choices', change: 'schema: loose', says: 'must be equal to one of the allowed values' },
  ])('tells $reason', async ({ change, says }) => {
    const definition = load(`apiVersion: ogen.krateo.io/v1alpha1\nkind: RestDefinition\nmetadata: {name: a}\nspec:\n  oasPath: http://a/b\n  resourceGroup: a.example\n  resource:\n    kind: A\n    verbsDescription: []\n    ${change}\n`)
    expect((await judge([], [definition])).join()).toContain(says)
  })

  it('accepts the resources of generated kinds, and tells a typo in one', async () => {
    const resources = loadAll(read('manifests/3-resources.yaml'))
    const files = ['-f', 'definitions.yaml', '--document', 'openapi.yaml']
    expect(await judge(files, resources)).toEqual([])
    const book = structuredClone(resources[0]) as { spec: Record<string, unknown> }
    book.spec['prise'] = 1
    expect((await judge([...files], [book])).join()).toContain('additional properties')
    expect((await judge(['book', ...files], [resources[0]]))).toEqual([])
  })

  it('writes one file a kind', async () => {
    const said = await place.say(['schema', '-f', 'definitions.yaml', '--document', 'openapi.yaml', '--output-dir', 'schemas'])
    expect(said.out.split('\n')).toContain('wrote schemas/book-bookshop.example-v1alpha1.json   # yaml-language-server: $schema=schemas/book-bookshop.example-v1alpha1.json')
  })
})
