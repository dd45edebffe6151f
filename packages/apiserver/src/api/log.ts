import { badRequest, Failure, methodNotAllowed, notFound } from '../failure.js'
import { child, objects, text } from '../object.js'
import type { Answer, ApiRequest, ResourceTarget, Tried } from '../request.js'
import type { Plane } from './plane.js'

/** `kubectl logs`: what the process behind a pod has printed so far. */
export function answerLog({ request, plane, target }: { readonly request: ApiRequest; readonly plane: Plane; readonly target: ResourceTarget }): Tried<Answer> {
  if (request.method !== 'GET') return methodNotAllowed()
  const pod = plane.view.get('pods', `${target.namespace}/${target.name}`)
  if (!pod) return notFound(target.type, target.name)
  const names = objects(child(pod.object, 'spec'), 'containers').map((container) => text(container, 'name'))
  const container = request.query.get('container')?.[0] ?? names[0] ?? ''
  if (!names.includes(container)) return badRequest(`container ${container} is not valid for pod ${target.name}`)
  const tail = Number(request.query.get('tailLines')?.[0] ?? Number.NaN)
  const log = plane.logs(target.namespace, target.name, Number.isInteger(tail) && tail >= 0 ? tail : undefined)
  if (log === undefined) return new Failure(400, 'BadRequest', `container "${container}" in pod "${target.name}" is waiting to start: ContainerCreating`)
  return { reply: { type: 'text', status: 200, contentType: 'text/plain', text: log }, writes: [] }
}
