import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectKube, type Kube } from './client.js'
import { waitForSync } from './informer.js'
import { createInformers, type Informers } from './informers.js'
import type { ResourceType } from './object.js'
import { eventually, startStubServer, type StubServer } from './stub-server.testing.js'

const WIDGETS: ResourceType = { group: 'test.dev', version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true }

let stub: StubServer
let kube: Kube
let informers: Informers
beforeEach(async () => {
  stub = await startStubServer()
  kube = connectKube({ server: stub.url })
  informers = createInformers(kube, { minPauseMs: 5 })
})
afterEach(async () => {
  await informers.stopAll()
  await kube.close()
  await stub.stop()
})

describe('shared informers', () => {
  it('are one for the same kind and scope, and stop with the last user', async () => {
    const first = informers.acquire(WIDGETS, { namespace: 'default' })
    const second = informers.acquire(WIDGETS, { namespace: 'default' })
    expect(second).toBe(first)
    await first.synced
    await eventually(() => stub.openWatches() === 1, 'one watch')
    await informers.release(first)
    expect(stub.openWatches()).toBe(1)
    await informers.release(second)
    await eventually(() => stub.openWatches() === 0, 'no watch')
  })

  it('are others for another scope, content or index', () => {
    const all = [
      informers.acquire(WIDGETS), informers.acquire(WIDGETS, { namespace: 'default' }), informers.acquire(WIDGETS, { labelSelector: 'a=b' }),
      informers.acquire(WIDGETS, { fieldSelector: 'metadata.name=x' }), informers.acquire(WIDGETS, { metadataOnly: true }),
      informers.acquire(WIDGETS, { indexers: { a: () => [] } }),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  it('start anew after the last user left', async () => {
    const first = informers.acquire(WIDGETS)
    await informers.release(first)
    stub.put('a')
    const second = informers.acquire(WIDGETS)
    expect(second).not.toBe(first)
    await second.synced
    expect(second.size).toBe(1)
  })
})

describe('waiting for the first state', () => {
  it('ends when all have synced', async () => {
    expect(await waitForSync([informers.acquire(WIDGETS), informers.acquire(WIDGETS, { namespace: 'default' })])).toBe(true)
  })

  it('ends when somebody gives up: a server that never answers must not hold up the end of a process', async () => {
    stub.fault = () => ({ type: 'hang' })
    const controller = new AbortController()
    const waiting = waitForSync([informers.acquire(WIDGETS)], controller.signal)
    controller.abort()
    expect(await waiting).toBe(false)
    expect(await waitForSync([informers.acquire(WIDGETS)], controller.signal)).toBe(false)
  })
})
