// A Plan written by hand: things with get, list by name, create, update and delete.
export const THINGS = { group: 'bench.example', version: 'v1alpha1', plural: 'things', kind: 'Thing', namespaced: true }

export function thingPlan(url) {
  const id = { name: 'id', in: 'path', required: true, style: 'simple', explode: false, sources: [{ from: 'identity', path: 'status.id' }] }
  const one = ['/things/', { parameter: 'id' }]
  const fields = ['name', 'color', 'size', 'tags', 'owner', 'notes'].map((path) => ({ path, sources: [{ from: 'resource', path: `spec.${path}` }] }))
  const body = { contentType: 'application/json', encoding: 'json', mode: 'full', whenEmpty: 'omit', fields }
  return {
    format: 1, requires: ['pagination'], definition: { namespace: 'default', name: 'thing' }, resource: { group: 'bench.example', version: 'v1alpha1', kind: 'Thing', plural: 'things' },
    servers: [{ url }], auth: {}, identity: { parts: [{ path: 'status.id', assigned: 'server', type: 'string', from: [{ in: 'body', path: 'id' }] }] },
    actions: {
      findby: {
        call: { server: 0, method: 'GET', path: ['/things'], parameters: [{ name: 'name', in: 'query', style: 'form', explode: true, sources: [{ from: 'resource', path: 'spec.name' }] }], response: { successCodes: ['200'], itemsPath: 'items' } },
        match: { policy: 'AND', identifiers: [{ path: 'name', resource: ['spec.name'] }], itemsComplete: true }, pagination: { type: 'linkHeader', maxPages: 100 },
      },
      get: { call: { server: 0, method: 'GET', path: one, parameters: [id], response: { successCodes: ['200'], complete: true } } },
      create: { call: { server: 0, method: 'POST', path: ['/things'], parameters: [], body, response: { successCodes: ['201'], complete: true } } },
      update: { call: { server: 0, method: 'PUT', path: one, parameters: [id], body, response: { successCodes: ['200'], complete: true } } },
      delete: { call: { server: 0, method: 'DELETE', path: one, parameters: [id], response: { successCodes: ['204'] } } },
    },
    status: [{ path: 'id', from: 'id', type: 'string' }], compare: { scope: 'fullSpec', ignored: [], rules: [] }, policy: {},
  }
}
