import type { ConditionPlan, ConfigurationPlan, ExportPlan, PolicyPlan } from '@oasgen/plan'
import type { Planning } from './planning.js'

/** Members of the Plan that only carry over what the definition says. */
export function compilePolicy({ model }: Planning): PolicyPlan {
  const { management, deletion, drift, adoption, intervalSeconds } = model.definition.policy
  return {
    ...(management !== undefined && { management }),
    ...(deletion !== undefined && { deletion }),
    ...(drift !== undefined && { drift }),
    ...(adoption !== undefined && { adoption }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  }
}

export function compileConditions({ model }: Planning): ConditionPlan {
  const { readyWhen, failedWhen, completedWhen, deletedWhen } = model.definition.resource
  return {
    ...(readyWhen !== undefined && { readyWhen }),
    ...(failedWhen !== undefined && { failedWhen }),
    ...(completedWhen !== undefined && { completedWhen }),
    ...(deletedWhen !== undefined && { deletedWhen }),
  }
}

/** An empty name stands for the name of the resource. */
export function compileExports({ model }: Planning): readonly ExportPlan[] {
  return model.definition.resource.exports.map(({ to, name, key, value, from }) => ({ to, name: name ?? '', key, value, from }))
}

export function compileConfiguration({ model }: Planning): ConfigurationPlan | undefined {
  const { configuration } = model
  return configuration && { kind: configuration.kind, plural: configuration.plural, required: configuration.required }
}
