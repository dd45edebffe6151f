import { describe, expect, it } from 'vitest'
import { detectResources, type ListedOperation } from './detect.js'
import { kindName, singular } from './words.js'

function operations(text: string): readonly ListedOperation[] {
  return text.trim().split('\n').map((line) => {
    const [method = '', path = ''] = line.trim().split(/\s+/)
    return { method: method.toLowerCase(), path }
  })
}

describe('detectResources', () => {
  const rows = [
    {
      reason: 'a collection and its items',
      given: 'GET /v1/zones\nPOST /v1/zones\nGET /v1/zones/{zone_id}\nPATCH /v1/zones/{zone_id}\nDELETE /v1/zones/{zone_id}',
      want: [{ kind: 'Zone', shape: 'collection', idParameter: 'zone_id', parents: [], verbs: ['create', 'delete', 'findby', 'get', 'update'] }],
    },
    {
      reason: 'parameter names do not tell paths apart',
      given: 'POST /zones/{zone}/records\nGET /zones/{id}/records/{record}\nDELETE /zones/{zoneId}/records/{recordId}',
      want: [{ kind: 'Record', shape: 'collection', idParameter: 'record', parents: ['id'], verbs: ['create', 'delete', 'get'] }],
    },
    {
      reason: 'PUT to a name that the user chooses',
      given: 'GET /shelves/{name}\nPUT /shelves/{name}\nDELETE /shelves/{name}',
      want: [{ kind: 'Shelf', shape: 'nameKeyed', idParameter: 'name', parents: [], verbs: ['create', 'delete', 'get', 'update'] }],
    },
    {
      reason: 'POST on the item changes it where POST on the collection makes it',
      given: 'POST /customers\nGET /customers/{c}\nPOST /customers/{c}\nDELETE /customers/{c}',
      want: [{ kind: 'Customer', shape: 'collection', idParameter: 'c', parents: [], verbs: ['create', 'delete', 'get', 'update'] }],
    },
    {
      reason: 'settings without a list are one object',
      given: 'GET /account/settings\nPUT /account/settings',
      want: [{ kind: 'Setting', shape: 'singleton', idParameter: undefined, parents: [], verbs: ['create', 'get', 'update'] }],
    },
    {
      reason: 'one is found under the word for one, beside the many',
      given: 'GET /silences\nPOST /silences\nGET /silence/{silenceID}\nDELETE /silence/{silenceID}',
      want: [{ kind: 'Silence', shape: 'collection', idParameter: 'silenceID', parents: [], verbs: ['create', 'delete', 'findby', 'get'] }],
    },
    { reason: 'a report that is only read is no resource', given: 'GET /reports\nGET /reports/{id}', want: [] },
    {
      reason: 'two members are told apart by what is above them',
      given: 'POST /teams/{t}/members\nGET /teams/{t}/members/{m}\nPOST /clubs/{c}/members\nGET /clubs/{c}/members/{m}',
      want: [
        { kind: 'TeamMember', shape: 'collection', idParameter: 'm', parents: ['t'], verbs: ['create', 'get'] },
        { kind: 'ClubMember', shape: 'collection', idParameter: 'm', parents: ['c'], verbs: ['create', 'get'] },
      ],
    },
  ]
  it.each(rows)('$reason', ({ given, want }) => {
    const found = detectResources(operations(given))
    expect(found.map(({ kind, shape, idParameter, parents, verbs }) => ({ kind, shape, idParameter, parents, verbs: Object.keys(verbs).sort() }))).toEqual(want)
  })
})

describe('names', () => {
  it.each([['zones', 'zone'], ['policies', 'policy'], ['addresses', 'address'], ['boxes', 'box'], ['people', 'person'], ['status', 'status'], ['dns', 'dns'], ['series', 'series']])('one of %s is a %s', (word, want) => expect(singular(word)).toBe(want))
  it.each([['/v1/user-groups/{id}', 'UserGroup'], ['/apiKeys/{id}.json', 'ApiKey'], ['/2fa/{id}', 'Resource2fa']])('%s holds %s', (path, want) => expect(kindName(path)).toBe(want))
})
