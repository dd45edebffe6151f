import { json, merge, namespace, step, type WireSuite } from '../wire-case.js'

const cm = '/api/v1/namespaces/$NS/configmaps'

export const deletion: WireSuite = {
  name: 'deletion',
  reason: 'Preconditions, propagation, finalizers, dry runs.',
  steps: [
    namespace,
    step('make a', 'POST', cm, json({ metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } })),
    step('delete missing', 'DELETE', cm + '/zz'),
    step('delete uid', 'DELETE', cm + '/a', json({ preconditions: { uid: 'x' } })),
    step('delete rv', 'DELETE', cm + '/a', json({ preconditions: { resourceVersion: '1' } })),
    step('delete both', 'DELETE', cm + '/a', json({ orphanDependents: true, propagationPolicy: 'Orphan' })),
    step('delete bad policy', 'DELETE', cm + '/a', json({ propagationPolicy: 'Foo' })),
    step('delete dry', 'DELETE', cm + '/a?dryRun=All'),
    step('delete', 'DELETE', cm + '/a'),
    step('deletecollection', 'DELETE', cm + '?labelSelector=q%3Dr'),
    step('finalizer create', 'POST', cm, json({ metadata: { name: 'f', finalizers: ['a.b/c'] } })),
    step('finalizer delete', 'DELETE', cm + '/f'),
    step('finalizer delete again', 'DELETE', cm + '/f'),
    step('finalizer add', 'PATCH', cm + '/f', merge({ metadata: { finalizers: ['a.b/c', 'd.e/f'] } })),
    step('finalizer remove', 'PATCH', cm + '/f', merge({ metadata: { finalizers: null } })),
    step('finalizer gone', 'GET', cm + '/f'),
    step('fg create', 'POST', cm, json({ metadata: { name: 'fg' } })),
    step('fg delete', 'DELETE', cm + '/fg?propagationPolicy=Foreground'),
    step('immutable', 'POST', cm, json({ metadata: { name: 'im' }, immutable: true, data: { a: 'b' } })),
    step('immutable change', 'PATCH', cm + '/im', merge({ data: { a: 'c' } })),
    step('immutable off', 'PATCH', cm + '/im', merge({ immutable: false })),
  ],
}
