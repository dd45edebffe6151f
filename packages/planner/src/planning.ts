import type { ResourceModel } from '@oasgen/model'
import type { ServerPlan } from '@oasgen/plan'
import { indexFields, type FieldIndex } from './field-index.js'
import { plannedIdentity, type PlannedPart } from './planned-identity.js'
import { serverTable, type ServerTable } from './servers.js'

/** What the passes over one model share. */
export interface Planning {
  readonly model: ResourceModel
  readonly fields: FieldIndex
  readonly identity: readonly PlannedPart[]
  readonly servers: ServerTable
}

export function startPlanning(model: ResourceModel): Planning {
  const fields = indexFields(model)
  return { model, fields, identity: plannedIdentity(model, fields), servers: serverTable(model) }
}

export function serversOf({ servers }: Planning): readonly ServerPlan[] {
  return servers.plans
}
