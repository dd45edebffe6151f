import { Failure } from '../failure.js'
import { apiVersionOf, metadataOf, text } from '../object.js'
import type { Answer, ApiRequest, ResourceTarget, Tried } from '../request.js'
import type { Write } from '../store/types.js'
import { deleteOne, readDeleteOptions } from './delete.js'
import { negotiate } from './negotiate.js'
import { readListOptions } from './options.js'
import type { Plane } from './plane.js'
import { presentStored } from './present.js'
import { listItem } from './read.js'
import { readSelection } from './selectors.js'

/** DELETE of a list: each object as if it were deleted alone; the answer lists what there was. */
export function deleteCollection(context: { readonly request: ApiRequest; readonly target: ResourceTarget; readonly plane: Plane }): Tried<Answer> {
  const { request, target, plane } = context
  const form = negotiate(request, 'none')
  if (form instanceof Failure) return form
  const list = readListOptions(request)
  if (list instanceof Failure) return list
  const selection = readSelection(target, list.labelSelector, list.fieldSelector)
  if (selection instanceof Failure) return selection
  const options = readDeleteOptions(request)
  if (options instanceof Failure) return options
  const chosen = plane.view.list(target.type.store, `${target.namespace === '' ? '' : `${target.namespace}/`}`).filter((stored) => selection.matches(stored.object))
  const writes: Write[] = []
  for (const stored of chosen) {
    const deletion = deleteOne({ ...context, options }, stored, plane.view.revision + 1 + writes.length)
    if (deletion instanceof Failure) return deletion
    writes.push(...deletion.writes)
  }
  const items = chosen.map((stored) => listItem(target.type, presentStored(target, stored)))
  const last = writes.at(-1)
  const resourceVersion = last ? text(metadataOf(last.object), 'resourceVersion') : String(plane.view.revision)
  const body = { kind: target.type.listKind, apiVersion: apiVersionOf(target.type.group, target.version.name), metadata: { ...(target.type.origin === 'custom' && { continue: '' }), resourceVersion }, items }
  return { reply: { type: 'object', status: 200, body, contentType: form.contentType }, writes }
}
