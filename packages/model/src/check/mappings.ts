import { finding, type Finding } from '@oasgen/diagnostics'
import { nearestName, type RequestMapping, type ResponseMapping, type VerbAction } from '@oasgen/restdefinition'
import { propertiesOf } from '../schema/look.js'
import { followPath } from '../verb/response.js'
import type { CallModel } from '../verb/verbs.js'
import type { ResourceModel } from '../resource-model.js'
import { at } from './places.js'

export function mappingFindings(model: ResourceModel): readonly Finding[] {
  return Object.values(model.verbs).flatMap((verb) =>
    [...(verb.call ? [verb.call] : []), ...verb.steps].flatMap((call) => [
      ...call.description.fieldMapping.flatMap((mapping) =>
        mapping.direction === 'request' ? requestFindings(
          model,
          verb.action,
          call,
          mapping,
        ) : responseFindings(model, verb.action, call, mapping),
      ),
      ...placeFindings(model, verb.action, call),
    ]),
  )
}

const MEMBER = { path: 'inPath', query: 'inQuery', header: 'inHeader', body: 'inBody' } as const

function requestFindings(
  model: ResourceModel,
  action: VerbAction,
  call: CallModel,
  { to, at: pointer }: RequestMapping,
): readonly Finding[] {
  const where = at(model, `${pointer}/${MEMBER[to.in]}`, [{ where: call.operation.place, message: action }])
  if (to.in === 'body') {
    const body = call.body
    const known = body === undefined || propertiesOf(body.object).size === 0 || followPath(body.object, to.path) !== undefined
    return known ? [] : [finding('MDL0228', { action, path: to.path }, where)]
  }
  const names = call.parameters.filter((parameter) => parameter.in === to.in).map(({ name }) => name)
  const known = to.in === 'header' || names.includes(to.path)
  if (known) return []
  const near = nearestName(to.path, names)
  const fix = near === undefined ? {} : {
    fix: {
      kind: 'definition' as const,
      title: `use ${near}`,
      patch: [{ op: 'replace' as const, path: `${pointer}/${MEMBER[to.in]}`, value: near }],
    },
  }
  const severity = to.in === 'path' ? 'error' : 'warning'
  return [
    finding(
      'MDL0227',
      { action, in: to.in, name: to.path, near: near ?? (names.join(', ') || 'there is none') },
      { ...where, ...fix, severity },
    ),
  ]
}

function responseFindings(
  model: ResourceModel,
  action: VerbAction,
  call: CallModel,
  { from, at: pointer }: ResponseMapping,
): readonly Finding[] {
  const schema = call.response?.schema
  if (
    from.in === 'header' ||
    schema === undefined ||
    call.description.responseTransform !== undefined ||
    propertiesOf(schema).size === 0
  ) return []
  const found = followPath(schema, from.path) ?? (call.response && followPath(call.response.object, from.path))
  return found !== undefined ? [] : [
    finding('MDL0229', { action, path: from.path }, at(model, `${pointer}/inResponse`, [{ where: schema.place, message: 'the answer' }])),
  ]
}

/** Places that the definition names for object and list. */
function placeFindings(model: ResourceModel, action: VerbAction, { description, response }: CallModel): readonly Finding[] {
  if (response === undefined || description.responseTransform !== undefined || propertiesOf(response.schema).size === 0) return []
  return (['itemsPath', 'itemPath'] as const).flatMap((member) => {
    const path = description[member]
    const base = member === 'itemPath' && description.itemsPath !== undefined ? undefined : response.schema
    if (path === undefined || base === undefined || followPath(base, path) !== undefined) return []
    return [
      finding('MDL0229', { action, path }, at(model, `${description.at}/${member}`, [{ where: response.place, message: 'the answer' }])),
    ]
  })
}
