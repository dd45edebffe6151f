import { book, bookCrd, books, crds } from '../book-crd.js'
import { apply, condition, json, merge, namespace, step, type WireSuite } from '../wire-case.js'

export const customApply: WireSuite = {
  name: 'custom-apply',
  reason: 'Server-side apply of custom resources: lists by key, sets, atomic maps, free-form fields, versions.',
  steps: [
    namespace,
    step('crd create', 'POST', crds, json(bookCrd)),
    step('crd get', 'GET', crds + '/books.$G', { until: condition('Established') }),
    step('resources', 'GET', '/apis/$G/v1', { until: ({ status }) => status === 200 }),
    step('apply create', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 'T', authors: [{ name: 'x' }, { name: 'y', role: 'r' }], tags: ['a', 'b'], map: { k: 'v' }, atom: { a: '1' }, list: [1] }))),
    step('apply other', 'PATCH', books + '/ap?fieldManager=m2', apply(book('ap', { authors: [{ name: 'z', role: 'q' }], tags: ['c'], map: { k2: 'v' } }))),
    step('apply conflict', 'PATCH', books + '/ap?fieldManager=m2', apply(book('ap', { title: 'T2', list: [2] }))),
    step('apply atom conflict', 'PATCH', books + '/ap?fieldManager=m2', apply(book('ap', { atom: { b: '1' } }))),
    step('apply force', 'PATCH', books + '/ap?fieldManager=m2&force=true', apply(book('ap', { atom: { b: '1' }, list: [2] }))),
    step('apply remove', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 'T', authors: [{ name: 'y', role: 'r' }], tags: ['b'] }))),
    step('apply order', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 'T', authors: [{ name: 'w' }, { name: 'y', role: 'r' }, { name: 'z', role: 'q' }], tags: ['n', 'b'] }))),
    step('apply unknown', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 'T', foo: 1 }))),
    step('apply type', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 5 }))),
    step('apply dup', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 'T', authors: [{ name: 'x' }, { name: 'x' }] }))),
    step('apply invalid', 'PATCH', books + '/ap?fieldManager=m1&force=true', apply(book('ap', { title: '' }))),
    step('apply nokey', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 'T', authors: [{ role: 'x' }] }))),
    step('apply any', 'PATCH', books + '/ap2?fieldManager=m1', apply(book('ap2', { title: 'T', any: { a: { b: [1], c: {} } } }))),
    step('apply any2', 'PATCH', books + '/ap2?fieldManager=m1', apply(book('ap2', { title: 'T', any: { a: { b: [2] } } }))),
    step('apply status', 'PATCH', books + '/ap/status?fieldManager=st', apply({ apiVersion: '$G/v1', kind: 'Book', metadata: { name: 'ap' }, status: { copies: 3 } })),
    step('apply status missing', 'PATCH', books + '/nope/status?fieldManager=st', apply({ apiVersion: '$G/v1', kind: 'Book', metadata: { name: 'nope' }, status: { copies: 3 } })),
    step('apply beta', 'PATCH', '/apis/$G/v1beta1/namespaces/$NS/books/ap?fieldManager=m9', apply({ apiVersion: '$G/v1beta1', kind: 'Book', metadata: { name: 'ap' }, spec: { map: { zz: '1' } } })),
    step('update by other', 'PATCH', books + '/ap?fieldManager=up', merge({ spec: { title: 'U' } })),
    step('clear managed', 'PATCH', books + '/ap', merge({ metadata: { managedFields: [{}] } })),
    step('after clear', 'PATCH', books + '/ap?fieldManager=up', merge({ spec: { title: 'U2' } })),
    step('apply after clear', 'PATCH', books + '/ap?fieldManager=m1', apply(book('ap', { title: 'U2' }))),
  ],
}
