import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A second API that has nothing in common with the bookshop: string ids, envelopes, an API key, PUT for updates. */
export interface Guild {
  readonly url: string
  readonly writes: readonly string[]
  readonly members: ReadonlyMap<string, Record<string, unknown>>
  close(): Promise<void>
}

export const GUILD_KEY = 'guild-key-1'

export const GUILD_DOCUMENT = `
openapi: 3.1.0
info: {title: Guild, version: '3'}
servers: [{url: 'GUILD_URL/api'}]
security: [{key: []}]
paths:
  /members:
    get:
      operationId: listMembers
      responses:
        '200':
          description: All
          content:
            application/json:
              schema:
                type: object
                properties:
                  data: {type: array, items: {$ref: '#/components/schemas/Member'}}
                  meta: {type: object, properties: {count: {type: integer}}}
    post:
      operationId: addMember
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/MemberInput'}
      responses:
        '200': {$ref: '#/components/responses/Member'}
  /members/{memberId}:
    parameters: [{name: memberId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getMember
      responses:
        '200': {$ref: '#/components/responses/Member'}
    put:
      operationId: changeMember
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/MemberInput'}
      responses:
        '200': {$ref: '#/components/responses/Member'}
    delete:
      operationId: removeMember
      responses:
        '204': {description: Gone}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Guild-Key}
  responses:
    Member:
      description: One
      content:
        application/json:
          schema:
            type: object
            properties:
              data: {$ref: '#/components/schemas/Member'}
  schemas:
    MemberInput:
      type: object
      required: [handle]
      properties:
        handle: {type: string}
        rank: {type: ['string', 'null'], enum: [novice, master, null]}
        skills: {type: object, additionalProperties: {type: number}}
    Member:
      allOf:
      - $ref: '#/components/schemas/MemberInput'
      - type: object
        properties:
          memberId: {type: string, readOnly: true}
          joined: {type: string, format: date-time, readOnly: true}
`

export async function startGuild(): Promise<Guild> {
  const members = new Map<string, Record<string, unknown>>()
  const writes: string[] = []
  let next = 1
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const answer = route({ method: request.method ?? '', path: new URL(request.url ?? '', 'http://x').pathname, key: request.headers['x-guild-key'], body })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body === undefined ? '' : JSON.stringify(answer.body))
    })
  })
  const route = ({ method, path, key, body }: { method: string; path: string; key: unknown; body: Record<string, unknown> }): { status: number; body?: unknown } => {
    if (path === '/openapi.yaml') return { status: 404 }
    if (key !== GUILD_KEY) return { status: 401, body: { error: { message: 'who are you?' } } }
    if (method !== 'GET') writes.push(`${method} ${path}`)
    if (path === '/api/members' && method === 'GET') return { status: 200, body: { data: [...members.values()], meta: { count: members.size } } }
    if (path === '/api/members' && method === 'POST') {
      const memberId = `m-${String(next++).padStart(6, '0')}`
      const member = { ...body, memberId, joined: '2026-01-01T00:00:00Z' }
      members.set(memberId, member)
      return { status: 200, body: { data: member } }
    }
    const id = path.replace('/api/members/', '')
    const member = members.get(id)
    if (member === undefined) return { status: 404, body: { error: { message: 'no such member' } } }
    if (method === 'PUT') members.set(id, { ...body, memberId: id, joined: member['joined'] })
    if (method === 'DELETE') members.delete(id)
    return method === 'DELETE' ? { status: 204 } : { status: 200, body: { data: members.get(id) } }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url, members, writes,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
