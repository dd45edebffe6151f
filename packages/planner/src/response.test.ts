import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { actionOf, answers, body, object, parameter, sketch, STRING } from './sketch.testing.js'

const THING = object({ id: STRING, name: STRING })
const RESOURCE = { identifiers: ['name'], additionalStatusFields: ['id'] }

describe('where the list is', () => {
  it.each([
    { list: { type: 'array', items: THING }, settings: {}, wanted: {}, reason: 'the answer is the list, and says so itself' },
    { list: object({ total: { type: 'integer' }, things: { type: 'array', items: THING } }), settings: {}, wanted: { itemsPath: 'things' }, reason: 'the document shows it' },
    { list: object({ data: object({ list: { type: 'array', items: object({ thing: THING }) } }) }), settings: {}, wanted: { itemsPath: 'data.list', itemPath: 'thing' }, reason: 'two levels, and an envelope around each' },
    { list: object({ a: { type: 'array', items: THING }, b: { type: 'array', items: THING } }), settings: { itemsPath: 'b' }, wanted: { itemsPath: 'b' }, reason: 'the definition decides' },
    { list: object({ name: STRING, tags: { type: 'array', items: STRING } }), settings: { itemPath: '$' }, wanted: { itemPath: '$' }, reason: 'the answer is the one object, its list is a field' },
    { list: object({ things: { type: 'array', items: THING } }), settings: { responseTransform: { inline: '.things' } }, wanted: { transform: '.things' }, reason: 'nobody knows the form behind a transform' },
  ])('$wanted: $reason', ({ list, settings, wanted }) => {
    const paths = { '/things': { get: answers(list as JsonObject) }, '/things/{id}': { parameters: [parameter('id', 'path')], get: answers(THING) } }
    const { plan } = sketch({ paths, verbs: [{ action: 'findby', method: 'GET', path: '/things', ...settings }, 'get GET /things/{id}'], resource: RESOURCE })
    const { successCodes: _, ...rest } = actionOf(plan, 'findby').call?.response ?? { successCodes: [] }
    expect(rest).toEqual(wanted)
  })

  it.each([
    { item: THING, whole: THING, complete: true, reason: 'both show the same' },
    { item: object({ id: STRING }), whole: THING, complete: undefined, reason: 'the list shows less' },
    { item: object({ id: STRING, name: STRING, more: STRING }), whole: THING, complete: true, reason: 'the list shows more' },
    { item: object({ id: STRING, name: STRING, config: object({ a: STRING }) }), whole: object({ id: STRING, name: STRING, config: object({ a: STRING, b: STRING }) }), complete: undefined, reason: 'it shows less further down' },
  ])('a list is complete: $complete, because $reason', ({ item, whole, complete }) => {
    const paths = { '/things': { get: answers({ type: 'array', items: item }) }, '/things/{id}': { parameters: [parameter('id', 'path')], get: answers(whole) } }
    const { plan } = sketch({ paths, verbs: ['findby GET /things', 'get GET /things/{id}'], resource: RESOURCE })
    expect(actionOf(plan, 'findby').match?.itemsComplete).toBe(complete)
  })

  it('an identifier is read where a mapping of the list says', () => {
    const paths = { '/things': { get: answers({ type: 'array', items: object({ full_name: STRING, id: STRING }) }) } }
    const { plan } = sketch({ paths, verbs: [{ action: 'findby', method: 'GET', path: '/things', fieldMapping: [{ inResponse: 'full_name', inCustomResource: 'spec.name' }] }], resource: RESOURCE })
    expect(actionOf(plan, 'findby').match?.identifiers).toEqual([{ path: 'full_name', resource: ['spec.name', 'status.name'] }])
  })
})

describe('which codes are success, and what is asked for', () => {
  it.each([
    { responses: { '200': {}, '2XX': {}, '404': {}, default: {} }, added: [], wanted: ['200', '2XX'] },
    { responses: { default: {} }, added: [], wanted: ['default'] },
    { responses: { '404': {} }, added: [304], wanted: ['304'] },
    { responses: { '201': {} }, added: [201, 409], wanted: ['201', '409'] },
  ])('$wanted', ({ responses, added, wanted }) => {
    const described = Object.fromEntries(Object.entries(responses).map(([code, response]) => [code, { description: 'x', ...response }]))
    const { plan } = sketch({ paths: { '/things': { post: { responses: described } } }, verbs: [{ action: 'create', method: 'POST', path: '/things', successCodes: added }] })
    expect(actionOf(plan, 'create').call?.response.successCodes).toEqual(wanted)
  })

  it.each([
    { content: ['application/json', 'text/html'], wanted: undefined, reason: 'plain JSON is asked for anyway' },
    { content: ['application/vnd.things+json'], wanted: 'application/vnd.things+json', reason: 'some servers answer 406 to anything else' },
    { content: ['text/plain', 'text/html'], wanted: 'text/plain, text/html, */*;q=0.1', reason: 'the server has nothing else' },
    { content: [], wanted: undefined, reason: 'there is no body' },
  ])('$content: $wanted, because $reason', ({ content, wanted }) => {
    const response = { description: 'x', content: Object.fromEntries(content.map((media) => [media, { schema: THING }])) }
    const { plan } = sketch({ paths: { '/things': { post: { ...body(THING), responses: { '200': response } } } }, verbs: ['create POST /things'] })
    expect(actionOf(plan, 'create').call?.accept).toBe(wanted)
  })
})

describe('where the identity comes from', () => {
  const item = { parameters: [parameter('id', 'path')], get: answers(THING) }

  it.each([
    { headers: {}, more: {}, wanted: ['body'], reason: 'the answer has it' },
    { headers: { Location: { schema: STRING } }, more: {}, wanted: ['body', 'location'], reason: 'the Location leads to it too' },
    { headers: { Location: { schema: STRING } }, more: { async: { operationRef: { in: 'header', path: 'location' } } }, wanted: ['body'], reason: 'that Location leads to an operation' },
  ])('$wanted: $reason', ({ headers, more, wanted }) => {
    const paths = { '/things': { post: { ...body(object({ name: STRING })), ...answers(THING, '201', { headers }) } }, '/things/{id}': item }
    const { plan } = sketch({ paths, verbs: [{ action: 'create', method: 'POST', path: '/things', ...more }, 'get GET /things/{id}'], resource: RESOURCE })
    expect(plan.identity.parts.map(({ from }) => from.map((source) => source.in))).toEqual([wanted])
  })

  it.each([
    { required: ['id'], wanted: [], reason: 'what was sent is the identity, however it is spelt in answers' },
    { required: [], wanted: ['body'], reason: 'the API chooses when the user does not' },
  ])('a name in the body gives $wanted: $reason', ({ required, wanted }) => {
    const paths = { '/things': { post: { ...body(object({ id: STRING, name: STRING }, { required })), ...answers(THING, '201') } }, '/things/{key}': { ...item, parameters: [parameter('key', 'path')] } }
    const get = { action: 'get', method: 'GET', path: '/things/{key}', requestFieldMapping: [{ inPath: 'key', inCustomResource: 'spec.id' }] }
    const { plan } = sketch({ paths, verbs: ['create POST /things', get], resource: { identifiers: ['id'] } })
    expect(plan.identity.parts).toMatchObject([{ path: 'spec.id', assigned: 'spec' }])
    expect(plan.identity.parts.map(({ from }) => from.map((source) => source.in))).toEqual([wanted])
  })
})
