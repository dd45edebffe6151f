import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLeaderElector } from './leader.js'
import { createLedger, leaseWorld, type LeaseWorld, type Line, type Process } from './lease-world.testing.js'
import { ownerOf } from './rendezvous.js'
import { createShardMember, type ShardMember } from './shards.js'

const GROUP = { namespace: 'default', name: 'repoes.git.example.org' }
const KEYS = Array.from({ length: 60 }, (_, index) => `default/repo-${index}`)

interface Replica {
  readonly process: Process
  readonly member: ShardMember
}

function replica(world: LeaseWorld, identity: string, rate = 1): Replica {
  const process = world.process(rate)
  const member = createShardMember(process.api, { group: GROUP, identity, clock: process.clock })
  member.start()
  return { process, member }
}

const owners = (replicas: readonly Replica[], key: string): number => replicas.filter(({ member }) => member.owns(key)).length

describe('rendezvous', () => {
  it('gives every key to one member, about evenly', () => {
    const members = ['a', 'b', 'c', 'd']
    const counts = new Map<string, number>()
    for (let index = 0; index < 10_000; index += 1) {
      const owner = ownerOf(`default/object-${index}`, members) as string
      counts.set(owner, (counts.get(owner) ?? 0) + 1)
    }
    for (const member of members) expect(Math.abs((counts.get(member) ?? 0) - 2500)).toBeLessThan(250)
  })

  it('moves only the keys of the member that goes', () => {
    for (const key of KEYS) {
      const before = ownerOf(key, ['a', 'b', 'c'])
      if (before !== 'c') expect(ownerOf(key, ['b', 'a'])).toBe(before)
    }
  })
})

describe('members', () => {
  it('alone serves everything at once', async () => {
    const world = leaseWorld()
    const one = replica(world, 'a')
    await world.advance(1_000)
    expect(one.member.state()).toBe('serving')
    expect(KEYS.every((key) => one.member.owns(key))).toBe(true)
  })

  it('divide the keys; nobody serves a key of a newcomer before all know it', async () => {
    const world = leaseWorld()
    const replicas = [replica(world, 'a')]
    await world.advance(5_000)
    replicas.push(replica(world, 'b'))
    for (let step = 0; step < 60; step += 1) {
      await world.advance(500)
      for (const key of KEYS) expect(owners(replicas, key)).toBeLessThanOrEqual(1)
    }
    for (const key of KEYS) expect(owners(replicas, key)).toBe(1)
    expect(replicas.map(({ member }) => KEYS.filter((key) => member.owns(key)).length).every((count) => count > 15)).toBe(true)
  })

  it('take over from one that is gone, at once from one that left in order', async () => {
    const world = leaseWorld()
    const replicas = [replica(world, 'a'), replica(world, 'b'), replica(world, 'c')]
    await world.advance(30_000)
    void replicas[2]?.member.stop()
    await world.advance(4_000)
    for (const key of KEYS) expect(owners(replicas, key)).toBe(1)
    const [first, second] = replicas as [Replica, Replica]
    second.process.isStopped = true
    await world.advance(25_000)
    expect(KEYS.every((key) => first.member.owns(key))).toBe(true)
    expect(first.member.members()).toEqual(['a'])
  })

  it('remove the Leases of members that are long gone', async () => {
    const world = leaseWorld()
    const first = replica(world, 'a')
    const second = replica(world, 'b')
    await world.advance(20_000)
    second.process.isStopped = true
    await world.advance(400_000)
    expect(world.leases.size).toBe(2)
    expect(first.member.state()).toBe('serving')
  })
})

describe('with a single leader', () => {
  it('never at the same time, whoever comes first', async () => {
    const world = leaseWorld()
    const single = world.process()
    const elector = createLeaderElector(single.api, { lease: GROUP, identity: 'single', clock: single.clock })
    elector.start()
    await world.advance(3_000)
    const one = replica(world, 'a')
    for (let step = 0; step < 40; step += 1) {
      await world.advance(500)
      expect(elector.isLeader() && one.member.owns('k')).toBe(false)
    }
    expect(one.member.state()).toBe('blocked')
    void elector.stop()
    await world.advance(8_000)
    expect(one.member.state()).toBe('serving')
    const again = createLeaderElector(world.process().api, { lease: GROUP, identity: 'other', clock: world.process().clock })
    again.start()
    await world.advance(30_000)
    expect(again.isLeader()).toBe(false)
  })
})

const trouble = fc.record({
  at: fc.nat(60_000), process: fc.nat(2), forMs: fc.integer({ min: 100, max: 30_000 }),
  kind: fc.constantFrom<Line | 'stop'>('cut', 'deaf', 'stop'),
})

describe('any trouble', () => {
  it('no key is ever served by two at once, clocks off by 1 %', async () => {
    await fc.assert(fc.asyncProperty(fc.array(trouble, { maxLength: 8 }), fc.nat(20_000), async (troubles, thirdComes) => {
      const world = leaseWorld()
      const ledger = createLedger()
      const rates = [0.995, 1, 1.005]
      const replicas = [replica(world, 'a', rates[0]), replica(world, 'b', rates[1])]
      const keys = KEYS.slice(0, 8)
      while (world.now() < 100_000) {
        if (replicas.length < 3 && world.now() >= thirdComes) replicas.push(replica(world, 'c', rates[2]))
        replicas.forEach(({ process, member }, index) => {
          const own = troubles.filter((one) => one.process === index && one.at <= world.now() && world.now() < one.at + one.forMs)
          process.isStopped = own.some((one) => one.kind === 'stop')
          process.line = own.some((one) => one.kind === 'cut') ? 'cut' : own.some((one) => one.kind === 'deaf') ? 'deaf' : 'up'
          for (const key of process.isStopped ? [] : keys) {
            if (member.mayStart(key, 5_000)) ledger.note({ key, process: index, from: world.now(), to: world.now() + 5_000 / (rates[index] ?? 1) })
          }
        })
        await world.advance(1_000)
      }
      expect(ledger.overlaps()).toEqual([])
    }), { numRuns: 15 })
  }, 60_000)
})
