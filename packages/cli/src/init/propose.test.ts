import { describe, expect, it } from 'vitest'
import { linkDocument, readDocument } from '@oasgen/openapi'
import type { JsonObject } from '@oasgen/json'
import { detectResources } from './detect.js'
import { completeProposal } from './propose.js'

const content = (names: readonly string[]): JsonObject => ({ content: { 'application/json': { schema: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) } } } })
const taking = (names: readonly string[]): JsonObject => ({ requestBody: content(names), responses: { 200: { description: '', ...content(['id', 'name', 'size', 'owner', 'note']) } } })

function updateOf(put: readonly string[], patch: readonly string[]): string | undefined {
  const read = readDocument(JSON.stringify({
    openapi: '3.1.0', info: { title: 't', version: '1' },
    paths: {
      '/things': { post: taking(['name', 'size', 'owner', 'note']) },
      '/things/{id}': { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }], get: taking([]), put: taking(put), patch: taking(patch), delete: taking([]) },
    },
  }), { uri: 'openapi.json' })
  const document = linkDocument(read.value!)
  const [shape] = detectResources(document.operations())
  return completeProposal(document, shape!).verbs.update?.method
}

describe('the update of a proposal', () => {
  it.each([
    { put: ['name', 'size', 'owner', 'note'], patch: ['name', 'size', 'owner', 'note'], want: 'PATCH', reason: 'sends only what changed' },
    { put: ['name', 'size', 'owner', 'note'], patch: ['name'], want: 'PUT', reason: 'a PATCH that only renames cannot keep the rest true' },
    { put: ['name', 'size', 'owner', 'note'], patch: [], want: 'PATCH', reason: 'of a body that is not described nothing is known' },
    { put: ['name'], patch: ['name', 'size'], want: 'PATCH', reason: 'PUT takes less' },
  ])('$want of PUT $put, PATCH $patch: $reason', ({ put, patch, want }) => expect(updateOf(put, patch)).toBe(want))
})
