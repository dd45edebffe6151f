import { describe, expect, it } from 'vitest'
import { leaseWorld } from './lease-world.testing.js'
import { createOwnership, type Ownership } from './ownership.js'

const LEASE = { namespace: 'default', name: 'repoes.git.example.org' }
const KEYS = Array.from({ length: 40 }, (_, index) => `default/repo-${index}`)

describe('ownership', () => {
  it.each([{ mode: 'leader' as const, reason: 'one serves all' }, { mode: 'shards' as const, reason: 'both serve' }])('$mode: $reason', async ({ mode }) => {
    const world = leaseWorld()
    const changes: string[] = []
    const owners = ['a', 'b'].map((identity): Ownership => {
      const { api, clock } = world.process()
      const owner = createOwnership(api, { mode, lease: LEASE, identity, clock, labels: { team: 'x' } })
      owner.onChange(() => changes.push(identity))
      owner.annotate({ 'krateo.io/plan-hash': 'abc' })
      owner.start()
      return owner
    })
    await world.advance(30_000)
    for (const key of KEYS) {
      expect(owners.filter((owner) => owner.owns(key))).toHaveLength(1)
      expect(owners.filter((owner) => owner.mayStart(key, 1_000))).toHaveLength(1)
    }
    expect(owners.filter((owner) => owner.isActive())).toHaveLength(mode === 'leader' ? 1 : 2)
    expect(owners.map((owner) => owner.describe())).toEqual(mode === 'leader' ? ['leading', 'following a'] : ['serving with b', 'serving with a'])
    expect(changes).toContain('a')
    expect(world.leases.get(LEASE.name)?.metadata).toMatchObject({ labels: { team: 'x' }, annotations: { 'krateo.io/plan-hash': 'abc' } })
    await world.advance(2_000)
  })
})
