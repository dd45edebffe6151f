import { readFileSync } from 'node:fs'
import { expect, describe, it } from 'vitest'
import { prepare } from '@oasgen/engine'
import { readPlan } from '@oasgen/plan'
import { compileText, readManifests } from './compiled.testing.js'

const document = readFileSync(new URL('../../../examples/bookshop/openapi.yaml', import.meta.url), 'utf8')
const definitions = readManifests(new URL('../../../examples/bookshop/manifests/1-definitions.yaml', import.meta.url))
const compiled = definitions.map((definition) => compileText({ document, definition }))

describe('the four kinds of the bookshop', () => {
  it.each(compiled.map((each) => [each.plan.resource.kind, each] as const))('%s compiles to a Plan that the engine takes', (_, { plan, findings }) => {
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(readPlan(JSON.stringify(plan)).findings).toEqual([])
    expect(prepare(plan).findings).toEqual([])
    expect(plan.servers).toEqual([{ url: 'http://127.0.0.1:18080/v1' }])
  })

  it.each([
    { kind: 'Book', identity: ['status.id'], actions: ['findby', 'get', 'create', 'update', 'delete'], reason: 'the shop gives the id' },
    { kind: 'Author', identity: ['status.authorId'], actions: ['findby', 'get', 'create', 'update', 'delete'], reason: 'the id has the name of its parameter' },
    { kind: 'Order', identity: ['status.id'], actions: ['findby', 'get', 'create', 'update', 'delete'], reason: 'an order is confirmed later' },
    { kind: 'Shelf', identity: ['spec.name'], actions: ['get', 'create', 'update', 'delete'], reason: 'the user names the shelf' },
  ])('$kind is known by $identity: $reason', ({ kind, identity, actions }) => {
    const plan = compiled.find((each) => each.plan.resource.kind === kind)?.plan
    expect(plan?.identity.parts.map(({ path }) => path)).toEqual(identity)
    expect(Object.keys(plan?.actions ?? {})).toEqual(actions)
  })
})
