import type { FindingExtras, FixOperation, Place, RelatedPlace, Severity } from '@oasgen/diagnostics'
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

/** One text of the definition in the place of another. */
export function replaceFix(path: string, value: string): Pick<FindingExtras, 'fix'> {
  return { fix: { kind: 'definition', title: `use ${value}`, patch: [{ op: 'replace', path, value }] } }
}

/** One more entry of a list of the definition, which may not be there yet. */
export function appended(model: ResourceModel, list: 'excludedSpecFields', value: string): FixOperation {
  const path = `/spec/resource/${list}`
  return model.definition.resource[list].length === 0 ? { op: 'add', path, value: [value] } : { op: 'add', path: `${path}/-`, value }
}

/** `user_id`, `userId` and `UserID` are one word. */
export function sameWord(a: string, b: string): boolean {
  return a !== b && plainWord(a) === plainWord(b)
}

function plainWord(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, '')
}
