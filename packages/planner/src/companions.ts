import { pluralOf } from '@oasgen/model'
import type { ReferencePlan, SecretFieldPlan } from '@oasgen/plan'
import { printFieldPattern } from '@oasgen/restdefinition'
import type { Planning } from './planning.js'

/** Fields that are filled with another resource's id, inside of lists once per element. */
export function compileReferences({ fields, model }: Planning): readonly ReferencePlan[] {
  return [...fields.rules.values()].flatMap((rule) => {
    const { settings: { reference }, companion, path } = rule
    if (reference === undefined || companion?.type !== 'reference') return []
    return [{
      path: belowSpec(printFieldPattern(companion.steps)),
      field: belowSpec(path),
      group: reference.group ?? model.names.group,
      version: reference.version ?? 'v1alpha1',
      kind: reference.kind,
      plural: reference.plural ?? pluralOf(reference.kind),
      resolves: reference.resolves,
      ...(reference.parent && { parent: true }),
    }]
  })
}

/** Fields whose values live in Secrets, inside of lists too. */
export function compileSecrets({ fields }: Planning): readonly SecretFieldPlan[] {
  return [...fields.rules.values()].flatMap(({ companion, path }) => {
    if (companion?.type !== 'secret') return []
    return [{ path: belowSpec(printFieldPattern(companion.steps)), field: belowSpec(path), form: companion.form }]
  })
}

function belowSpec(pattern: string): string {
  return pattern.startsWith('[') ? `spec${pattern}` : `spec.${pattern}`
}
