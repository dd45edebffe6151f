import type { JsonObject } from '@oasgen/json'
import type { KubeObject, ResourceType } from '@oasgen/kube'
import type { Plan } from '@oasgen/plan'

export const GROUP = 'lab.example'
export const THINGS: ResourceType = { group: GROUP, version: 'v1alpha1', plural: 'things', kind: 'Thing', namespaced: true }
export const CONFIGURATIONS: ResourceType = { group: GROUP, version: 'v1alpha1', plural: 'thingconfigurations', kind: 'ThingConfiguration', namespaced: true }
export const OWNERS: ResourceType = { group: GROUP, version: 'v1alpha1', plural: 'owners', kind: 'Owner', namespaced: true }

/** A Plan for things at this address; `serve` says how they are read. */
export function thingPlan(url: string, { serve = 'get', ...more }: { readonly serve?: 'get' | 'list' } & Partial<Plan> = {}): Plan {
  const auth = { alternatives: [{ schemes: [{ scheme: 'token', scopes: [] }] }, { schemes: [] }] }
  const id = { name: 'id', in: 'path', required: true, style: 'simple', explode: false, sources: [{ from: 'identity', path: 'status.id' }] } as const
  const one = ['/things/', { parameter: 'id' }] as const
  const fields = ['name', 'color', 'size'].map((path) => ({ path, sources: [{ from: 'resource', path: `spec.${path}` }] }) as const)
  const body = { contentType: 'application/json', encoding: 'json', mode: 'full', whenEmpty: 'omit', fields } as const
  const call = { server: 0, auth } as const
  return {
    format: 1, requires: [],
    definition: { namespace: 'default', name: 'thing' },
    resource: { group: GROUP, version: 'v1alpha1', kind: 'Thing', plural: 'things' },
    configuration: { kind: 'ThingConfiguration', plural: 'thingconfigurations', required: false },
    servers: [{ url }],
    auth: { token: { type: 'bearer', block: 'bearer' } },
    identity: { parts: [{ path: 'status.id', assigned: 'server', type: 'string', from: [{ in: 'body', path: 'id' }] }] },
    actions: {
      findby: {
        call: { ...call, method: 'GET', path: ['/things'], parameters: [], response: { successCodes: ['200'], itemsPath: 'items' } },
        match: { policy: 'AND', identifiers: [{ path: 'name', resource: ['spec.name'] }], itemsComplete: true },
        pagination: { type: 'linkHeader', maxPages: 100 },
      },
      ...(serve === 'get' && { get: { call: { ...call, method: 'GET', path: one, parameters: [id], response: { successCodes: ['200'], complete: true } } } }),
      create: { call: { ...call, method: 'POST', path: ['/things'], parameters: [], body, response: { successCodes: ['201'], complete: true } } },
      update: { call: { ...call, method: 'PUT', path: one, parameters: [id], body, response: { successCodes: ['200'], complete: true } } },
      delete: { call: { ...call, method: 'DELETE', path: one, parameters: [id], response: { successCodes: ['204'] } } },
    },
    status: [{ path: 'id', from: 'id', type: 'string' }],
    compare: { scope: 'fullSpec', ignored: ['configurationRef'], rules: [] },
    policy: {},
    ...more,
  }
}

export function thing(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  return { apiVersion: `${GROUP}/v1alpha1`, kind: 'Thing', metadata: { name, namespace: 'default', ...metadata }, spec: { name, color: 'red', ...spec } }
}

export function secret(name: string, data: Readonly<Record<string, string>>, namespace = 'default'): KubeObject {
  return { metadata: { name, namespace }, data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])) }
}

export function configuration(name: string, spec: JsonObject, namespace = 'default'): KubeObject {
  return { apiVersion: `${GROUP}/v1alpha1`, kind: 'ThingConfiguration', metadata: { name, namespace }, spec }
}
