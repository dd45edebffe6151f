import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_TOKEN } from '@oasgen/example-bookshop'
import { until } from './stack/stack.js'
import { createStage, type Stage, type Up } from './cli/stage.js'

const DOCUMENT = readFileSync(new URL('../../examples/bookshop/openapi.yaml', import.meta.url), 'utf8')

describe('looking at a running system', () => {
  let stage: Stage
  let up: Up
  beforeAll(async () => {
    stage = createStage()
    up = await stage.up('--demo')
    expect(await stage.oasgen('wait', 'restdefinitions', '--all', '--for', 'condition=Ready', '--timeout', '90s'), up.screen()).toMatchObject({ code: 0 })
    const waited = await stage.oasgen('wait', 'books', '--all', '--for', 'condition=Ready', '--timeout', '60s')
    expect(waited, up.screen()).toMatchObject({ code: 0 })
    expect(await stage.oasgen('wait', 'orders', '--all', '--for', 'condition=Ready', '--timeout', '60s')).toMatchObject({ code: 0 })
  })
  afterAll(() => stage.close())

  it('describes one resource from definition to exchange', async () => {
    const { code, out } = await stage.oasgen('describe', 'book', 'the-hobbit')
    expect(code).toBe(0)
    expect(out).toMatch(/^RestDefinition default\/book {2}Ready\n/)
    expect(out).toContain('CRD books.bookshop.example  Established · v1alpha1')
    expect(out).toMatch(/Book default\/the-hobbit {2}Ready/)
    expect(out).toMatch(/POST \/v1\/books → 201 in .*\(create: /)
  })

  it('collapses what is well', async () => {
    const { out } = await stage.oasgen('describe')
    expect(out.match(/^RestDefinition /gm)).toHaveLength(4)
    expect(out).toContain('1 Book, Ready')
    expect(out).not.toContain('last exchanges')
  })

  it('gives the same facts as JSON', async () => {
    const { out } = await stage.oasgen('describe', 'book', 'the-hobbit', '-o', 'json')
    expect(JSON.parse(out)).toMatchObject([{ name: 'book', state: 'Ready', crd: { name: 'books.bookshop.example' }, resources: [{ name: 'the-hobbit', externalName: '1', exchanges: expect.arrayContaining([expect.objectContaining({ line: expect.stringContaining('/v1/books') as string })]) as unknown }] }])
  })

  it.each([
    { names: ['book', 'nobody'], says: 'there is no Book nobody', reason: 'a name that is not there' },
    { names: ['bok'], says: 'did you mean book?', reason: 'a kind that is not there' },
    { names: ['configmaps'], says: 'no RestDefinition makes configmaps.', reason: 'a kind that we did not make' },
  ])('says what is wrong: $reason', async ({ names, says }) => {
    const { code, err } = await stage.oasgen('describe', ...names)
    expect(code).toBe(1)
    expect(err).toContain(says)
  })

  it('plans live: nothing to send at a steady state, the PATCH after an edit, and sends neither', async () => {
    const before = (await stage.oasgen('demo', 'ledger')).out.split('\n').length
    const book = (await stage.oasgen('get', 'book', 'the-hobbit', '-o', 'yaml')).out
    const steady = await stage.piped(book, 'plan', '-f', '-', '--live', '--exit-code')
    expect(steady).toMatchObject({ code: 0 })
    expect(steady.out).toMatch(/look {2}GET \/v1\/books\/1 → 200/)
    expect(steady.out).toContain('nothing to send')
    const edited = await stage.piped(book.replace(/price: \d+/, 'price: 4711'), 'plan', '-f', '-', '--live', '--exit-code')
    expect(edited.code).toBe(1)
    expect(edited.out).toMatch(/send {2}PATCH http:\/\/127\.0\.0\.1:\d+\/v1\/books\/1/)
    expect(edited.out).toContain('Authorization: Bearer •••• (Secret default/bookshop, key token)')
    expect(edited.out).toMatch(/price +\d+ → 4711/)
    expect(edited.out).toContain('1 resource: 0 create, 1 update, 0 delete')
    const ledger = (await stage.oasgen('demo', 'ledger')).out
    expect(ledger).not.toContain('PATCH')
    expect(ledger.split('\n').length).toBeGreaterThan(before)
  })

  it('replays what the controller did, and shows what another definition would have done', async () => {
    const replayed = await stage.oasgen('replay', 'book', 'the-hobbit', '--save', 'book.json')
    expect(replayed, replayed.err).toMatchObject({ code: 0 })
    expect(replayed.out).toMatch(/send {3}POST \/v1\/books → 201/)
    expect(replayed.out).toContain('the same decisions')
    const saved = readFileSync(`${stage.folder}/book.json`, 'utf8')
    expect(saved).not.toContain(DEMO_TOKEN)
    const definition = (await stage.oasgen('get', 'restdefinition', 'book', '-o', 'yaml')).out
    stage.write('other.yaml', definition.replace('path: /books\n', 'path: /authors\n'))
    const other = await stage.oasgen('replay', '--recording', 'book.json', '--with', 'other.yaml', '--document', stage.write('shop.yaml', DOCUMENT))
    expect(other.out + other.err).toContain('where GET /v1/books was recorded')
    expect(other.code).toBe(1)
  })

  it('imports what others made, and applying it sends nothing', async () => {
    const { demo } = JSON.parse(readFileSync(`${stage.folder}/.oasgen/run.json`, 'utf8')) as { demo: { url: string } }
    for (const title of ['The Silmarillion', 'Émile']) {
      const made = await fetch(`${demo.url}/v1/books`, { method: 'POST', headers: { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' }, body: JSON.stringify({ title, author: 'x', price: 5 }) })
      expect(made.status).toBe(201)
    }
    const imported = await stage.oasgen('import', 'books', '--configuration', 'bookshop')
    expect(imported, imported.err).toMatchObject({ code: 0 })
    expect(imported.out.match(/^ {2}name: .*/gm)).toEqual(['  name: the-silmarillion', '  name: emile'])
    const writes = async (): Promise<number> => (await stage.oasgen('demo', 'ledger')).out.split('\n').filter((line) => !line.includes('GET')).length
    const before = await writes()
    expect(await stage.piped(imported.out, 'plan', '-f', '-', '--live', '--exit-code')).toMatchObject({ code: 0 })
    expect(await stage.piped(imported.out, 'apply', '-f', '-')).toMatchObject({ code: 0 })
    expect(await stage.oasgen('wait', 'books', '--all', '--for', 'condition=Ready', '--timeout', '60s')).toMatchObject({ code: 0 })
    expect(await writes()).toBe(before)
  })

  it('edits in an editor, shows again what is refused, and leaves alone what was not changed', async () => {
    stage.write('editor.sh', 'exit 0\n')
    expect(await stage.oasgen('edit', 'author', 'tolkien')).toMatchObject({ code: 0, out: 'nothing was changed\n' })
    // The first time it writes what the API server refuses, the second time it takes that back.
    stage.write('editor.sh', 'if grep -q wrong "$1"; then cp "$1" seen.yaml; sed -i "s/born: wrong/born: \'1892-01-04\'/" "$1"; else sed -i "s/born: .*/born: wrong/" "$1"; fi\n')
    const edited = await stage.oasgen('edit', 'author/tolkien')
    expect(edited, edited.err).toMatchObject({ code: 0, out: 'author.bookshop.example/tolkien edited\n' })
    expect((await stage.oasgen('get', 'author', 'tolkien', '-o', 'yaml')).out).toContain('1892-01-04')
    stage.write('editor.sh', 'exit 3\n')
    expect(await stage.oasgen('edit', 'author/tolkien')).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') as string })
  })

  it('plans a changed definition over the fleet without a request', async () => {
    const definition = (await stage.oasgen('get', 'restdefinition', 'book', '-o', 'yaml')).out
    const same = await stage.piped(definition, 'plan', '-f', '-', '--observed', '-o', 'json')
    expect(JSON.parse(same.out)).toMatchObject(['emile', 'the-hobbit', 'the-silmarillion'].map((name) => ({ name, verdict: 'none', observation: 'exchange' })))
    await stage.oasgen('demo', 'stop')
    try {
      await until('the shop is stopped', () => up.screen().includes('the bookshop is stopped'))
      const moved = stage.write('changed.yaml', definition.replaceAll('/books/{id}', '/volumes/{id}'))
      const document = stage.write('openapi.yaml', DOCUMENT.replaceAll('/books/{id}', '/volumes/{id}'))
      const planned = await stage.oasgen('plan', '-f', moved, '--document', document, '--observed', '-o', 'json')
      expect(JSON.parse(planned.out)).toMatchObject(['emile', 'the-hobbit', 'the-silmarillion'].map((name) => ({ name, verdict: 'none', observation: 'exchange' })))
      const broken = await stage.oasgen('plan', '-f', stage.write('same.yaml', definition), '--document', document, '--observed')
      expect(broken.err).toContain('/books/{id}')
      expect(broken.code).toBe(1)
    } finally {
      await stage.oasgen('demo', 'start')
    }
  })
})
