import { describe, expect, it } from 'vitest'
import { build, INTEGER, item, objectOf, operation, STRING, THING } from '../model.testing.js'
import { buildProposals } from './proposals.js'

const paths = {
  ...item('/zones/{zone_id}/records', { post: operation({ body: objectOf({ name: STRING, networkId: STRING, owner_uuid: STRING, tagIds: { type: 'array', items: STRING }, valid: { type: 'boolean' }, api_token: STRING, size: INTEGER }), answer: THING }) }),
  ...item('/zones/{zone_id}/records/{record_id}', { get: operation({ answer: THING }) }),
}
const verbs = ['get GET /zones/{zone_id}/records/{record_id}', 'create POST /zones/{zone_id}/records']

describe('proposals', () => {
  it('are references for parents and ids, and Secrets for what looks like one', () => {
    expect(buildProposals(build({ paths, verbs }).model)).toEqual({
      references: [
        { path: 'spec.zone_id', field: 'zoneRef', kind: 'Zone', because: 'path', collection: '/zones/{zone_id}' },
        { path: 'spec.networkId', field: 'networkRef', kind: 'Network', because: 'name' },
        { path: 'spec.owner_uuid', field: 'ownerRef', kind: 'Owner', because: 'name' },
      ],
      secrets: [{ path: 'spec.api_token', field: 'apiTokenSecretRef' }],
    })
  })

  it('are not made again for what the definition settled', () => {
    const fields = [{ path: 'spec.zone_id', reference: { kind: 'Zone' } }, { path: 'spec.api_token', secret: true }]
    const { references, secrets } = buildProposals(build({ paths, verbs, resource: { fields } }).model)
    expect([references.map(({ path }) => path), secrets]).toEqual([['spec.networkId', 'spec.owner_uuid'], []])
  })
})
