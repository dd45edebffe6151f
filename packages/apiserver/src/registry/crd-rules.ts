import type { JsonObject } from '@oasgen/json'
import { crdFaults } from '../schema/crd.js'
import { child, objects, strings, text, withMembers } from '../object.js'
import type { TypeRules } from './types.js'

/** How CRDs themselves are kept. */
export const CRD_RULES: TypeRules = {
  generation: 'spec', name: 'subdomain', unconditionalUpdate: false,
  defaults: defaultCrd,
  prepareCreate: (crd) => withStoredVersions({ ...crd, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: [] } }),
  prepareUpdate: (crd) => withStoredVersions(crd),
  validate: crdFaults,
}

function defaultCrd(crd: JsonObject): JsonObject {
  const spec = child(crd, 'spec')
  const names = child(spec, 'names')
  const kind = text(names, 'kind')
  return {
    ...crd,
    spec: {
      ...spec, conversion: spec.conversion ?? { strategy: 'None' },
      names: {
        ...names,
        ...(kind !== '' && { singular: text(names, 'singular') || kind.toLowerCase(), listKind: text(names, 'listKind') || `${kind}List` }),
      },
    },
  }
}

/** The storage version has objects from now on. */
function withStoredVersions(crd: JsonObject): JsonObject {
  const storage = text(objects(child(crd, 'spec'), 'versions').find((version) => version.storage === true) ?? {}, 'name')
  const stored = strings(child(crd, 'status'), 'storedVersions')
  if (storage === '' || stored.includes(storage)) return crd
  return withMembers(crd, { status: { ...child(crd, 'status'), storedVersions: [...stored, storage] } })
}
