import { describe, expect, it } from 'vitest'
import { finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject } from '@oasgen/json'
import type { Kube, KubeErrorKind, KubeObject, KubeResult, ResourceType } from '@oasgen/kube'
import { removeFinalizer } from './finalizers.js'

const ZONES: ResourceType = { group: 'dns.example', version: 'v1', plural: 'zones', kind: 'Zone', namespaced: true }

function zone(resourceVersion: string, finalizers: readonly string[]): KubeObject {
  return { metadata: { name: 'a', namespace: 'default', resourceVersion, finalizers: [...finalizers] } }
}

function error(kind: KubeErrorKind): KubeResult<KubeObject> {
  return { ok: false, error: { kind, code: 0, reason: '', message: kind, causes: [], sent: 'answered', finding: finding('KUB0110', { verb: 'patch', about: 'a', message: kind }) } }
}

/** A server of one object that somebody else writes before our first patches arrive. */
function server(meddling: readonly (readonly string[])[], refusal?: KubeErrorKind): { readonly kube: Kube; readonly finalizers: () => readonly string[] } {
  let current = zone('1', ['ours', 'theirs'])
  let patches = 0
  const write = (finalizers: readonly string[]): void => { current = zone(String(Number((current.metadata as JsonObject)['resourceVersion']) + 1), finalizers) }
  const patch = (_: ResourceType, __: unknown, { body }: { readonly body: JsonObject }): Promise<KubeResult<KubeObject>> => {
    if (refusal !== undefined) return Promise.resolve(error(refusal))
    const others = meddling[patches++]
    if (others !== undefined) write(others)
    const metadata = isObject(body['metadata']) ? body['metadata'] : {}
    if (metadata['resourceVersion'] !== (current.metadata as JsonObject)['resourceVersion']) return Promise.resolve(error('conflict'))
    write(isArray(metadata['finalizers']) ? metadata['finalizers'].map(String) : [])
    return Promise.resolve({ ok: true, value: current })
  }
  const kube = { patch, get: () => Promise.resolve({ ok: true, value: current }) } as unknown as Kube
  return { kube, finalizers: () => (current.metadata as JsonObject)['finalizers'] as string[] }
}

describe('taking a finalizer away', () => {
  it.each([
    { meddling: [], left: ['theirs'], reason: 'nobody else writes' },
    { meddling: [['ours']], left: [], reason: 'others take theirs at the same moment: ours must not stay for ever' },
    { meddling: [['ours'], ['ours', 'new']], left: ['new'], reason: 'what others add meanwhile is kept' },
    { meddling: [['theirs']], left: ['theirs'], reason: 'somebody took it for us' },
  ])('$meddling: $reason', async ({ meddling, left }) => {
    const { kube, finalizers } = server(meddling)
    expect(await removeFinalizer(kube, { type: ZONES, object: zone('1', ['ours', 'theirs']), finalizer: 'ours' })).toMatchObject({ type: 'released' })
    expect(finalizers()).toEqual(left)
  })

  it.each([
    { refusal: 'notFound', type: 'gone', reason: 'there is nothing to take it from' },
    { refusal: 'unreachable', type: 'again', reason: 'the next occasion may never come by itself' },
    { refusal: 'forbidden', type: 'again', reason: 'somebody may grant the right' },
  ] as const)('$refusal is $type: $reason', async ({ refusal, type }) => {
    expect(await removeFinalizer(server([], refusal).kube, { type: ZONES, object: zone('1', ['ours']), finalizer: 'ours' })).toEqual({ type })
  })
})
