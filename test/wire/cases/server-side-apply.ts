import { apply, json, namespace, step, type WireSuite } from '../wire-case.js'

const cm = '/api/v1/namespaces/$NS/configmaps'

export const serverSideApply: WireSuite = {
  name: 'server-side-apply',
  reason: 'Who owns what, who is in whose way, and what goes when an applier lets go of it.',
  steps: [
    namespace,
    step('make a', 'POST', cm, json({ metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v', z: 'q' } })),
    step('apply no manager', 'PATCH', cm + '/a', apply({})),
    step('apply no kind', 'PATCH', cm + '/a?fieldManager=m', apply({})),
    step('apply', 'PATCH', cm + '/a?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { ap: '1' } })),
    step('apply again', 'PATCH', cm + '/a?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { ap: '1' } })),
    step('apply conflict', 'PATCH', cm + '/a?fieldManager=m2', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { ap: '2' } })),
    step('apply conflicts', 'PATCH', cm + '/a?fieldManager=m2', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { ap: '2', z: 'zz' } })),
    step('apply shared', 'PATCH', cm + '/a?fieldManager=m2', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { ap: '1' } })),
    step('apply remove shared', 'PATCH', cm + '/a?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { nn: '1' } })),
    step('apply force', 'PATCH', cm + '/a?fieldManager=m&force=true', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { ap: '7' } })),
    step('apply undeclared', 'PATCH', cm + '/a?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, foo: 1 })),
    step('apply wrong type', 'PATCH', cm + '/a?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 5 } })),
    step('apply managed', 'PATCH', cm + '/a?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', managedFields: [] } })),
    step('apply create', 'PATCH', cm + '/new1?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new1' }, data: { a: '1' } })),
    step('apply create no name', 'PATCH', cm + '/new2?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } })),
    step('apply create wrong name', 'PATCH', cm + '/new2?fieldManager=m', apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: '1' } })),
    step('apply yaml', 'PATCH', cm + '/new3?fieldManager=m', apply('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: new3\ndata:\n  a: "1"\n')),
    step('apply bad yaml', 'PATCH', cm + '/new3?fieldManager=m', apply('a: [')),
  ],
}
