import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonObject, JsonValue } from '@oasgen/json'

/** A small API whose document the tests change: `/notes`, ids of the server, bearer token. Every request is counted. */
export interface NotesApi {
  readonly url: string
  readonly notes: Map<string, Record<string, unknown>>
  /** `METHOD /path` in order. */
  readonly ledger: string[]
  /** Titles of notes in the order in which they were deleted. */
  readonly deleted: unknown[]
  /** Answered instead of everything. */
  outage: number | undefined
  /** Served at /openapi.json with this ETag; credentials are needed where a token is set. */
  document: { text: string; etag: string; token?: string } | undefined
  count(entry: RegExp): number
  close(): Promise<void>
}

export const TOKEN = 'notes-token'

export async function startNotesApi(): Promise<NotesApi> {
  let next = 1
  const api: NotesApi = {
    url: '', notes: new Map(), ledger: [], deleted: [], outage: undefined, document: undefined,
    count: (entry) => api.ledger.filter((line) => entry.test(line)).length,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
  const route = (request: IncomingMessage, body: Record<string, unknown>): readonly [status: number, body?: unknown, headers?: Record<string, string>] => {
    const [path = ''] = (request.url ?? '').split('?')
    if (path === '/openapi.json') return documentAnswer(api, request)
    if (api.outage !== undefined) return [api.outage, { message: 'out of order' }]
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return [401, { message: 'who are you?' }]
    if (path === '/notes' && request.method === 'POST') {
      const note = { ...body, id: next++ }
      api.notes.set(String(note.id), note)
      return [201, note]
    }
    if (path === '/notes') return [200, [...api.notes.values()]]
    const id = path.replace('/notes/', '')
    const note = api.notes.get(id)
    if (note === undefined) return [404, { message: 'no such note' }]
    if (request.method === 'PUT') api.notes.set(id, { ...body, id: note['id'] })
    if (request.method === 'DELETE') {
      api.notes.delete(id)
      api.deleted.push(note['title'])
    }
    return request.method === 'DELETE' ? [204] : [200, api.notes.get(id)]
  }
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      api.ledger.push(`${request.method} ${request.url}`)
      const [status, body, headers = {}] = route(request, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>))
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(api, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

function documentAnswer({ document }: NotesApi, request: IncomingMessage): readonly [number, unknown?, Record<string, string>?] {
  if (document === undefined) return [404, { message: 'no document' }]
  if (document.token !== undefined && request.headers.authorization !== `Bearer ${document.token}`) return [401, { message: 'a document for few' }]
  return request.headers['if-none-match'] === document.etag ? [304, undefined, { etag: document.etag }] : [200, document.text, { etag: document.etag }]
}

export interface NotesDocument {
  /** Properties of a note beside its id. */
  readonly fields?: JsonObject
  readonly required?: readonly string[]
  /** Operations that are left out, as `delete /notes/{id}`. */
  readonly without?: readonly string[]
  readonly deprecated?: readonly string[]
}

export const NOTE_FIELDS: JsonObject = { title: { type: 'string' }, text: { type: 'string' }, stars: { type: 'integer' } }

export function notesDocument(url: string, { fields = NOTE_FIELDS, required = ['title'], without = [], deprecated = [] }: NotesDocument = {}): string {
  const note = { type: 'object', required: [...required], properties: { id: { type: 'integer', readOnly: true }, ...fields } }
  const content = (schema: JsonValue): JsonObject => ({ 'application/json': { schema } })
  const ref = { $ref: '#/components/schemas/Note' }
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } }
  const body = { required: true, content: content(ref) }
  const answer = (code: string, schema?: JsonValue): JsonObject => ({ [code]: { description: 'done', ...(schema !== undefined && { content: content(schema) }) } })
  const paths: Record<string, Record<string, JsonObject>> = {
    '/notes': { get: { responses: answer('200', { type: 'array', items: ref }) }, post: { requestBody: body, responses: answer('201', ref) } },
    '/notes/{id}': {
      get: { parameters: [id], responses: answer('200', ref) }, put: { parameters: [id], requestBody: body, responses: answer('200', ref) },
      delete: { parameters: [id], responses: answer('204') },
    },
  }
  for (const entry of without) {
    const [method = '', path = ''] = entry.split(' ')
    delete paths[path]?.[method]
  }
  for (const entry of deprecated) {
    const [method = '', path = ''] = entry.split(' ')
    Object.assign(paths[path]?.[method] ?? {}, { deprecated: true })
  }
  return JSON.stringify({
    openapi: '3.0.3', info: { title: 'Notes', version: '1' }, servers: [{ url }], paths, security: [{ token: [] }],
    components: { schemas: { Note: note }, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  })
}

/** A kind of its own for every test, so that they do not disturb each other. */
export function noteObjects(name: string, url: string, options: { readonly document?: NotesDocument; readonly spec?: JsonObject; readonly resource?: JsonObject; readonly kind?: string; readonly namespace?: string } = {}): { readonly document: JsonObject; readonly definition: JsonObject } {
  const { document = {}, spec = {}, resource = {}, kind = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, namespace = 'default' } = options
  return {
    document: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { 'notes.json': notesDocument(url, document) } },
    definition: {
      apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name, namespace },
      spec: {
        oasPath: `configmap://${namespace}/${name}/notes.json`, resourceGroup: `${name}.example`,
        resource: {
          kind, identifiers: ['title'], additionalStatusFields: ['id'], excludedSpecFields: ['id'],
          verbsDescription: [
            { action: 'create', method: 'POST', path: '/notes' }, { action: 'findby', method: 'GET', path: '/notes' }, { action: 'get', method: 'GET', path: '/notes/{id}' },
            { action: 'update', method: 'PUT', path: '/notes/{id}' }, { action: 'delete', method: 'DELETE', path: '/notes/{id}' },
          ],
          ...resource,
        },
        ...spec,
      },
    },
  }
}

/** Secret, Configuration and a note of this kind. */
export function noteWith(name: string, note: { readonly name: string; readonly spec: JsonObject; readonly namespace?: string }): readonly JsonObject[] {
  const kind = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
  const namespace = note.namespace ?? 'default'
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'notes', namespace }, data: { token: Buffer.from(TOKEN).toString('base64') } },
    { apiVersion: `${name}.example/v1alpha1`, kind: `${kind}Configuration`, metadata: { name: 'notes', namespace }, spec: { authentication: { bearer: { tokenRef: { namespace, name: 'notes', key: 'token' } } } } },
    { apiVersion: `${name}.example/v1alpha1`, kind, metadata: { name: note.name, namespace }, spec: { configurationRef: { name: 'notes' }, ...note.spec } },
  ]
}

/** `jots` for `jot`: the tests take kinds with a regular plural. */
export function noteType(name: string): { readonly group: string; readonly version: string; readonly plural: string; readonly kind: string; readonly namespaced: boolean } {
  return { group: `${name}.example`, version: 'v1alpha1', plural: `${name}s`, kind: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, namespaced: true }
}
