import { json, merge, namespace, PARTIAL, step, TABLE, type WireSuite } from '../wire-case.js'

const cm = '/api/v1/namespaces/$NS/configmaps'
const watch = (name: string, query: string, options = {}): ReturnType<typeof step> => step(name, 'GET', `${cm}?watch=1&timeoutSeconds=1&${query}`, options)

export const watching: WireSuite = {
  name: 'watching',
  reason: 'What a watch sends, in which order, from where, and in which form.',
  steps: [
    namespace,
    step('before', 'GET', `${cm}?limit=500`, { compare: 'nothing', capture: { rv0: 'metadata.resourceVersion' } }),
    step('make a', 'POST', cm, json({ metadata: { name: 'a', labels: { x: '1' } }, data: { k: 'v' } })),
    step('make b', 'POST', cm, json({ metadata: { name: 'b' } })),
    step('change a', 'PATCH', `${cm}/a`, merge({ data: { k: 'w' } })),
    step('list', 'GET', cm, { compare: 'nothing', capture: { rv1: 'metadata.resourceVersion' } }),
    step('unlabel a', 'PATCH', `${cm}/a`, merge({ metadata: { labels: { x: null } } })),
    step('label b', 'PATCH', `${cm}/b`, merge({ metadata: { labels: { x: '1' } } })),
    step('delete b', 'DELETE', `${cm}/b`),
    watch('all from the start', 'resourceVersion=$rv0'),
    watch('from the middle', 'resourceVersion=$rv1'),
    watch('by label from the start', 'resourceVersion=$rv0&labelSelector=x%3D1'),
    watch('by label from the middle', 'resourceVersion=$rv1&labelSelector=x%3D1'),
    watch('by field', 'resourceVersion=$rv0&fieldSelector=metadata.name%3Db'),
    watch('by two fields', 'resourceVersion=$rv0&fieldSelector=metadata.name%3Da,metadata.namespace%3D$NS'),
    watch('state first, no revision', 'fieldSelector=metadata.name%3Da'),
    watch('state first, revision 0', 'resourceVersion=0&fieldSelector=metadata.name%3Da'),
    watch('as table', 'resourceVersion=$rv0&fieldSelector=metadata.name%3Db', { accept: TABLE }),
    watch('as metadata', 'resourceVersion=$rv0&fieldSelector=metadata.name%3Db', { accept: PARTIAL }),
    watch('initial events', 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Da'),
    watch('initial events with a revision', 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=$rv1&fieldSelector=metadata.name%3Da'),
    watch('no initial events', 'sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=$rv1&fieldSelector=metadata.name%3Db'),
    watch('initial events without match', 'sendInitialEvents=true'),
    watch('initial events, exact', 'sendInitialEvents=true&resourceVersionMatch=Exact'),
    watch('match without initial events', 'resourceVersionMatch=NotOlderThan'),
    watch('a revision that is no number', 'resourceVersion=abc'),
    watch('a bad selector', 'labelSelector=%3D'),
    watch('an unknown field', 'fieldSelector=data.k%3Dv'),
    step('one object by name', 'GET', '/api/v1/watch/namespaces/$NS/configmaps/a?timeoutSeconds=1', { compare: 'status' }),
    step('a name in the path', 'GET', `${cm}/a?watch=1&timeoutSeconds=1&resourceVersion=$rv0`),
    step('another name in the selector', 'GET', `${cm}/a?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Db`),
  ],
}
