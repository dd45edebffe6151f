import type { LinkOptions } from '@oasgen/openapi'
import type { RestDefinition } from '@oasgen/restdefinition'

/** What a definition says in place of the document; to be given to `linkDocument`. */
export function linkOptions({ document }: RestDefinition): LinkOptions {
  const { servers, securitySchemes, security } = document
  return { ...(servers && { servers }), ...(securitySchemes && { securitySchemes }), ...(security && { security }) }
}
