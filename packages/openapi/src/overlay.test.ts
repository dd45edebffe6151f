import type { DocumentPlace } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { applyOverlays, linkDocument, overlayOf, readDocument, readOverlay, type OverlayDocument, type SourceDocument } from './index.js'

const PETS = `openapi: 3.0.3
info: {title: Pets, version: "1"}
tags:
- name: a
- name: b
- name: c
paths:
  /pets/{id}:
    get:
      deprecated: true
      tags: [old]
      responses: {'200': {description: ok}}
    delete:
      responses: {'204': {description: gone}}
components:
  schemas:
    Pet:
      type: object
      properties:
        name: {type: string}
`

function source(text = PETS): SourceDocument {
  const read = readDocument(text, { uri: 'file:///pets.yaml' })
  expect(read.findings).toEqual([])
  return read.value!
}

function overlay(...actions: readonly JsonObject[]): OverlayDocument {
  const read = readOverlay({ overlay: '1.0.0', info: { title: 't', version: '1' }, actions }, { uri: 'file:///overlay.yaml' })
  expect(read.findings).toEqual([])
  return read.value!
}

function applied(...actions: readonly JsonObject[]): SourceDocument {
  const { value, findings } = applyOverlays(source(), [overlay(...actions)])
  expect(findings).toEqual([])
  return value!
}

const at = (place: DocumentPlace) => `${place.uri}${place.pointer} ${place.position?.line ?? '-'}`

describe('applyOverlays', () => {
  it('merges objects, appends to lists and leaves the original alone', () => {
    const before = source()
    const copy = JSON.stringify(before.root)
    const { value } = applyOverlays(before, [overlay({ target: "$.paths['/pets/{id}'].get", update: { summary: 'one', tags: ['new'], responses: { 404: { description: 'none' } } } })])
    expect(linkDocument(value!).operation('/pets/{id}', 'get').value).toMatchObject({ summary: 'one', deprecated: true, tags: ['old', 'new'] })
    expect([...linkDocument(value!).operation('/pets/{id}', 'get').value!.responses.keys()]).toEqual(['200', '404'])
    expect(JSON.stringify(before.root)).toBe(copy)
  })

  it('removes every match, of lists from the end', () => {
    expect(applied({ target: '$.tags[?@.name != "b"]', remove: true }).root['tags']).toEqual([{ name: 'b' }])
    expect(applied({ target: '$..[?@.deprecated == true]', remove: true }).root['paths']).toEqual({ '/pets/{id}': { delete: { responses: { 204: { description: 'gone' } } } } })
  })

  it('applies actions in order, each to what the one before has made', () => {
    const value = applied(
      { target: '$.components.schemas', update: { Tag: { type: 'object' } } },
      { target: '$.components.schemas.Tag', update: { properties: { name: { type: 'string' } } } },
      { target: '$.components.schemas.Pet', remove: true },
    )
    expect(value.root['components']).toEqual({ schemas: { Tag: { type: 'object', properties: { name: { type: 'string' } } } } })
  })

  it('copies a node, as Overlay 1.1 allows', () => {
    const value = applied({ target: '$.components.schemas', update: { Dog: {} } }, { target: '$.components.schemas.Dog', copy: '$.components.schemas.Pet' })
    expect(value.root['components']).toMatchObject({ schemas: { Dog: { properties: { name: { type: 'string' } } } } })
    expect(at(value.place('/components/schemas/Dog/properties/name'))).toBe('file:///pets.yaml/components/schemas/Pet/properties/name 20')
  })

  it('keeps the places of what it did not touch, and knows those of what it added', () => {
    const value = applied(
      { target: '$.tags[0]', remove: true },
      { target: "$.paths['/pets/{id}'].get", update: { summary: 'one', responses: { 404: { description: 'none' } } } },
    )
    expect(at(value.place('/tags/0/name'))).toBe('file:///pets.yaml/tags/1/name 5')
    expect(at(value.place('/tags/1'))).toBe('file:///pets.yaml/tags/2 6')
    expect(at(value.place('/paths/~1pets~1{id}/get/deprecated'))).toBe('file:///pets.yaml/paths/~1pets~1{id}/get/deprecated 10')
    expect(at(value.place('/paths/~1pets~1{id}/get/responses/200'))).toBe('file:///pets.yaml/paths/~1pets~1{id}/get/responses/200 12')
    expect(at(value.place('/paths/~1pets~1{id}/get/responses/404/description'))).toBe('file:///overlay.yaml/actions/1/update/responses/404/description -')
    expect(at(value.place('/components/schemas/Pet/properties/name'))).toBe('file:///pets.yaml/components/schemas/Pet/properties/name 20')
  })

  it('changes the digest, in the same way each time', () => {
    const action = { target: '$.tags', remove: true }
    expect(applied(action).digest).toBe(applied(action).digest)
    expect(applied(action).digest).not.toBe(source().digest)
  })

  it.each([
    { reason: 'a name that is not there, with the nearest', target: "$.paths['/pet/{id}']", change: { remove: true }, code: 'OAS0502', text: 'did you mean `/pets/{id}`?' },
    { reason: 'a filter that nobody meets', target: '$.tags[?@.name == "x"]', change: { remove: true }, code: 'OAS0502', text: 'still has' },
    { reason: 'an index beyond the end', target: '$.tags[7]', change: { remove: true }, code: 'OAS0502', text: 'has 3 elements' },
    { reason: 'a path without quotes', target: '$.paths./pets', change: { remove: true }, code: 'OAS0503', text: "['/pets']" },
    { reason: 'no dollar', target: 'paths', change: { remove: true }, code: 'OAS0503', text: 'begins with `$`' },
    { reason: 'the whole document cannot go', target: '$', change: { remove: true }, code: 'OAS0504', text: 'document itself' },
    { reason: 'a list is no update of an object', target: '$.paths', change: { update: [1] }, code: 'OAS0504', text: 'a list' },
    { reason: 'an object is no update of a text', target: '$.info.title', change: { update: { a: 1 } }, code: 'OAS0504', text: 'the text "Pets"' },
    { reason: 'copies want one source', target: '$.paths', change: { copy: '$.tags[*]' }, code: 'OAS0504', text: '3 places' },
  ])('says $code for $reason', ({ target, change, code, text }) => {
    const { findings } = applyOverlays(source(), [overlay({ target, ...change })])
    expect(findings.map((finding) => finding.code)).toEqual([code])
    expect(`${findings[0]?.message} ${findings[0]?.help}`).toContain(text)
    expect(findings[0]?.where).toMatchObject({ uri: 'file:///overlay.yaml' })
  })

  it('tells when it was written for another document', () => {
    const read = readOverlay({ overlay: '1.0.0', extends: 'https://example.com/a.yaml', actions: [] }, { uri: 'o' })
    expect(applyOverlays(source(), [read.value!]).findings.map(({ code }) => code)).toEqual(['OAS0505'])
  })
})

describe('readOverlay', () => {
  it('reads YAML with places', () => {
    const read = readOverlay('overlay: 1.0.0\ninfo: {title: t, version: "1"}\nactions:\n- target: $.nope\n  remove: true\n', { uri: 'o.yaml' })
    const { findings } = applyOverlays(source(), [read.value!])
    expect(findings[0]?.where).toMatchObject({ uri: 'o.yaml', position: { line: 4, column: 11, endColumn: 17 }, excerpt: '- target: $.nope' })
  })

  it.each([
    { reason: 'another kind of document', given: { openapi: '3.0.0' }, text: 'an OpenAPI document' },
    { reason: 'a version from the future', given: { overlay: '2.0.0', actions: [] }, text: 'expected 1.0.0' },
    { reason: 'no actions', given: { overlay: '1.0.0' }, text: '`actions` is missing' },
  ])('refuses $reason', ({ given, text }) => {
    const { value, findings } = readOverlay(given as JsonObject, { uri: 'o' })
    expect(value).toBeUndefined()
    expect(findings[0]).toMatchObject({ code: 'OAS0501', message: expect.stringContaining(text) as string })
  })

  it('leaves out a broken action and tells', () => {
    const { value, findings } = readOverlay({ overlay: '1.0.0', actions: [{ target: '$.a' }, { target: '$.b', remove: true }, { remove: true }] }, { uri: 'o' })
    expect(value?.actions).toHaveLength(1)
    expect(findings.map(({ code }) => code)).toEqual(['OAS0504', 'OAS0504'])
  })

  it('is made of the cures of findings', () => {
    const made = overlayOf([{ target: '$.tags', remove: true }], 'cure')
    expect(readOverlay(made, { uri: 'o' })).toMatchObject({ findings: [], value: { title: 'cure', actions: [{ target: '$.tags', change: { type: 'remove' } }] } })
  })
})
