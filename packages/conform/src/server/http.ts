import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Response } from './answer.js'
import { createApi, type ApiOptions, type ScriptedApi } from './api.js'

/** The scripted API on a port of this machine. */
export interface ConformServer extends ScriptedApi {
  /** Without a slash at the end. */
  readonly url: string
  /** What serves from now on: the same objects are not there, the port stays. */
  close(): Promise<void>
}

export async function startServer(options: ApiOptions & { readonly port?: number }): Promise<ConformServer> {
  const api = createApi(options)
  const server = createServer((request, response) => void serve(api, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    ...api,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

async function serve(api: ScriptedApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await readText(request)
  if (text === undefined) return
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const answer = api.handle({ method: request.method ?? '', url: request.url ?? '', headers, text, origin: `http://${headers['host'] ?? '127.0.0.1'}` })
  if (answer.type === 'hang') return
  switch (answer.damage) {
    case 'middle': return cut(response, answer)
    case 'huge': return flood(response, answer)
    case undefined: response.writeHead(answer.status, answer.headers).end(answer.body === '' ? undefined : answer.body)
  }
}

/** `undefined`: the client went away while it sent. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks).toString()
}

function cut(response: ServerResponse, { status, headers, body }: Response): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length) })
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy())
}

const CHUNK = Buffer.alloc(256 * 1024, 0x20)
const CHUNKS = 48

/** Twelve mebibytes of blanks before the end: valid JSON that nobody should read. */
function flood(response: ServerResponse, { status, headers, body }: Response): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.on('error', () => undefined)
  let left = CHUNKS
  const more = (): void => {
    while (left-- > 0) if (!response.write(CHUNK)) return void response.once('drain', more)
    response.end(body)
  }
  more()
}
