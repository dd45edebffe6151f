import { DEMO_TOKEN } from '@oasgen/example-bookshop'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { readRun, writeWish } from './folder.js'

interface Book {
  readonly id: number
  readonly title: string
  readonly price: number
}

/** Somebody changes a price directly in the API: the drift that a controller exists for. */
export async function meddle(io: CommandIo): Promise<ExitCode> {
  const books = ((await call(io, 'GET', '/v1/books')) as { items: readonly Book[] }).items
  const book = books[0]
  if (book === undefined) throw new CommandError('the bookshop has no book yet', { help: 'apply one first, or wait a moment' })
  await call(io, 'PATCH', `/v1/books/${book.id}`, { price: 1 })
  io.out(`changed in the API: book ${book.id} "${book.title}" costs 1 instead of ${book.price}\n`)
  return EXIT.ok
}

/** `up` watches this file and starts or stops the shop. */
export async function stopDemo(io: CommandIo): Promise<ExitCode> {
  demoOf(io)
  writeWish(io.cwd, 'stopped')
  io.out('the bookshop is being stopped; its data stays. Start it again with: oasgen demo start\n')
  return EXIT.ok
}

export async function startDemo(io: CommandIo): Promise<ExitCode> {
  demoOf(io)
  writeWish(io.cwd, 'running')
  io.out('the bookshop is being started\n')
  return EXIT.ok
}

export async function printLedger(io: CommandIo): Promise<ExitCode> {
  const entries = (await call(io, 'GET', '/_ledger')) as readonly { method: string; path: string; at: number }[]
  for (const entry of entries) io.out(`${new Date(entry.at).toISOString()}  ${entry.method.padEnd(6)} ${entry.path}\n`)
  return EXIT.ok
}

function demoOf(io: CommandIo): { readonly url: string } {
  const { demo } = readRun(io.cwd)
  if (demo === undefined) throw new CommandError('this `oasgen up` runs without the bookshop', { help: 'start it with: oasgen up --demo' })
  return demo
}

async function call(io: CommandIo, method: string, path: string, body?: object): Promise<unknown> {
  const { url } = demoOf(io)
  const { request } = await import('node:http')
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' }
    const sent = request(`${url}${path}`, { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString() || 'null')))
    })
    sent.on('error', () => reject(new CommandError(`the bookshop at ${url} does not answer`, { code: EXIT.unavailable, help: 'oasgen demo start' })))
    sent.end(text)
  })
}
