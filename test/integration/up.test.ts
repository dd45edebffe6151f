import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { until } from './stack/stack.js'

const OASGEN = fileURLToPath(new URL('../../packages/cli/bin/oasgen.mjs', import.meta.url))

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

describe('oasgen up --demo, as a person uses it', () => {
  let folder: string
  let screen = ''
  let up: ChildProcess
  let kubectl: string | undefined

  const run = (command: string, args: readonly string[]): Promise<Ran> => new Promise((resolve) => {
    execFile(command, args, { cwd: folder, env: { ...process.env, KUBECONFIG: join(folder, '.oasgen/kubeconfig') }, timeout: 60_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, err })
    })
  })
  const oasgen = (...args: readonly string[]): Promise<Ran> => run(process.execPath, [OASGEN, ...args])
  /** kubectl where the machine has it, else our own. */
  const ask = (...args: readonly string[]): Promise<Ran> => (kubectl === undefined ? oasgen(...args) : run(kubectl, args))
  const shown = (): void => onTestFailed(() => void process.stderr.write(`${screen}\n`))

  const start = async (): Promise<void> => {
    up = spawn(process.execPath, [OASGEN, 'up', '--demo', '--port', '0', '--demo-port', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, KUBECONFIG: '' } })
    for (const stream of [up.stdout, up.stderr]) stream?.on('data', (data: Buffer) => { screen += data.toString() })
    await until('the hints are on the screen', () => screen.includes('Ctrl-C stops'))
  }
  const stop = (): Promise<void> => new Promise((resolve) => {
    up.once('exit', () => resolve())
    up.kill('SIGINT')
  })
  const posts = async (path: string): Promise<number> => (await oasgen('demo', 'ledger')).out.split('\n').filter((line) => line.includes(`POST   ${path}`)).length
  const price = async (): Promise<string> => /"price":\s*(\d+)/.exec((await ask('get', 'book', 'the-hobbit', '-o', 'json')).out)?.[1] ?? ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oasgen-up-'))
    kubectl = (await run('kubectl', ['version', '--client'])).code === 0 ? 'kubectl' : undefined
    await start()
  })
  afterAll(async () => {
    if (up.exitCode === null) await stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('brings four kinds and one resource of each', async () => {
    shown()
    for (const kind of ['book', 'author', 'order', 'shelf']) {
      const waited = await ask('wait', `${kind}s.bookshop.example`.replace('shelfs', 'shelves'), '--all', '--for=condition=Ready', '--timeout=60s')
      expect(waited).toMatchObject({ code: 0 })
    }
    expect((await ask('get', 'books')).out).toMatch(/NAME\s+AGE\s+READY\s+SYNCED\s+EXTERNAL-ID\nthe-hobbit\s+\S+\s+True\s+True\s+1/)
    expect(screen).toMatch(/Book\s+the-hobbit\s+Ready/)
  })

  it('sends an edit', async () => {
    shown()
    const edited = kubectl === undefined
      ? await oasgen('apply', '-f', '-')
      : await ask('patch', 'book', 'the-hobbit', '--type', 'merge', '-p', '{"spec":{"price":1299}}')
    if (kubectl !== undefined) expect(edited).toMatchObject({ code: 0 })
    await until('the shop was asked to change the book', async () => (await oasgen('demo', 'ledger')).out.includes('PATCH  /v1/books/1'))
    expect(await price()).toBe('1299')
  })

  it('corrects what was changed behind our back', async () => {
    shown()
    const before = (await oasgen('demo', 'ledger')).out.split('\n').filter((line) => line.includes('PATCH')).length
    expect((await oasgen('demo', 'meddle')).out).toContain('costs 1 instead of 1299')
    // One PATCH is the meddler's own, the next is the correction.
    await until('the price is put back', async () => (await oasgen('demo', 'ledger')).out.split('\n').filter((line) => line.includes('PATCH')).length >= before + 2)
  })

  it('waits while the shop is stopped, and goes on', async () => {
    shown()
    await oasgen('demo', 'stop')
    await until('the book is not in sync', async () => (await ask('get', 'books')).out.includes('False'))
    await oasgen('demo', 'start')
    await until('the book is in sync again', async () => /the-hobbit\s+\S+\s+True\s+True/.test((await ask('get', 'books')).out))
    expect(await posts('/v1/books')).toBeLessThanOrEqual(1)
  })

  it('refuses a second up in the same folder', async () => {
    const second = await oasgen('up', '--demo', '--port', '0', '--demo-port', '0')
    expect(second).toMatchObject({ code: 1 })
    expect(second.err).toContain('runs in this folder already')
  })

  it('goes on where it stopped, and doubles nothing', async () => {
    shown()
    await stop()
    expect(up.exitCode).toBe(0)
    screen = ''
    await start()
    await until('the book is Ready', async () => /the-hobbit\s+\S+\s+True\s+True\s+1/.test((await ask('get', 'books')).out))
    expect(await posts('/v1/books')).toBe(0)
    expect(await posts('/v1/authors')).toBe(0)
  })
})
