import { finding, type Finding } from '@oasgen/diagnostics'
import type { CallModel, FieldModel, ResourceModel, VerbModel } from '@oasgen/model'

/** What the document is going to drop and the definition uses: said before it hurts. */
export function findDeprecations(model: ResourceModel): readonly Finding[] {
  const operations = Object.values(model.verbs).flatMap((verb) => deprecatedCalls(verb).map(({ operation }) =>
    finding('PRV0112', { method: operation.method.toUpperCase(), path: operation.path, action: verb.action }, { where: operation.place })))
  const fields = model.spec.filter(isDeprecated)
  const [first] = fields
  if (first === undefined) return operations
  return [...operations, finding('PRV0113', { fields: printNames(fields.map(({ name }) => `spec.${name}`)), kind: model.names.kind }, { where: first.place })]
}

function printNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ')
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown
}

const MOST_NAMES = 20

function deprecatedCalls(verb: VerbModel): readonly CallModel[] {
  const calls = [...(verb.call === undefined ? [] : [verb.call]), ...verb.steps]
  return calls.filter(({ operation }) => operation.deprecated)
}

function isDeprecated({ schema, origin }: FieldModel): boolean {
  return schema.deprecated || (origin.type === 'parameter' && origin.deprecated)
}
