import type { Finding } from '@oasgen/diagnostics'
import type { ResourceModel } from '@oasgen/model'
import type { ServerPlan } from '@oasgen/plan'
import { indexFields, type FieldIndex } from './field-index.js'
import { serverTable, type ServerTable } from './servers.js'

/** What the passes over one model share. */
export interface Planning {
  readonly model: ResourceModel
  readonly fields: FieldIndex
  readonly servers: ServerTable
  readonly findings: Finding[]
}

export function startPlanning(model: ResourceModel): Planning {
  return { model, fields: indexFields(model), servers: serverTable(model), findings: [] }
}

export function serversOf({ servers }: Planning): readonly ServerPlan[] {
  return servers.plans
}
