import { finding, type Finding } from '@oasgen/diagnostics'
import { essence } from '../verb/media.js'
import type { ResourceModel } from '../resource-model.js'
import { at } from './places.js'

export function verbFindings(model: ResourceModel): readonly Finding[] {
  return [...missingVerbs(model), ...contentTypes(model), ...servers(model)]
}

const VERBS = '/spec/resource/verbsDescription'

function missingVerbs(model: ResourceModel): readonly Finding[] {
  const declared = new Set(model.definition.resource.verbsDescription.map(({ action }) => action))
  const found: Finding[] = []
  if (Object.keys(model.verbs).length === 0 && declared.size > 0) found.push(finding('MDL0236', {}, at(model, VERBS)))
  if (!declared.has('get') && !declared.has('findby')) found.push(finding('MDL0223', {}, at(model, VERBS)))
  if (!declared.has('create')) found.push(finding('MDL0233', {}, at(model, VERBS)))
  if (!declared.has('delete') && model.definition.policy.deletion !== 'orphan') found.push(finding('MDL0232', {}, at(model, VERBS)))
  return found
}

function contentTypes(model: ResourceModel): readonly Finding[] {
  return Object.values(model.verbs).flatMap(({ action, call, steps }) =>
    [...(call ? [call] : []), ...steps].flatMap(({ description, operation, body }) => {
      const wanted = description.body.contentType
      if (wanted === undefined || body !== undefined) return []
      const offered = [...(operation.requestBody?.content.keys() ?? [])].map(essence).join(', ') || 'no body'
      return [finding('MDL0204', { action, wanted, offered }, at(model, `${description.at}/body/contentType`))]
    }),
  )
}

/** Said once for the definition, not once per verb: it is one thing to mend. */
function servers(model: ResourceModel): readonly Finding[] {
  const lacking = Object.values(model.verbs).flatMap(({ action, call, steps }) =>
    [...(call ? [call] : []), ...steps].flatMap(({ operation }) =>
      (operation.servers.some(({ form }) => form === 'absolute') ? [] : [{ action, operation }]),
    ),
  )
  const [first] = lacking
  if (first === undefined) return []
  const urls = first.operation.servers.map(({ template }) => template)
  return [
    finding(
      'MDL0205',
      { action: first.action, found: urls.length === 0 ? 'there is none' : urls.join(', ') },
      { where: first.operation.place, ...(model.configuration === undefined && { help: 'set spec.document.servers' }) },
    ),
  ]
}
