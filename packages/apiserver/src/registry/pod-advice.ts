import { member, type JsonObject } from '@oasgen/json'
import { checkLabel1123 } from '@oasgen/structural'
import { child, generationOf, integerOf, nameOf, objects, text } from '../object.js'

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
