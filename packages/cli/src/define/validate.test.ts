import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createPlace, type Place } from '../main.testing.js'

const SHOP = new URL('../../../../examples/bookshop/', import.meta.url)
const DOCUMENT = readFileSync(new URL('openapi.yaml', SHOP), 'utf8')
const DEFINITION = readFileSync(new URL('manifests/1-definitions.yaml', SHOP), 'utf8')

const places: Place[] = []
let place: Place
beforeEach(() => {
  place = createPlace()
  places.push(place)
  place.write('openapi.yaml', DOCUMENT)
  place.write('definitions.yaml', DEFINITION)
})
afterAll(() => places.forEach((one) => one.remove()))
const validate = (...args: readonly string[]): ReturnType<Place['say']> => place.say(['validate', '-f', 'definitions.yaml', '--document', 'openapi.yaml', ...args])

describe('validate --fix', () => {
  it('writes what a finding is sure of, and leaves comments, order and the rest as they are', async () => {
    place.write('definitions.yaml', DEFINITION.replace("path: /books/{id}\n", 'path: /books/{bookId}   # as the API calls it\n'))
    const before = await validate()
    expect(before).toMatchObject({ code: 1 })
    expect(before.out).toContain('OAS0301')
    const said = await validate('--fix')
    expect(said.out).toContain('fixed definitions.yaml: use the path /books/{id}')
    expect(said.code).toBe(0)
    expect(readFileSync(join(place.folder, 'definitions.yaml'), 'utf8')).toBe(DEFINITION.replace("path: /books/{id}\n", 'path: /books/{id} # as the API calls it\n'))
  })

  it('changes nothing where nothing is to be fixed', async () => {
    await validate('--fix')
    expect(readFileSync(join(place.folder, 'definitions.yaml'), 'utf8')).toBe(DEFINITION)
  })

  it('leaves to a person what is no file of its own', async () => {
    place.write('definitions.yaml', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [] }))
    expect((await validate('--fix')).code).toBe(0)
  })
})

describe('validate --strict', () => {
  const judge = (text: string): ReturnType<Place['say']> => {
    place.write('api.yaml', text)
    return place.say(['validate', '-f', 'api.yaml', '--strict', '-o', 'json'])
  }
  const api = (paths: string): string => `openapi: 3.0.3\ninfo: {title: X, version: '1'}\npaths:\n${paths}`

  it.each([
    { reason: 'a valid document', text: api("  /a: {get: {responses: {'200': {description: ok}}}}\n"), found: [] },
    { reason: 'a member that does not exist', text: api("  /a: {get: {parametrs: [], responses: {'200': {description: ok}}}}\n"), found: [{ line: 4, message: 'parametrs' }] },
    { reason: 'a missing member', text: api('  /a: {get: {}}\n'), found: [{ line: 4, message: 'responses' }] },
    { reason: 'a wrong member of a choice', text: api("  /a:\n    post:\n      requestBody: {contents: {}}\n      responses: {'200': {description: ok}}\n"), found: [{ line: 6, message: 'contents' }, { line: 6, message: 'content' }] },
    { reason: '2.0 by its own schema', text: "swagger: '2.0'\ninfo: {title: X, version: '1'}\npaths: {/a: {get: {}}}\n", found: [{ line: 3, message: 'responses' }] },
    { reason: '3.1 by its own schema', text: "openapi: 3.1.0\ninfo: {title: X}\npaths: {}\n", found: [{ line: 2, message: 'version' }] },
  ])('tells $reason', async ({ text, found }) => {
    const said = await judge(text)
    const official = (JSON.parse(said.out) as { code: string; message: string; where: { position?: { line: number } } }[]).filter(({ code }) => code === 'CLI0104')
    expect(official.map(({ message, where }) => ({ line: where.position?.line, message }))).toEqual(found.map(({ line, message }) => ({ line, message: expect.stringContaining(message) as string })))
    expect(said.code).toBe(found.length === 0 ? 0 : 1)
  })

  it('judges the documents of definitions too', async () => {
    place.write('openapi.yaml', DOCUMENT.replace('paths:\n', 'pathz: {}\npaths:\n'))
    const said = await validate('--strict')
    expect(said.out).toContain('pathz')
    expect(said.code).toBe(1)
    expect((await validate()).code).toBe(0)
  })
})

describe('validate --reference', () => {
  it('lists what the reference does not know, with places, and is no failure', async () => {
    const said = await validate('--reference', '-o', 'json')
    const lost = (JSON.parse(said.out) as { code: string; message: string; where: { position: { line: number } } }[]).filter(({ code }) => code === 'CLI0105')
    expect(lost.map(({ message }) => /^\S+/.exec(message)?.[0])).toContain('spec.resource.fields')
    expect(lost.every(({ where }) => where.position.line > 0)).toBe(true)
    expect(said.code).toBe(0)
  })

  it('says nothing about what the reference has always known', async () => {
    place.write('definitions.yaml', `apiVersion: ogen.krateo.io/v1alpha1
kind: RestDefinition
metadata: {name: book, namespace: default}
spec:
  oasPath: http://127.0.0.1:18080/openapi.yaml
  resourceGroup: bookshop.example
  resource:
    kind: Book
    identifiers: [title]
    additionalStatusFields: [id]
    verbsDescription:
    - {action: create, method: POST, path: /books}
    - {action: get, method: GET, path: '/books/{id}'}
`)
    expect(JSON.parse((await validate('--reference', '-o', 'json')).out)).not.toContainEqual(expect.objectContaining({ code: 'CLI0105' }))
  })
})
