// A document as large as GitHub's (13 MB of JSON): the same few operations that are used, and thousands that are not.
import { createServer } from 'node:http'

/** Serves it with an ETag and counts how it was asked for. */
export async function serveDocument(megabytes) {
  const text = documentOf(megabytes)
  const asked = { full: 0, conditional: 0 }
  const server = createServer((request, response) => {
    if (request.headers['if-none-match'] === '"1"') {
      asked.conditional += 1
      return void response.writeHead(304, { etag: '"1"' }).end()
    }
    asked.full += 1
    response.writeHead(200, { 'content-type': 'application/json', etag: '"1"' }).end(text)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}/openapi.json`, asked, bytes: text.length, close: () => { server.close(); server.closeAllConnections() } }
}

function documentOf(megabytes) {
  const item = { type: 'object', required: ['title'], properties: { id: { type: 'integer' }, title: { type: 'string' }, text: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } } }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/item' } } }
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } }
  const operation = (more) => ({ responses: { 200: { description: 'done', content } }, ...more })
  const paths = {
    '/items': { get: { responses: { 200: { description: 'done', content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/item' } } } } } } }, post: operation({ requestBody: { required: true, content } }) },
    '/items/{id}': { get: operation({ parameters: [id] }), put: operation({ parameters: [id], requestBody: { required: true, content } }), delete: { parameters: [id], responses: { 204: { description: 'gone' } } } },
  }
  const filler = { type: 'object', properties: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`property_${index}`, { type: 'string', description: 'One of the many things that such an answer tells about itself, in a sentence.' }])) }
  const schemas = { item }
  for (let index = 0; JSON.stringify(filler).length * index < megabytes * 1e6; index++) {
    schemas[`other-${index}`] = filler
    paths[`/others/${index}`] = { get: { responses: { 200: { description: 'done', content: { 'application/json': { schema: { $ref: `#/components/schemas/other-${index}` } } } } } } }
  }
  return JSON.stringify({ openapi: '3.0.3', info: { title: 'Large', version: '1' }, servers: [{ url: 'http://127.0.0.1:9' }], security: [{ token: [] }], paths, components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } })
}

export function definitionOf(name, oasPath, refreshInterval) {
  return {
    apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name, namespace: 'default' },
    spec: {
      oasPath, resourceGroup: `${name}.bench.example`, document: { refreshInterval },
      resource: {
        kind: 'Item', identifiers: ['title'], additionalStatusFields: ['id'], excludedSpecFields: ['id'],
        verbsDescription: [
          { action: 'create', method: 'POST', path: '/items' }, { action: 'findby', method: 'GET', path: '/items' }, { action: 'get', method: 'GET', path: '/items/{id}' },
          { action: 'update', method: 'PUT', path: '/items/{id}' }, { action: 'delete', method: 'DELETE', path: '/items/{id}' },
        ],
      },
    },
  }
}
