import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { createLeaderElector, type LeaderElector, type Leadership } from './leader.js'
import { createLedger, leaseWorld, type LeaseWorld, type Line, type Process } from './lease-world.testing.js'

interface Candidate {
  readonly process: Process
  readonly elector: LeaderElector
  readonly log: Leadership[]
}

const LEASE = { namespace: 'default', name: 'repoes.git.example.org' }

function candidate(world: LeaseWorld, identity: string, rate = 1): Candidate {
  const process = world.process(rate)
  const elector = createLeaderElector(process.api, { lease: LEASE, identity, clock: process.clock })
  const log: Leadership[] = []
  elector.onChange((leadership) => log.push(leadership))
  elector.start()
  return { process, elector, log }
}

const specOf = (world: LeaseWorld): JsonObject => world.leases.get(LEASE.name)?.spec as JsonObject

describe('one elector', () => {
  it('takes a free Lease at once and keeps it', async () => {
    const world = leaseWorld()
    const { elector, log } = candidate(world, 'a')
    await world.advance(60_000)
    expect(elector.isLeader()).toBe(true)
    expect(log).toEqual(['leading'])
    expect(specOf(world)).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0, leaseDurationSeconds: 16 })
  })

  it('stops leading before its Lease can be taken when it cannot renew', async () => {
    const world = leaseWorld()
    const { elector, process, log } = candidate(world, 'a')
    await world.advance(5_000)
    process.line = 'cut'
    await world.advance(12_000)
    expect(elector.isLeader()).toBe(false)
    expect(log).toEqual(['leading', 'following'])
    process.line = 'up'
    await world.advance(10_000)
    expect(log).toEqual(['leading', 'following', 'leading'])
  })

  it('starts no request that could outlive the Lease', async () => {
    const world = leaseWorld()
    const { elector, process } = candidate(world, 'a')
    await world.advance(5_000)
    expect(elector.mayStart(5_000)).toBe(true)
    expect(elector.mayStart(60_000)).toBe(false)
    process.line = 'cut'
    await world.advance(8_000)
    expect(elector.mayStart(9_000)).toBe(false)
    expect(elector.mayStart(1_000)).toBe(true)
  })

  it('knows after a stop of the whole process that its time is over, before any timer ran', async () => {
    const world = leaseWorld()
    const { elector, process } = candidate(world, 'a')
    await world.advance(5_000)
    process.isStopped = true
    await world.advance(30_000)
    expect(elector.isLeader()).toBe(false)
    expect(elector.mayStart(1)).toBe(false)
  })

  it('writes an annotation at once, and once per change', async () => {
    const world = leaseWorld()
    const { elector } = candidate(world, 'a')
    elector.annotate({ 'krateo.io/plan-hash': 'one' })
    await world.advance(100)
    const before = world.writes
    elector.annotate({ 'krateo.io/plan-hash': 'two' })
    elector.annotate({ 'krateo.io/plan-hash': 'two' })
    await world.advance(500)
    expect(world.writes - before).toBe(1)
    expect(world.leases.get(LEASE.name)?.metadata).toMatchObject({ annotations: { 'krateo.io/plan-hash': 'two' } })
  })

  it('goes on after somebody else changed the Lease without taking it', async () => {
    const world = leaseWorld()
    const { elector, log } = candidate(world, 'a')
    await world.advance(3_000)
    const other = world.process()
    const held = world.leases.get(LEASE.name) as JsonObject
    await other.api.update({ group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true },
      { ...held, metadata: { ...(held.metadata as JsonObject), labels: { team: 'x' } } }, { timeoutMs: 1000 })
    await world.advance(30_000)
    expect(log).toEqual(['leading'])
    expect(elector.isLeader()).toBe(true)
    expect(world.leases.get(LEASE.name)?.metadata).toMatchObject({ labels: { team: 'x' } })
  })
})

describe('a container that was started again', () => {
  it('takes the Lease of the one before it at once, and no other', async () => {
    const world = leaseWorld()
    candidate(world, 'pod-1_old').process.isStopped = false
    await world.advance(1_000)
    const process = world.process()
    const elector = createLeaderElector(process.api, { lease: LEASE, identity: 'pod-1_new', clock: process.clock, isDead: (holder) => holder.startsWith('pod-1_') })
    elector.start()
    await world.advance(500)
    expect(elector.isLeader()).toBe(true)
    const other = world.process()
    const waiting = createLeaderElector(other.api, { lease: LEASE, identity: 'pod-2_x', clock: other.clock, isDead: (holder) => holder.startsWith('pod-2_') })
    waiting.start()
    await world.advance(5_000)
    expect(waiting.isLeader()).toBe(false)
  })
})

describe('two electors', () => {
  it('only one leads; the other takes over when the first is gone, after the Lease ran out', async () => {
    const world = leaseWorld()
    const first = candidate(world, 'a')
    await world.advance(1_000)
    const second = candidate(world, 'b')
    await world.advance(30_000)
    expect([first.elector.isLeader(), second.elector.isLeader()]).toEqual([true, false])
    expect(second.elector.holder()).toBe('a')
    first.process.isStopped = true
    await world.advance(15_000)
    expect(second.elector.isLeader()).toBe(false)
    await world.advance(5_000)
    expect(second.elector.isLeader()).toBe(true)
    expect(specOf(world)).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 })
    first.process.isStopped = false
    await world.advance(5_000)
    expect(first.log).toEqual(['leading', 'following'])
  })

  it('a Lease that is given back is taken at the next look', async () => {
    const world = leaseWorld()
    const first = candidate(world, 'a')
    await world.advance(1_000)
    const second = candidate(world, 'b')
    await world.advance(5_000)
    void first.elector.stop()
    await world.advance(5_000)
    expect(second.elector.isLeader()).toBe(true)
  })

  it('a renewal whose answer was lost does not let two lead', async () => {
    const world = leaseWorld()
    const first = candidate(world, 'a')
    await world.advance(1_000)
    const second = candidate(world, 'b')
    first.process.line = 'deaf'
    await world.advance(11_000)
    expect(first.elector.isLeader()).toBe(false)
    expect(second.elector.isLeader()).toBe(false)
    await world.advance(40_000)
    expect(first.elector.isLeader() && second.elector.isLeader()).toBe(false)
  })
})

const trouble = fc.record({
  at: fc.nat(60_000), process: fc.nat(1), forMs: fc.integer({ min: 100, max: 30_000 }),
  kind: fc.constantFrom<Line | 'stop'>('cut', 'deaf', 'stop'),
})

describe('any trouble', () => {
  it('no two processes ever have a request under way, clocks off by 1 %', async () => {
    const rates = fc.constantFrom(0.995, 1, 1.005)
    await fc.assert(fc.asyncProperty(fc.array(trouble, { maxLength: 6 }), rates, rates, async (troubles, rateA, rateB) => {
      const world = leaseWorld()
      const ledger = createLedger()
      const candidates = [candidate(world, 'a', rateA), candidate(world, 'b', rateB)]
      const requestMs = 5_000
      while (world.now() < 90_000) {
        candidates.forEach(({ process, elector }, index) => {
          const own = troubles.filter((one) => one.process === index && one.at <= world.now() && world.now() < one.at + one.forMs)
          process.isStopped = own.some((one) => one.kind === 'stop')
          process.line = own.some((one) => one.kind === 'cut') ? 'cut' : own.some((one) => one.kind === 'deaf') ? 'deaf' : 'up'
          const rate = index === 0 ? rateA : rateB
          if (!process.isStopped && elector.mayStart(requestMs)) ledger.note({ key: 'k', process: index, from: world.now(), to: world.now() + requestMs / rate })
        })
        await world.advance(500)
      }
      expect(ledger.overlaps()).toEqual([])
      expect(ledger.servedBy(0) + ledger.servedBy(1)).toBeGreaterThan(0)
    }), { numRuns: 25 })
  }, 60_000)
})
