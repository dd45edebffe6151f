import { hasErrors, type Checked } from '@oasgen/diagnostics'
import type { ResourceModel } from '@oasgen/model'
import type { Plan } from '@oasgen/plan'
import { compileActions } from './action.js'
import { compileSchemes } from './auth.js'
import { compileCompare } from './compare.js'
import { compileReferences, compileSecrets } from './companions.js'
import { planFindings, unreadable } from './checks.js'
import { featuresOf } from './features.js'
import { compileIdentity } from './identity.js'
import { serversOf, startPlanning, type Planning } from './planning.js'
import { compileConditions, compileConfiguration, compileExports, compilePolicy } from './settings.js'
import { compileStatus } from './status.js'

/**
 * The same model gives the same Plan, byte for byte. There always is one, unless the definition holds a path or a program that cannot
 * be read: to leave that out would change what the others mean.
 */
export function compilePlan(model: ResourceModel): Checked<Plan> {
  const planning = startPlanning(model)
  const broken = unreadable(planning)
  if (hasErrors(broken)) return { value: undefined, findings: broken }
  const parts = compileParts(planning)
  const plan: Plan = { ...parts, requires: featuresOf(parts) }
  return { value: plan, findings: [...broken, ...planFindings(planning, plan)] }
}

function compileParts(planning: Planning): Omit<Plan, 'requires'> {
  const { model } = planning
  const { names, definition } = model
  const configuration = compileConfiguration(planning)
  const conditions = compileConditions(planning)
  return {
    format: 1,
    definition: { namespace: definition.metadata.namespace, name: definition.metadata.name },
    resource: { group: names.group, version: names.version, kind: names.kind, plural: names.plural },
    ...(configuration !== undefined && { configuration }),
    servers: serversOf(planning),
    auth: compileSchemes(model),
    identity: compileIdentity(planning),
    actions: compileActions(planning),
    status: compileStatus(planning),
    compare: compileCompare(planning),
    ...listMember('references', compileReferences(planning)),
    ...listMember('secrets', compileSecrets(planning)),
    ...listMember('exports', compileExports(planning)),
    ...(Object.keys(conditions).length > 0 && { conditions }),
    policy: compilePolicy(planning),
  }
}

function listMember<N extends 'references' | 'secrets' | 'exports', T>(name: N, list: readonly T[]): { readonly [K in N]?: readonly T[] } {
  return (list.length === 0 ? {} : { [name]: list }) as { readonly [K in N]?: readonly T[] }
}
