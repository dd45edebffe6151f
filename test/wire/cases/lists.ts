import { json, namespace, PARTIAL, PARTIAL_LIST, step, TABLE, type WireSuite } from '../wire-case.js'

const cm = '/api/v1/namespaces/$NS/configmaps'

export const lists: WireSuite = {
  name: 'lists',
  reason: 'Lists, tables, partial objects, selectors, and the parameters of lists and watches.',
  steps: [
    namespace,
    step('make a', 'POST', cm, json({ metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } })),
    step('list', 'GET', cm + '?labelSelector=x%3Dy'),
    step('list table', 'GET', cm + '?labelSelector=x%3Dy', { accept: TABLE }),
    step('get table', 'GET', cm + '/a', { accept: TABLE }),
    step('get partial', 'GET', cm + '/a', { accept: PARTIAL }),
    step('list partial', 'GET', cm + '?labelSelector=x%3Dy', { accept: PARTIAL_LIST }),
    step('accept xml', 'GET', cm + '/a', { accept: 'application/xml' }),
    step('bad selector', 'GET', cm + '?labelSelector=a%3D%3D%3Db'),
    step('bad selector2', 'GET', cm + '?labelSelector=a+in+(b'),
    step('bad field selector', 'GET', cm + '?fieldSelector=data.a%3Db'),
    step('field selector syntax', 'GET', cm + '?fieldSelector=data.a'),
    step('field selector name', 'GET', cm + '?fieldSelector=metadata.name%3Da'),
    step('bad limit', 'GET', cm + '?limit=x'),
    step('bad rv', 'GET', cm + '?resourceVersion=x'),
    step('bad rv get', 'GET', cm + '/a?resourceVersion=x'),
    step('future rv', 'GET', cm + '?resourceVersion=99999999&resourceVersionMatch=Exact'),
    step('match no rv', 'GET', cm + '?resourceVersionMatch=Exact'),
    step('match bad', 'GET', cm + '?resourceVersion=5&resourceVersionMatch=Foo'),
    step('exact 0', 'GET', cm + '?resourceVersion=0&resourceVersionMatch=Exact'),
    step('sendInitial list', 'GET', cm + '?sendInitialEvents=true'),
    step('watch sendInitial no match', 'GET', cm + '?watch=1&sendInitialEvents=true'),
    step('watch match', 'GET', cm + '?watch=1&resourceVersionMatch=Exact'),
    step('continue bad', 'GET', cm + '?continue=xx'),
  ],
}
