import type { JsonObject } from '@oasgen/json'
import { crdFaults } from '../schema/crd.js'
import { child, objects, strings, text, withMembers } from '../object.js'
import type { TypeRules } from './types.js'

/** How CRDs themselves are kept. */
export const CRD_RULES: TypeRules = {
  generation: 'spec', name: 'subdomain', unconditionalUpdate: false, plainFinalizers: true,
  prepareCreate: (crd) => withStoredVersions({ ...crd, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: [] } }),
  prepareUpdate: (crd) => withStoredVersions(crd),
  validate: crdFaults,
}

/** The storage version has objects from now on. */
function withStoredVersions(crd: JsonObject): JsonObject {
  const storage = text(objects(child(crd, 'spec'), 'versions').find((version) => version.storage === true) ?? {}, 'name')
  const stored = strings(child(crd, 'status'), 'storedVersions')
  if (storage === '' || stored.includes(storage)) return crd
  return withMembers(crd, { status: { ...child(crd, 'status'), storedVersions: [...stored, storage] } })
}
