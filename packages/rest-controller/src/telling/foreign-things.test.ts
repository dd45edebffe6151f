import { createLogger } from '@oasgen/controller'
import type { EventFacts, EventRecorder } from '@oasgen/kube'
import { describe, expect, it } from 'vitest'
import { OWNERS, thing } from '../things.testing.js'
import { createForeignLog, foreignThings } from './foreign-things.js'

describe('what a resource uses of other namespaces', () => {
  const owner = (namespace: string): { readonly type: typeof OWNERS; readonly ref: { readonly namespace: string; readonly name: string } } => ({ type: OWNERS, ref: { namespace, name: 'ada' } })
  const secret = (namespace: string): { readonly namespace: string; readonly name: string; readonly key: string } => ({ namespace, name: 'token', key: 'value' })

  it.each([
    { reason: 'nothing', spec: {}, used: { references: [], secrets: [] }, things: [] },
    { reason: 'all of its own', spec: { configurationRef: { name: 'main' } }, used: { references: [owner('default')], secrets: [secret('default')] }, things: [] },
    { reason: 'its own, said in full', spec: { configurationRef: { name: 'main', namespace: 'default' } }, used: { references: [], secrets: [] }, things: [] },
    { reason: 'a Configuration', spec: { configurationRef: { name: 'main', namespace: 'b' } }, used: { references: [], secrets: [] }, things: ['Configuration b/main'] },
    { reason: 'two keys of one Secret', spec: {}, used: { references: [], secrets: [secret('b'), { ...secret('b'), key: 'other' }] }, things: ['Secret b/token'] },
    { reason: 'another resource', spec: {}, used: { references: [owner('b')], secrets: [] }, things: ['Owner b/ada'] },
  ])('$reason', ({ spec, used, things }) => expect(foreignThings(thing('a', spec), used)).toEqual(things))

  it('is said once, and again when it is something else', () => {
    const lines: string[] = []
    const events: EventFacts[] = []
    const recorder = { record: (event: EventFacts) => void events.push(event) } as unknown as EventRecorder
    const log = createForeignLog({ logger: createLogger({ write: (line) => void lines.push(line) }), recorder })
    const resource = thing('a', {}, { uid: 'u' })
    for (const things of [[], ['Secret b/token'], ['Secret b/token'], ['Secret c/token'], []]) log.tell(resource, things)
    expect(lines).toHaveLength(2)
    expect(events).toHaveLength(2)
    log.forget('u')
    log.tell(resource, ['Secret c/token'])
    expect(lines).toHaveLength(3)
  })
})
