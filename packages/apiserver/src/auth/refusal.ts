import { Failure, forbidden } from '../failure.js'
import type { AccessAttributes } from '../api/plane.js'

/** The sentence that tells who may not do what, where. */
export function refusal(attributes: AccessAttributes, reason: string): Failure {
  const user = JSON.stringify(attributes.user.name)
  if (attributes.path !== undefined) {
    return new Failure(403, 'Forbidden', `forbidden: User ${user} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}${reason && `: ${reason}`}`, {})
  }
  const resource = `${attributes.resource ?? ''}${attributes.subresource ? `/${attributes.subresource}` : ''}`
  const where = attributes.namespace ? `in the namespace ${JSON.stringify(attributes.namespace)}` : 'at the cluster scope'
  const what = `User ${user} cannot ${attributes.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(attributes.group ?? '')} ${where}`
  return forbidden({ group: attributes.group ?? '', resource: attributes.resource ?? '', kind: '' }, attributes.name ?? '', `${what}${reason && `: ${reason}`}`)
}
