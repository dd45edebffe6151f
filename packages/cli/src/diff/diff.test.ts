import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlace, type Place } from '../main.testing.js'

const SHOP = new URL('../../../../examples/bookshop/', import.meta.url)
const DOCUMENT = readFileSync(new URL('openapi.yaml', SHOP), 'utf8')
const DEFINITION = readFileSync(new URL('manifests/1-definitions.yaml', SHOP), 'utf8')

describe('oasgen diff', () => {
  let place: Place
  beforeAll(() => {
    place = createPlace()
    place.write('old.yaml', DOCUMENT)
    place.write('definitions.yaml', DEFINITION)
    place.write('resources.yaml', readFileSync(new URL('manifests/3-resources.yaml', SHOP), 'utf8'))
  })
  afterAll(() => place.remove())

  it('says that nothing changes', async () => {
    place.write('new.yaml', DOCUMENT.replace('openapi: 3', '# moved\nopenapi: 3'))
    const said = await place.say(['diff', 'old.yaml', 'new.yaml', '-f', 'definitions.yaml', '--exit-code'])
    expect(said).toEqual({ code: 0, err: '', out: 'book: nothing changes\n\nauthor: nothing changes\n\norder: nothing changes\n\nshelf: nothing changes\n' })
  })

  it('tells what a changed document means for kind, behaviour and requests', async () => {
    place.write('new.yaml', DOCUMENT.replaceAll('/shelves/', '/racks/').replace('title: {type: string', 'title: {maxLength: 40, type: string'))
    const definitions = DEFINITION.replaceAll('/shelves/', '/racks/')
    place.write('moved.yaml', definitions)
    const said = await place.say(['diff', 'definitions.yaml', 'moved.yaml', '-f', 'resources.yaml', '--document', 'new.yaml', '--exit-code'])
    expect(said.code).toBe(1)
    const documents = await place.say(['diff', 'old.yaml', 'new.yaml', '-f', 'moved.yaml', '--exit-code'])
    expect(documents.err).toContain('/racks/')
  })

  it('classes changes of the kind and shows the requests that change', async () => {
    place.write('new.yaml', DOCUMENT.replace(/price:\n?\s*/, (text) => text))
    place.write('strict.yaml', DEFINITION.replace('action: update\n      method: PATCH', 'action: update\n      method: PATCH\n      headers: [{name: x-reason, value: sync}]'))
    const said = await place.say(['diff', 'definitions.yaml', 'strict.yaml', '--document', 'old.yaml', '-o', 'json'])
    expect(said.code).toBe(0)
    const changed = (JSON.parse(said.out) as { definition: string; behaviour: { part: string; change: string }[] }[]).filter(({ behaviour }) => behaviour.length > 0)
    expect(changed.flatMap(({ behaviour }) => behaviour).every(({ part }) => part === 'update')).toBe(true)
    expect(JSON.stringify(changed)).toContain('x-reason')
  })

  it.each([
    { args: ['old.yaml', 'definitions.yaml'], says: 'one is an OpenAPI document and the other is not', code: 2, reason: 'two different things' },
    { args: ['old.yaml', 'old.yaml'], says: 'none was named', code: 2, reason: 'documents without definitions' },
    { args: ['old.yaml', 'nowhere.yaml'], says: 'cannot read nowhere.yaml', code: 69, reason: 'a missing file' },
  ])('refuses $reason', async ({ args, says, code }) => {
    const said = await place.say(['diff', ...args])
    expect(said).toMatchObject({ code, err: expect.stringContaining(says) as string })
  })
})
