import type { FindingExtras, Place, RelatedPlace, Severity } from '@oasgen/diagnostics'
import { definitionPlace } from '@oasgen/restdefinition'
import type { ResourceModel } from '../resource-model.js'

/** What a user's existing manifests get away with today stays a warning; a definition written for us is held to it. */
export function strictly(model: ResourceModel): { readonly severity?: Severity } {
  return model.definition.resource.schema === 'strict' ? { severity: 'error' } : {}
}

export function at(
  model: ResourceModel,
  pointer: string,
  related: readonly RelatedPlace[] = [],
): FindingExtras & { readonly where: Place } {
  return { where: definitionPlace(model.definition, pointer), ...(related.length > 0 && { related }) }
}

/** A mapping of the request to add to a verb; the list is made where the verb has none. */
export function mappingFix(
  model: ResourceModel,
  verbAt: string,
  mapping: { readonly inPath: string; readonly inCustomResource: string },
): Pick<FindingExtras, 'fix'> {
  const verb = model.definition.resource.verbsDescription.find((each) => each.at === verbAt)
  const existing = verb?.fieldMapping[0]?.at.includes('/fieldMapping/') === true ? 'fieldMapping' : 'requestFieldMapping'
  const empty = verb === undefined || verb.fieldMapping.length === 0
  const path = `${verbAt}/${existing}`
  return {
    fix: {
      kind: 'definition',
      title: `map ${mapping.inPath} to ${mapping.inCustomResource}`,
      patch: [empty ? { op: 'add', path, value: [mapping] } : { op: 'add', path: `${path}/-`, value: mapping }],
    },
  }
}

/** `user_id`, `userId` and `UserID` are one word. */
export function sameWord(a: string, b: string): boolean {
  return a !== b && plainWord(a) === plainWord(b)
}

function plainWord(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, '')
}
