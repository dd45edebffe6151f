import { describe, expect, it } from 'vitest'
import type { Clock } from '@oasgen/controller'
import { finding } from '@oasgen/diagnostics'
import type { KubeError, KubeErrorKind, KubeObject, KubeResult } from '@oasgen/kube'
import { persist, type Attempts } from './persist.js'

const OLD: KubeObject = { metadata: { name: 'a', resourceVersion: '1' } }
const NEW: KubeObject = { metadata: { name: 'a', resourceVersion: '2' } }

function error(kind: KubeErrorKind, retryAfterMs?: number): KubeResult<KubeObject> {
  const about: KubeError = { kind, code: 0, reason: '', message: kind, causes: [], sent: 'answered', finding: finding('KUB0110', { verb: 'patch', about: 'a', message: kind }), ...(retryAfterMs !== undefined && { retryAfterMs }) }
  return { ok: false, error: about }
}
const ok: KubeResult<KubeObject> = { ok: true, value: NEW }

/** Pauses take no time and are noted. */
function clock(pauses: number[]): Clock {
  return { now: () => 0, wall: () => 0, after: (ms, call) => {
    pauses.push(ms)
    queueMicrotask(call)
    return () => undefined
  } }
}

interface Row {
  readonly name: string
  readonly reason: string
  readonly precondition: Attempts['precondition']
  readonly answers: readonly KubeResult<KubeObject>[]
  readonly want: string
  readonly tries: number
}

describe('persist', () => {
  it.each<Row>([
    { name: 'success', reason: 'nothing to add', precondition: 'none', answers: [ok], want: 'written', tries: 1 },
    { name: 'a decision on something stale', reason: 'a conflict is quiet: the newer object is on its way', precondition: 'resourceVersion', answers: [error('conflict')], want: 'stale', tries: 1 },
    { name: 'a decision while the server is away', reason: 'the whole reconcile is tried again', precondition: 'resourceVersion', answers: [error('unreachable')], want: 'failed', tries: 1 },
    { name: 'a fact while the server is away', reason: 'an id must not be lost', precondition: 'none', answers: [error('unreachable'), error('server'), error('throttled'), ok], want: 'written', tries: 4 },
    { name: 'a fact on something that changed', reason: 'facts hold whatever changed', precondition: 'none', answers: [error('conflict'), ok], want: 'written', tries: 2 },
    { name: 'a fact without the right', reason: 'somebody may grant it', precondition: 'none', answers: [error('forbidden'), error('unauthorized'), ok], want: 'written', tries: 3 },
    { name: 'a fact that the server finds invalid', reason: 'it will say so again', precondition: 'none', answers: [error('invalid')], want: 'failed', tries: 1 },
    { name: 'the resource is no more', reason: 'there is nothing to write to', precondition: 'none', answers: [error('server'), error('notFound')], want: 'gone', tries: 2 },
  ])('$name: $reason', async ({ precondition, answers, want, tries }) => {
    let tried = 0
    const result = await persist(OLD, {
      precondition, clock: clock([]), signal: new AbortController().signal,
      attempt: () => Promise.resolve(answers[tried++] ?? ok),
      read: () => Promise.resolve({ ok: true, value: NEW }),
    })
    expect(result.type).toBe(want)
    expect(tried).toBe(tries)
  })

  it('writes a fact on top of the newest state after a conflict', async () => {
    const seen: KubeObject[] = []
    await persist(OLD, {
      precondition: 'none', clock: clock([]), signal: new AbortController().signal,
      attempt: (current) => {
        seen.push(current)
        return Promise.resolve(seen.length === 1 ? error('conflict') : ok)
      },
      read: () => Promise.resolve({ ok: true, value: NEW }),
    })
    expect(seen).toEqual([OLD, NEW])
  })

  it('waits longer each time, up to five seconds, and as long as the server asks for', async () => {
    const pauses: number[] = []
    let tries = 0
    await persist(OLD, {
      precondition: 'none', clock: clock(pauses), signal: new AbortController().signal,
      attempt: () => Promise.resolve(tries++ < 8 ? error('server', tries === 2 ? 9_000 : undefined) : ok),
      read: () => Promise.resolve(ok),
    })
    expect(pauses).toEqual([100, 9_000, 400, 800, 1_600, 3_200, 5_000, 5_000])
  })

  it('gives a fact up only when the process is about to be killed', async () => {
    const ending = new AbortController()
    let tries = 0
    const result = await persist(OLD, {
      precondition: 'none', clock: clock([]), signal: ending.signal,
      attempt: () => {
        if (++tries === 50) ending.abort()
        return Promise.resolve(error('unreachable'))
      },
      read: () => Promise.resolve(error('unreachable')),
    })
    expect(result.type).toBe('failed')
    expect(tries).toBe(50)
  })
})
