import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameOf } from './object.js'
import { createEventDecoder, type WatchEvent } from './watch.js'

const attempt = { verb: 'watch', about: 'widgets' }
const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`

function decode(chunks: readonly Buffer[]): readonly WatchEvent[] {
  const decoder = createEventDecoder(attempt)
  return chunks.flatMap((chunk) => decoder.push(chunk))
}

describe('chunks to events', () => {
  it('does not depend on where the chunks end, not even inside a character', () => {
    const text = Buffer.from([
      line('ADDED', { metadata: { name: 'ä€😀' } }), '\n', line('MODIFIED', { metadata: { name: 'b' } }), line('BOOKMARK', { metadata: { resourceVersion: '7' } }),
      line('DELETED', { metadata: { name: 'c' } }),
    ].join(''))
    const whole = decode([text])
    expect(whole.map((event) => (event.type === 'added' || event.type === 'updated' || event.type === 'deleted' ? `${event.type} ${nameOf(event.object)}` : event.type)))
      .toEqual(['added ä€😀', 'updated b', 'bookmark', 'deleted c'])
    fc.assert(fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const ends = [...cuts, text.length].sort((left, right) => left - right)
      const chunks = ends.map((end, index) => text.subarray(ends[index - 1] ?? 0, end))
      expect(decode(chunks)).toEqual(whole)
    }))
  })

  it.each([
    { name: 'no JSON', reason: 'a cut line', text: '{"type":"ADDED","obj\n', kind: 'protocol' },
    { name: 'no object', reason: 'nothing to say', text: '{"type":"ADDED"}\n', kind: 'protocol' },
    { name: 'an unknown type', reason: 'newer than we are', text: line('RENAMED', {}), kind: 'protocol' },
    { name: 'an expired version', reason: 'the server says so inside the stream', text: line('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }), kind: 'gone' },
    { name: 'an internal error', reason: 'etcd went away', text: line('ERROR', { kind: 'Status', code: 500, reason: 'InternalError' }), kind: 'server' },
  ])('$name ends the watch: $reason', (row) => {
    const events = decode([Buffer.from(line('ADDED', { metadata: { name: 'a' } }) + row.text + line('ADDED', { metadata: { name: 'b' } }))])
    expect(events).toHaveLength(2)
    expect(events[1]).toMatchObject({ type: 'error', error: { kind: row.kind } })
  })

  it('marks the end of the first state', () => {
    const object = { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } }
    expect(decode([Buffer.from(line('BOOKMARK', object))])).toEqual([{ type: 'bookmark', resourceVersion: '9', initialEventsEnd: true }])
  })

  it('does not collect an endless line', () => {
    const decoder = createEventDecoder(attempt)
    let last: readonly WatchEvent[] = []
    for (let index = 0; index < 20 && last.length === 0; index += 1) last = decoder.push(Buffer.alloc(1024 * 1024, 'x'))
    expect(last).toMatchObject([{ type: 'error', error: { kind: 'protocol' } }])
  })
})
