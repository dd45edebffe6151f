import { json, jsonPatch, merge, namespace, step, strategic, type WireSuite } from '../wire-case.js'

const cm = '/api/v1/namespaces/$NS/configmaps'

export const changes: WireSuite = {
  name: 'changes',
  reason: 'PUT and the patches of an object: conflicts, renames, wrong types, strictness.',
  steps: [
    namespace,
    step('make a', 'POST', cm, json({ metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } })),
    step('put no rv', 'PUT', cm + '/a', json({ metadata: { name: 'a' }, data: { k: 'v2' } })),
    step('put wrong rv', 'PUT', cm + '/a', json({ metadata: { name: 'a', resourceVersion: '1' }, data: { k: 'v2' } })),
    step('put wrong name', 'PUT', cm + '/a', json({ metadata: { name: 'b' } })),
    step('put no name', 'PUT', cm + '/a', json({ metadata: {} })),
    step('put missing', 'PUT', cm + '/zz', json({ metadata: { name: 'zz' } })),
    step('put wrong uid', 'PUT', cm + '/a', json({ metadata: { name: 'a', uid: 'x' } })),
    step('merge patch', 'PATCH', cm + '/a', merge({ data: { z: 'q' } })),
    step('merge patch noop', 'PATCH', cm + '/a', merge({ data: { z: 'q' } })),
    step('merge patch bad', 'PATCH', cm + '/a', merge('[]')),
    step('merge patch bad2', 'PATCH', cm + '/a', merge('{x')),
    step('merge patch type', 'PATCH', cm + '/a', merge({ data: { z: 5 } })),
    step('merge patch name', 'PATCH', cm + '/a', merge({ metadata: { name: 'q' } })),
    step('merge patch unknown strict', 'PATCH', cm + '/a?fieldValidation=Strict', merge({ foo: 1 })),
    step('merge patch unknown warn', 'PATCH', cm + '/a', merge({ foo: 1 })),
    step('merge patch missing', 'PATCH', cm + '/zz', merge({})),
    step('json patch', 'PATCH', cm + '/a', jsonPatch([{ op: 'add', path: '/data/n', value: '1' }])),
    step('json patch test', 'PATCH', cm + '/a', jsonPatch([{ op: 'test', path: '/data/n', value: '2' }])),
    step('json patch missing', 'PATCH', cm + '/a', jsonPatch([{ op: 'remove', path: '/data/nn' }])),
    step('json patch replace missing', 'PATCH', cm + '/a', jsonPatch([{ op: 'replace', path: '/data/nn', value: 'x' }])),
    step('json patch bad op', 'PATCH', cm + '/a', jsonPatch([{ op: 'foo', path: '/data/nn', value: 'x' }])),
    step('json patch object', 'PATCH', cm + '/a', jsonPatch({})),
    step('json patch force', 'PATCH', cm + '/a?force=true', jsonPatch([])),
    step('patch type', 'PATCH', cm + '/a', { body: {}, type: 'application/json' }),
    step('strategic', 'PATCH', cm + '/a', strategic({ data: { s: '1', ap: null } })),
  ],
}
