import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const OASGEN = join(root, 'packages/cli/bin/oasgen.mjs')
const SHOP = join(root, 'examples/bookshop')

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The commands that need no cluster, as they are typed. */
describe('oasgen offline', () => {
  let folder: string
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'oasgen-offline-')) })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const oasgen = (cwd: string, ...args: readonly string[]): Promise<Ran> => new Promise((resolve) => {
    execFile(process.execPath, [OASGEN, ...args], { cwd, timeout: 60_000, env: { ...process.env, NO_COLOR: '1' } }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }))
  })

  it('validates the bookshop: nothing to say', async () => {
    expect(await oasgen(SHOP, 'validate', '-f', 'manifests', '--document', 'openapi.yaml', '--strict')).toMatchObject({ code: 0, out: 'no findings\n' })
  })

  it('says where and what is wrong, in every form', async () => {
    const text = readFileSync(join(SHOP, 'manifests/1-definitions.yaml'), 'utf8').replace('path: /books/{id}', 'path: /books/{bookId}')
    writeFileSync(join(folder, 'broken.yaml'), text)
    const args = ['validate', '-f', 'broken.yaml', '--document', join(SHOP, 'openapi.yaml')]
    const plain = await oasgen(folder, ...args)
    expect(plain.code).toBe(1)
    expect(plain.out).toMatch(/error\[[A-Z]{3}\d{4}\]:.*\n\s*┌─ broken\.yaml:\d+:\d+/)
    const json = JSON.parse((await oasgen(folder, ...args, '-o', 'json')).out) as unknown
    expect(JSON.stringify(json)).toContain('broken.yaml')
    const sarif = JSON.parse((await oasgen(folder, ...args, '-o', 'sarif')).out) as { version: string; runs: { results: { level: string }[] }[] }
    expect(sarif.version).toBe('2.1.0')
    expect(sarif.runs[0]?.results.some(({ level }) => level === 'error')).toBe(true)
    expect((await oasgen(folder, ...args, '-o', 'github')).out).toMatch(/^::error file=broken\.yaml,line=\d+/m)
  })

  it('judges resources as the API server would', async () => {
    const text = readFileSync(join(SHOP, 'manifests/3-resources.yaml'), 'utf8').replace('price: 1199', 'price: cheap\n  colour: red')
    writeFileSync(join(folder, 'resources.yaml'), text)
    const ran = await oasgen(folder, 'validate', '-f', join(SHOP, 'manifests/1-definitions.yaml'), 'resources.yaml', '--document', join(SHOP, 'openapi.yaml'))
    expect(ran.code).toBe(1)
    expect(ran.out).toContain('spec.price')
    expect(ran.out).toMatch(/the field spec\.colour is not part of Book/)
  })

  it('renders the same bytes twice', async () => {
    const args = ['render', '-f', 'manifests/1-definitions.yaml', '--document', 'openapi.yaml', '--rbac', '--plan']
    const [first, second] = [await oasgen(SHOP, ...args), await oasgen(SHOP, ...args)]
    expect(first.code).toBe(0)
    expect(first.out).toContain('name: books.bookshop.example')
    expect(second.out).toBe(first.out)
  })

  it('plans the requests without sending one', async () => {
    const ran = await oasgen(SHOP, 'plan', '-f', 'manifests', '--document', 'openapi.yaml')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('send  POST http://127.0.0.1:18080/v1/books')
    expect(ran.out).toContain('send  PUT http://127.0.0.1:18080/v1/shelves/fantasy')
  })

  it('writes definitions from a document, which validate', async () => {
    const made = await oasgen(folder, 'init', join(SHOP, 'openapi.yaml'), '--all', '--group', 'shop.example', '--output-dir', 'made', '--oas-path', 'http://127.0.0.1:18080/openapi.yaml')
    expect(made.code).toBe(0)
    expect(made.out).toContain('4 resources found')
    expect(readdirSync(join(folder, 'made')).filter((name) => name.endsWith('.restdefinition.yaml')).sort()).toEqual([
      'author.restdefinition.yaml', 'book.restdefinition.yaml', 'order.restdefinition.yaml', 'shelf.restdefinition.yaml',
    ])
    expect(await oasgen(folder, 'validate', '-f', 'made', '--document', join(SHOP, 'openapi.yaml'))).toMatchObject({ code: 0 })
  })

  it('explains a code, and guesses what was meant', async () => {
    expect((await oasgen(folder, 'explain', 'prv0102')).out).toContain('Two controllers on one kind')
    expect(await oasgen(folder, 'explain', 'PRV9102')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean') })
  })

  it('answers wrong usage with code 2 and a word', async () => {
    expect(await oasgen(folder, 'frobnicate')).toMatchObject({ code: 2, err: expect.stringContaining('unknown command') })
    expect(await oasgen(folder, 'validate', '-f', 'nowhere.yaml')).toMatchObject({ code: 69, err: expect.stringContaining('nowhere.yaml') })
  })
})
