import { bookCrd, books, crds } from '../book-crd.js'
import { condition, gone, json, jsonPatch, merge, namespace, step, type WireSuite } from '../wire-case.js'

/** The CRD of the books, somehow different. */
function changed(change: (crd: Changeable) => void): object {
  const crd = copy()
  change(crd)
  return crd
}

/** The shape as far as the changes reach into it. */
interface Changeable {
  metadata: { name: string }
  spec: { names: { plural?: string; kind?: string }; foo?: number; versions: { schema?: { openAPIV3Schema: { properties: { spec: { foo?: number; properties: Record<string, object> } } } } }[] }
}
const copy = (): Changeable => structuredClone(bookCrd) as unknown as Changeable
const specOf = (crd: Changeable): { foo?: number; properties: Record<string, object> } => crd.spec.versions[0]?.schema?.openAPIV3Schema.properties.spec ?? { properties: {} }

export const definitions: WireSuite = {
  name: 'definitions',
  reason: 'CRDs themselves: what is refused, names that are taken, changes that are not allowed, the end.',
  steps: [
    namespace,
    step('crd create', 'POST', crds, json(bookCrd)),
    step('crd get', 'GET', crds + '/books.$G', { until: condition('Established') }),
    step('crd bad name', 'POST', crds, json(changed((c) => { c.metadata.name = 'x' }))),
    step('crd no schema', 'POST', crds, json(changed((c) => { c.metadata.name = 'xs.$G'; c.spec.names = { plural: 'xs', kind: 'X' }; delete c.spec.versions[0]?.schema }))),
    step('crd nonstructural', 'POST', crds, json(changed((c) => { c.metadata.name = 'xs.$G'; c.spec.names = { plural: 'xs', kind: 'X' }; specOf(c).properties.q = { properties: {} } }))),
    step('crd unknown field', 'POST', crds + '?fieldValidation=Strict', json(changed((c) => { c.metadata.name = 'xs.$G'; c.spec.names = { plural: 'xs', kind: 'X' }; c.spec.foo = 1; specOf(c).foo = 1 }))),
    step('crd conflict names', 'POST', crds, json(changed((c) => { c.metadata.name = 'boox.$G'; c.spec.names.plural = 'boox' }))),
    step('crd conflict status', 'GET', crds + '/boox.$G', { until: condition('NamesAccepted', 'False') }),
    step('crd scope change', 'PATCH', crds + '/books.$G', merge({ spec: { scope: 'Cluster' } })),
    step('crd drop stored', 'PATCH', crds + '/books.$G', jsonPatch([{ op: 'replace', path: '/spec/versions/0/storage', value: false }, { op: 'replace', path: '/spec/versions/1/storage', value: true }])),
    step('crd drop version', 'PATCH', crds + '/books.$G', jsonPatch([{ op: 'remove', path: '/spec/versions/0' }])),
    step('crd status patch', 'PATCH', crds + '/books.$G/status', merge({ status: { storedVersions: ['v1'] } })),
    step('crd delete', 'DELETE', crds + '/books.$G'),
    step('crd gone', 'GET', crds + '/books.$G', { until: gone }),
    step('cr gone', 'GET', books, { until: gone }),
    step('crd delete 2', 'DELETE', crds + '/boox.$G'),
  ],
}
