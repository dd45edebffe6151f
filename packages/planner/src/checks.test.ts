import { describe, expect, it } from 'vitest'
import type { Finding } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import { buildModel, linkOptions } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'
import { compilePlan } from './compile-plan.js'
import { answers, body, DONE, object, parameter, STRING } from './sketch.testing.js'

const FIELDS = { name: STRING, note: STRING, list: { type: 'array', items: object({ zone: STRING }) } }
const THING = object({ ...FIELDS, id: STRING })
const PATHS = {
  '/things': { get: answers({ type: 'array', items: THING }), post: { ...body(object(FIELDS)), ...answers(THING, '201') } },
  '/things/{id}': { parameters: [parameter('id', 'path')], get: answers(THING), put: { ...body(object({})), ...answers(THING) }, delete: DONE },
  '/orgs/{org}/jobs/{operationId}': { get: { parameters: [parameter('org', 'path'), parameter('operationId', 'path')], ...answers(object({ state: STRING })) } },
}

interface Case {
  readonly resource?: JsonObject
  /** Members of an entry of `verbsDescription`, by its action. */
  readonly verbs?: Readonly<Record<string, JsonObject>>
  readonly without?: string
}

const VERBS: Readonly<Record<string, JsonObject>> = {
  findby: { method: 'GET', path: '/things' }, get: { method: 'GET', path: '/things/{id}' }, create: { method: 'POST', path: '/things' },
  update: { method: 'PUT', path: '/things/{id}' }, delete: { method: 'DELETE', path: '/things/{id}' },
}

function compile({ resource = {}, verbs = {}, without }: Case): { readonly hasPlan: boolean; readonly findings: readonly Finding[] } {
  const text = JSON.stringify({ openapi: '3.0.3', info: { title: 'x', version: '1' }, servers: [{ url: 'https://api.example' }], paths: PATHS })
  const verbsDescription = Object.entries(VERBS).filter(([action]) => action !== without).map(([action, verb]) => ({ action, ...verb, ...verbs[action] }))
  const spec = { oasPath: 'http://x.example/y', resourceGroup: 'things.example', resource: { kind: 'Thing', schema: 'strict', identifiers: ['name'], additionalStatusFields: ['id'], ...resource, verbsDescription } }
  const { value: definition, findings } = readRestDefinition({ apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'thing', namespace: 'default' }, spec })
  if (definition === undefined) throw new Error(findings.map(({ message }) => message).join('; '))
  const source = readDocument(new TextEncoder().encode(text), { uri: 'http://x.example/y' })
  if (source.value === undefined) throw new Error('no document')
  const compiled = compilePlan(buildModel(linkDocument(source.value, new Map(), linkOptions(definition)), definition).value)
  return { hasPlan: compiled.value !== undefined, findings: compiled.findings }
}

const AT = (index: number): string => `spec.resource.verbsDescription[${index}]`

describe('what cannot be read makes no Plan', () => {
  it.each([
    { code: 'PLN0101', at: `${AT(0)}.itemsPath`, parts: { verbs: { findby: { itemsPath: '$.items[*' } } }, reason: 'JSONPath' },
    { code: 'PLN0101', at: `${AT(2)}.fieldMapping[0].inResponse`, parts: { verbs: { create: { fieldMapping: [{ inResponse: 'a..b', inCustomResource: 'status.b' }] } } }, reason: 'two dots' },
    { code: 'PLN0101', at: `${AT(0)}.pagination.continuationToken.response`, parts: { verbs: { findby: { pagination: { type: 'continuationToken', continuationToken: { request: { tokenIn: 'query', tokenPath: 'c' }, response: { tokenIn: 'body', tokenPath: 'a[' } } } } } }, reason: 'an open bracket' },
    { code: 'EXP0101', at: 'spec.resource.readyWhen', parts: { resource: { readyWhen: 'observed.name ==' } }, reason: 'CEL that ends too early' },
    { code: 'EXP0101', at: 'spec.resource.readyWhen', parts: { resource: { readyWhen: 'response.status == 200' } }, reason: 'a name that means nothing there' },
    { code: 'EXP0102', at: 'spec.resource.failedWhen', parts: { resource: { failedWhen: '"yes"' } }, reason: 'CEL of the wrong type' },
    { code: 'EXP0101', at: `${AT(1)}.outcome.absentWhen`, parts: { verbs: { get: { outcome: { absentWhen: 'response.state == 1' } } } }, reason: 'a member that answers do not have' },
    { code: 'EXP0101', at: `${AT(2)}.fieldMapping[0].value`, parts: { verbs: { create: { fieldMapping: [{ inBody: 'note', value: 'self.spec.' }] } } }, reason: 'a mapping' },
    { code: 'EXP0101', at: `${AT(2)}.steps[0].when`, parts: { verbs: { create: { steps: [{ name: 'a', method: 'GET', path: '/things', when: 'item == 1' }] } } }, reason: 'there is no item outside of forEach' },
    { code: 'EXP0101', at: 'spec.resource.fields[0].normalize[0].cel', parts: { resource: { fields: [{ path: 'spec.note', normalize: [{ cel: 'self.x' }] }] } }, reason: 'a normalizer sees the value alone' },
    { code: 'EXP0201', at: `${AT(1)}.responseTransform`, parts: { verbs: { get: { responseTransform: { inline: '.a | ' } } } }, reason: 'jq that ends too early' },
    { code: 'EXP0201', at: `${AT(2)}.fieldMapping[0].valueMapping.jq`, parts: { verbs: { create: { fieldMapping: [{ inResponse: 'note', inCustomResource: 'status.note', valueMapping: { type: 'jq', jq: { inline: 'nothing(.)' } } }] } } }, reason: 'jq that calls what is not there' },
    { code: 'PLN0005', at: `${AT(1)}.responseTransform`, parts: { verbs: { get: { responseTransform: { ref: 'configmap://default/x/y' } } } }, reason: 'a program that nobody fetched' },
  ])('$code at $at: $reason', ({ code, at, parts }) => {
    const { hasPlan, findings } = compile(parts)
    expect(findings.map((found) => [found.code, found.where?.kind === 'resource' ? found.where.path : undefined])).toEqual([[code, at]])
    expect(hasPlan).toBe(false)
  })
})

const POLL = { path: '/orgs/{org}/jobs/{operationId}', statusPath: 'state', successValues: ['done'], failureValues: ['failed'] }

describe('what cannot have its effect is told', () => {
  it.each([
    { code: 'PLN0103', parts: { resource: { fields: [{ path: 'spec.extra', schema: STRING, ownershipMark: true }], excludedSpecFields: ['extra'] } } },
    { code: 'PLN0104', parts: { resource: { fields: [{ path: 'spec.note', immutable: 'replace' }] }, without: 'delete' } },
    { code: 'PLN0105', parts: { resource: { fields: [{ path: 'spec.note', writeOnly: true, witness: 'status.changed' }] } } },
    { code: 'PLN0106', parts: { resource: { fields: [{ path: 'spec.list', compare: 'keyed' }] } } },
    { code: 'PLN0107', parts: { resource: { fields: [{ path: 'spec.note', compare: 'set' }] } } },
    { code: 'PLN0108', parts: { verbs: { create: { fieldMapping: [{ inBody: 'note', inCustomResource: 'status.id' }] } } } },
    { code: 'PLN0109', parts: { verbs: { create: { async: { operationRef: { in: 'body', path: 'id' } } } } } },
    { code: 'PLN0110', parts: { verbs: { create: { async: { operationRef: { in: 'body', path: 'id' }, poll: POLL } } } } },
    { code: 'PLN0111', parts: { resource: { fields: [{ path: 'spec.note', secret: true }] }, verbs: { create: { requestTransform: { inline: '.' } } } } },
    { code: 'PLN0112', parts: { resource: { compareScope: 'updatable' }, verbs: { update: { path: '/orgs/{org}/jobs/{operationId}', method: 'GET' } } } },
  ])('$code', ({ code, parts }) => {
    const { hasPlan, findings } = compile(parts)
    expect(findings.map((found) => found.code)).toEqual([code])
    expect(hasPlan).toBe(true)
  })

  it('nothing is told about a plain definition', () => {
    expect(compile({})).toEqual({ hasPlan: true, findings: [] })
  })
})
