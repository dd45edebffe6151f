import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export const LAB_TOKEN = 'lab-token'

export interface Gadget {
  readonly id: number
  readonly name: string
  readonly size?: number
  readonly color?: string
  readonly made: string
}

/** The API behind a migrated cluster: it writes down every request that could change something. */
export interface Lab {
  readonly url: string
  readonly gadgets: Map<number, Gadget>
  /** `POST /gadgets {"name":…}`, in order. */
  readonly writes: string[]
  /** How often anything was read. */
  readonly reads: () => number
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body?: unknown
}

export async function startLab(gadgets: readonly Gadget[]): Promise<Lab> {
  const all = new Map(gadgets.map((gadget) => [gadget.id, gadget]))
  const writes: string[] = []
  let reads = 0
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const method = request.method ?? ''
      const path = new URL(request.url ?? '', 'http://lab').pathname
      if (method === 'GET') reads++
      else writes.push(`${method} ${path}${text === '' ? '' : ` ${text}`}`)
      const { status, body } = request.headers.authorization === `Bearer ${LAB_TOKEN}` ? answer(all, { method, path, text }) : { status: 401, body: { message: 'who are you?' } }
      response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? '' : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, gadgets: all, writes, reads: () => reads,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

function answer(all: Map<number, Gadget>, { method, path, text }: { readonly method: string; readonly path: string; readonly text: string }): Answer {
  if (path === '/gadgets' && method === 'GET') return { status: 200, body: [...all.values()] }
  if (path === '/gadgets' && method === 'POST') return create(all, JSON.parse(text) as Gadget)
  const id = Number(/^\/gadgets\/(\d+)$/.exec(path)?.[1])
  const found = all.get(id)
  if (found === undefined) return { status: 404, body: { message: 'no such gadget' } }
  if (method === 'DELETE') return all.delete(id), { status: 204 }
  if (method === 'PUT') all.set(id, { ...(JSON.parse(text) as Gadget), id, made: found.made })
  return { status: 200, body: all.get(id) }
}

// A name that this API never takes.
function create(all: Map<number, Gadget>, given: Gadget): Answer {
  if (given.name === 'refused') return { status: 422, body: { message: 'no gadget may be called so' } }
  const id = Math.max(0, ...all.keys()) + 1
  all.set(id, { ...given, id, made: '2026-03-01T08:00:00Z' })
  return { status: 201, body: all.get(id) }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
