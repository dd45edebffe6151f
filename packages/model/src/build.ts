import type { Checked, Finding } from '@oasgen/diagnostics'
import type { Document } from '@oasgen/openapi'
import type { RestDefinition } from '@oasgen/restdefinition'
import { checkModel } from './check/check.js'
import { buildNames } from './naming/names.js'
import { addDefinitionFields } from './resource/additions.js'
import { buildConfiguration } from './resource/configuration.js'
import { draftFields } from './resource/fields.js'
import { buildIdentity, buildParents } from './resource/identity.js'
import { shapeOf } from './resource/shape.js'
import { buildSpec, removeFields, removeFilled } from './resource/spec.js'
import { buildStatus, describedObject } from './resource/status.js'
import type { ResourceModel } from './resource-model.js'
import { unionsOf } from './schema/union.js'
import { buildVerbs } from './verb/verbs.js'

/**
 * Document and RestDefinition as one model, with everything that does not fit together as findings. There is always a model: a verb
 * that the document lacks is left out of it.
 */
export function buildModel(document: Document, definition: RestDefinition): Checked<ResourceModel> & { readonly value: ResourceModel } {
  const findings: Finding[] = []
  const names = buildNames(definition)
  const verbs = buildVerbs(document, definition, findings)
  const shape = shapeOf(verbs)
  const status = buildStatus(definition, verbs)
  const drafts = draftFields(verbs, definition)
  addDefinitionFields(drafts, document, definition, verbs)
  const facts = { definition, verbs, shape, status, drafts }
  const identity = buildIdentity(facts)
  const parents = buildParents(facts)
  const missed = removeFields(drafts, definition)
  removeFilled(drafts, definition, identity)
  const configuration = buildConfiguration(document, definition, verbs)
  const object = describedObject(verbs)
  const body = verbs.create?.call?.body ?? verbs.update?.call?.body
  const model: ResourceModel = {
    definition,
    document: { uri: document.source.uri, digest: document.source.digest },
    names,
    shape,
    verbs,
    ...(object && { object }),
    spec: buildSpec(drafts, verbs),
    unions: body?.form === 'object' ? unionsOf(body.object) : [],
    status,
    identity,
    ...(configuration && { configuration }),
    parents,
    ...(body && { place: body.place }),
  }
  return { value: model, findings: [...findings, ...checkModel(model, document, missed)] }
}
