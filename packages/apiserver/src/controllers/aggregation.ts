import { equalJson, type JsonObject } from '@oasgen/json'
import { matchesLabels, readSelectorObject } from '../api/selectors.js'
import { child, labelsOf, nameOf, objects } from '../object.js'
import type { Store } from '../store/store.js'
import { mergePatchType, pathOf, type Inside } from './inside.js'
import type { Controller } from './work.js'

const ROLES = 'clusterroles.rbac.authorization.k8s.io'

/** ClusterRoles with an aggregationRule hold the rules of those that it selects. */
export function aggregationController(store: Store, inside: Inside): Controller {
  return {
    name: 'aggregation',
    keysOf: (event) => (event.resource === ROLES ? store.list(ROLES, '').filter((stored) => stored.object.aggregationRule !== undefined).map((stored) => stored.key) : []),
    work: async (key) => {
      const role = store.get(ROLES, key)?.object
      if (!role || role.aggregationRule === undefined) return undefined
      const rules = selected(store, role)
      if (equalJson(rules, role.rules ?? [])) return undefined
      await inside.request('PATCH', pathOf('rbac.authorization.k8s.io', 'v1', 'clusterroles', '', key), { rules }, mergePatchType)
      return undefined
    },
  }
}

function selected(store: Store, role: JsonObject): readonly JsonObject[] {
  const selectors = objects(child(role, 'aggregationRule'), 'clusterRoleSelectors').map(readSelectorObject)
  const sources = store.list(ROLES, '').map((stored) => stored.object)
    .filter((one) => nameOf(one) !== nameOf(role) && selectors.some((selector) => matchesLabels(selector, labelsOf(one))))
  const rules: JsonObject[] = []
  for (const rule of sources.flatMap((one) => objects(one, 'rules'))) if (!rules.some((known) => equalJson(known, rule))) rules.push(rule)
  return rules
}
