import type { Finding } from '@oasgen/diagnostics'
import type { Document } from '@oasgen/openapi'
import type { MissedRemoval } from '../resource/spec.js'
import type { ResourceModel } from '../resource-model.js'
import { answerFindings } from './answers.js'
import { configurationFindings } from './configuration.js'
import { fieldFindings } from './fields.js'
import { identityFindings } from './identity.js'
import { mappingFindings } from './mappings.js'
import { statusFindings } from './status.js'
import { verbFindings } from './verbs.js'

/** Everything that document and definition say together and that does not fit, each with its places. */
export function checkModel(model: ResourceModel, document: Document, missed: readonly MissedRemoval[]): readonly Finding[] {
  return [
    ...verbFindings(model), ...identityFindings(model), ...statusFindings(model, document), ...answerFindings(model), ...fieldFindings(model),
    ...mappingFindings(model), ...configurationFindings(model, document, missed),
  ]
}
