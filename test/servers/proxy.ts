import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between the product and a server: notes what was asked, and keeps back an answer when a test wants it. */
export interface Proxy {
  readonly port: number
  readonly ledger: Entry[]
  /** The next request that matches reaches the server, but its answer never comes back; `done` is called when the server has done it. */
  swallow(matches: (entry: Entry) => boolean, done: () => void | Promise<void>): void
  close(): Promise<void>
}

export interface Entry {
  readonly method: string
  readonly path: string
  readonly status: number
}

export async function startProxy(port: number): Promise<Proxy> {
  const ledger: Entry[] = []
  let swallowing: { readonly matches: (entry: Entry) => boolean; readonly done: () => void | Promise<void> } | undefined
  const server = createServer((incoming, outgoing) => {
    const answered = (answer: IncomingMessage): void => {
      const entry = { method: incoming.method ?? '', path: incoming.url ?? '', status: answer.statusCode ?? 0 }
      ledger.push(entry)
      if (swallowing?.matches(entry) !== true) return forward(answer, outgoing)
      const { done } = swallowing
      swallowing = undefined
      answer.resume().once('end', () => void done())
    }
    // The host stays as it is: servers make links of it.
    const onward = send({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers: incoming.headers }, answered)
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, ledger,
    swallow: (matches, done) => { swallowing = { matches, done } },
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

function forward(answer: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
  answer.pipe(outgoing)
}
