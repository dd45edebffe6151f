import { equalJson, isObject, member, type JsonObject } from '@oasgen/json'
import { checkLabel1123 } from '@oasgen/structural'
import { duplicate, forbiddenField, invalidValue, required, type FieldFault } from '../failure.js'
import { child, generationOf, integerOf, nameOf, objects, strings, text } from '../object.js'

/** What is wrong with a kind that makes pods of a template. */
export function workloadFaults(object: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  const spec = child(object, 'spec')
  const selector = member(spec, 'selector')
  const labels = member(child(child(spec, 'template'), 'metadata'), 'labels') ?? null
  const known = isObject(selector) ? Object.entries(child(selector, 'matchLabels')) : []
  const empty = isObject(selector) && known.length === 0 && strings(selector, 'matchExpressions').length === 0 && !Array.isArray(selector.matchExpressions)
  const fits = isObject(selector) && !empty && known.every(([key, value]) => isObject(labels) && member(labels, key) === value)
  return [
    ...(isObject(selector) ? [] : [required('spec.selector')]),
    ...(empty ? [invalidValue('spec.selector', selector, `empty selector is invalid for ${text(object, 'kind').toLowerCase()}`)] : []),
    ...(fits || empty ? [] : [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
    ...podSpecFaults(child(child(spec, 'template'), 'spec'), 'spec.template.spec'),
    ...(text(child(spec, 'strategy'), 'type') === 'Recreate' && member(child(spec, 'strategy'), 'rollingUpdate') != null
      ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")] : []),
    ...(old !== undefined && !equalJson(selector ?? null, member(child(old, 'spec'), 'selector') ?? null) ? [invalidValue('spec.selector', selector, 'field is immutable')] : []),
  ]
}

/** The commonest mistakes of pods: what every kubelet would refuse, too. */
export function podSpecFaults(spec: JsonObject, path: string): readonly FieldFault[] {
  const containers = objects(spec, 'containers')
  const seen = new Set<string>()
  return [
    ...(containers.length === 0 ? [required(`${path}.containers`)] : []),
    ...containers.flatMap((container, index) => {
      const place = `${path}.containers[${index}]`
      const name = text(container, 'name')
      const twice = name !== '' && seen.has(name)
      seen.add(name)
      return [
        ...(name === '' ? [required(`${place}.name`)] : checkLabel1123(name).map((message) => invalidValue(`${place}.name`, name, message))),
        ...(twice ? [duplicate(`${place}.name`, name)] : []),
        ...(text(container, 'image') === '' ? [required(`${place}.image`)] : []),
      ]
    }),
  ]
}

/** What is allowed in a pod template and hardly meant. */
export function podTemplateAdvice(object: JsonObject, old: JsonObject | undefined): readonly string[] {
  if (old && generationOf(object) === generationOf(old)) return []
  const spec = child(child(child(object, 'spec'), 'template'), 'spec')
  const name = old === undefined && text(object, 'kind') === 'Deployment' ? checkLabel1123(nameOf(object)) : []
  return [
    ...(name.length > 0 ? [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${name.join(' ')}]`] : []),
    ...podSpecAdvice(spec, 'spec.template.spec'),
  ]
}

export function podSpecAdvice(spec: JsonObject, path: string): readonly string[] {
  const initial = objects(spec, 'initContainers').map((container, index) => ({ container, place: `${path}.initContainers[${index}]` }))
  const containers = objects(spec, 'containers').map((container, index) => ({ container, place: `${path}.containers[${index}]` }))
  const serving = [...initial.filter(({ container }) => text(container, 'restartPolicy') === 'Always'), ...containers]
  const ports = serving.flatMap(({ container, place }) => objects(container, 'ports').map((port, index) => ({ port, place: `${place}.ports[${index}]` })))
  return [...[...initial, ...containers].flatMap(({ container, place }) => hiddenVariables(container, place)), ...portAdvice(ports), ...portNameAdvice(ports)]
}

function hiddenVariables(container: JsonObject, place: string): readonly string[] {
  const seen = new Set<string>()
  return objects(container, 'env').flatMap((item, index) => {
    const name = text(item, 'name')
    const reference = `$(${name})`
    const value = text(item, 'value')
    const builds = member(item, 'valueFrom') === undefined && value !== reference && value.includes(reference)
    const hides = seen.has(name) && !builds
    seen.add(name)
    return hides ? [`${place}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : []
  })
}

interface PlacedPort {
  readonly port: JsonObject
  readonly place: string
}

function portAdvice(ports: readonly PlacedPort[]): readonly string[] {
  const keyOf = ({ port }: PlacedPort): string => `${integerOf(port, 'containerPort') ?? 0}/${text(port, 'protocol')}`
  return ports.flatMap((one, index) => ports.slice(0, index).filter((other) => keyOf(other) === keyOf(one)).flatMap((other) => {
    const relation = portRelation(one.port, other.port)
    return relation === undefined ? [] : [`${one.place}: ${relation} port definition with ${other.place}`]
  }))
}

function portRelation(one: JsonObject, other: JsonObject): string | undefined {
  const [ip, otherIp] = [text(one, 'hostIP'), text(other, 'hostIP')]
  const [port, otherPort] = [integerOf(one, 'hostPort') ?? 0, integerOf(other, 'hostPort') ?? 0]
  if (ip === otherIp && port === otherPort) return 'duplicate'
  if (port === 0 || otherPort === 0) return 'overlapping'
  return port === otherPort && (ip === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined
}

function portNameAdvice(ports: readonly PlacedPort[]): readonly string[] {
  const seen = new Map<string, string>()
  return ports.flatMap(({ port, place }) => {
    const name = text(port, 'name')
    const other = seen.get(name)
    if (name !== '' && other === undefined) seen.set(name, place)
    return other === undefined ? [] : [`${place}: duplicate port name ${JSON.stringify(name)} with ${other}, services and probes that select ports by name will use ${other}`]
  })
}
