import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { compileTemplate } from './path-template.js'
import { actionOf, answers, DONE, object, parameter, sketch, STRING } from './sketch.testing.js'

const paths = (own: JsonObject = {}): JsonObject => ({ '/things/{id}': { parameters: [parameter('id', 'path')], get: { ...own, ...answers(object({ id: STRING })) }, delete: DONE } })
const VERBS = ['get GET /things/{id}', 'delete DELETE /things/{id}']

describe('servers', () => {
  it.each([
    { servers: [{ url: 'https://a.example/v1/' }], uri: 'http://docs.example/x/openapi.json', wanted: [{ url: 'https://a.example/v1' }], reason: 'no slash at the end' },
    { servers: [{ url: '/v1' }], uri: 'http://docs.example:8080/x/openapi.json', wanted: [{ url: 'http://docs.example:8080/v1' }], reason: 'relative to the document' },
    { servers: [{ url: '../v1' }], uri: 'http://docs.example/x/y/openapi.json', wanted: [{ url: 'http://docs.example/x/v1' }], reason: 'relative to the folder of the document' },
    { servers: [{ url: '/v1' }], uri: 'configmap://default/thing/openapi.json', wanted: [{ url: '/v1' }], reason: 'only a baseURL can help' },
    {
      servers: [{ url: 'https://{region}.example/{version}', variables: { region: { default: 'eu', enum: ['eu', 'us'] }, version: { default: 'v1' } } }], uri: 'http://docs.example/openapi.json',
      wanted: [{ url: 'https://{region}.example/{version}', variables: { region: { default: 'eu', enum: ['eu', 'us'] }, version: { default: 'v1' } } }], reason: 'the Configuration may choose',
    },
    {
      servers: [{ url: '/{version}', variables: { version: { default: 'v1' } } }], uri: 'http://docs.example/openapi.json',
      wanted: [{ url: 'http://docs.example/{version}', variables: { version: { default: 'v1' } } }], reason: 'a relative template stays one',
    },
  ])('$wanted: $reason', ({ servers, uri, wanted }) => {
    expect(sketch({ paths: paths(), verbs: VERBS, document: { servers }, uri }).plan.servers).toEqual(wanted)
  })

  it('puts the document\'s own first, for a baseURL stands for it', () => {
    const { plan } = sketch({ paths: paths({ servers: [{ url: 'http://plugin.example' }] }), verbs: VERBS })
    expect(plan.servers).toEqual([{ url: 'https://api.example' }, { url: 'http://plugin.example' }])
    expect([actionOf(plan, 'get').call?.server, actionOf(plan, 'delete').call?.server]).toEqual([1, 0])
  })

  it('the definition replaces what the document says', () => {
    const { plan } = sketch({ paths: paths({ servers: [{ url: 'http://plugin.example' }] }), verbs: VERBS, spec: { document: { servers: [{ url: 'https://mine.example' }] } } })
    expect(plan.servers).toEqual([{ url: 'https://mine.example' }])
  })
})

describe('path templates', () => {
  it.each([
    { template: '/things/{id}', pieces: ['/things/', { parameter: 'id' }], queries: [] },
    { template: '/a{x}.{y}/b c/ä%2F', pieces: ['/a', { parameter: 'x' }, '.', { parameter: 'y' }, '/b%20c/%C3%A4%2F'], queries: [] },
    { template: '/items/', pieces: ['/items/'], queries: [] },
    { template: '/100%/x', pieces: ['/100%25/x'], queries: [] },
    { template: '/x?action=run%20now&all', pieces: ['/x'], queries: [{ name: 'action', value: 'run now' }, { name: 'all', value: '' }] },
    { template: '/x?id={id}&v=1', pieces: ['/x'], queries: [{ name: 'v', value: '1' }] },
    { template: '/x/{id}#delete', pieces: ['/x/', { parameter: 'id' }], queries: [] },
    { template: '/{a}{b}', pieces: ['/', { parameter: 'a' }, { parameter: 'b' }], queries: [] },
  ])('$template', ({ template, pieces, queries }) => {
    expect(compileTemplate(template)).toEqual({ pieces, queries })
  })
})
