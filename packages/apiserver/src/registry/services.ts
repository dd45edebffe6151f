import { equalJson, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { checkLabel1123, checkSubdomain } from '@oasgen/structural'
import { duplicate, forbiddenField, invalid, invalidValue, notSupported, required, type Failure, type FieldFault } from '../failure.js'
import { child, integerOf, nameOf, objects, strings, text, withMembers } from '../object.js'
import { portNameFaults, portNumberFaults, PROTOCOLS } from './ports.js'
import { withClusterAddress } from '../schema/builtin-defaults.js'

/** Addresses and address families of services, and what is refused. */

const specOf = (service: JsonObject): JsonObject => child(service, 'spec')
const isExternal = (service: JsonObject): boolean => text(specOf(service), 'type') === 'ExternalName'
const isHeadless = (service: JsonObject): boolean => text(specOf(service), 'clusterIP') === 'None'
const selectsNothing = (service: JsonObject): boolean => Object.keys(child(specOf(service), 'selector')).length === 0

export function prepareService(service: JsonObject): JsonObject {
  return withFamilies(withAddressList(withClusterAddress(service)), undefined)
}

/** An address is given once; a replacement that does not name it keeps it. */
export function prepareServiceUpdate(service: JsonObject, old: JsonObject): JsonObject {
  const before = specOf(old)
  const named = text(specOf(service), 'clusterIP') !== '' || text(before, 'clusterIP') === '' || isExternal(service)
  const addressed = named ? service : { ...service, spec: withMembers(specOf(service), { clusterIP: member(before, 'clusterIP'), clusterIPs: member(before, 'clusterIPs') }) }
  return withFamilies(withAddressList(isExternal(addressed) ? addressed : withClusterAddress(addressed)), old)
}

function withAddressList(service: JsonObject): JsonObject {
  const spec = specOf(service)
  return isHeadless(service) && spec.clusterIPs === undefined ? { ...service, spec: { ...spec, clusterIPs: ['None'] } } : service
}

/** Headless services without a selector may name addresses of both families; all others have the one of this cluster. */
function withFamilies(service: JsonObject, old: JsonObject | undefined): JsonObject {
  if (isExternal(service)) return service
  const spec = specOf(service)
  const free = isHeadless(service) && selectsNothing(service)
  const policy = text(spec, 'ipFamilyPolicy') || text(specOf(old ?? {}), 'ipFamilyPolicy') || (free ? 'RequireDualStack' : 'SingleStack')
  const given = strings(spec, 'ipFamilies')
  const [first = 'IPv4'] = given
  const both: JsonValue = [first, first === 'IPv4' ? 'IPv6' : 'IPv4']
  return { ...service, spec: { ...spec, ipFamilyPolicy: policy, ipFamilies: free && policy !== 'SingleStack' && given.length < 2 ? both : given.length > 0 ? given : [first] } }
}

/** What this cluster, which has IPv4 only, cannot give. */
export function refuseFamilies(service: JsonObject): Failure | undefined {
  if (isExternal(service) || isHeadless(service) && selectsNothing(service)) return undefined
  const spec = specOf(service)
  const policy = text(spec, 'ipFamilyPolicy')
  const faults = [
    ...(policy === 'RequireDualStack' ? [invalidValue('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services')] : []),
    ...strings(spec, 'ipFamilies').flatMap((family, index) => (family === 'IPv4' ? [] : [invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')])),
  ]
  return faults.length === 0 ? undefined : invalid({ group: '', resource: 'services', kind: 'Service' }, nameOf(service), faults)
}

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

export function serviceFaults(service: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  const spec = specOf(service)
  const type = text(spec, 'type')
  const ports = objects(spec, 'ports')
  const affinity = text(spec, 'sessionAffinity')
  return [
    ...(old ? addressFaults(service, old) : []),
    ...(ports.length === 0 && !isHeadless(service) && type !== 'ExternalName' ? [required('spec.ports')] : []),
    ...(isHeadless(service) && (type === 'LoadBalancer' || type === 'NodePort') ? [invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)] : []),
    ...(type === 'ExternalName' ? externalFaults(spec) : []), ...portsFaults(ports),
    ...(['None', 'ClientIP'].includes(affinity) ? [] : [notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None'])]),
    ...(affinity === 'None' && member(spec, 'sessionAffinityConfig') !== undefined ? [forbiddenField('spec.sessionAffinityConfig', 'must not be set when session affinity is None')] : []),
    ...(TYPES.includes(type) ? [] : [notSupported('spec.type', type, TYPES)]),
    ...(type === 'ClusterIP' ? ports.flatMap((port, index) => ((integerOf(port, 'nodePort') ?? 0) === 0 ? [] : [forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")])) : []),
    ...twicePorts(ports),
  ]
}

function addressFaults(service: JsonObject, old: JsonObject): readonly FieldFault[] {
  if (isExternal(service) || isExternal(old) || isHeadless(service) && isHeadless(old)) return []
  const [before, after] = [strings(specOf(old), 'clusterIPs'), strings(specOf(service), 'clusterIPs')]
  if (after.length === 0 && before.length > 0) return [invalidValue('spec.clusterIPs[0]', after, 'primary clusterIP can not be unset')]
  return before.length > 0 && before[0] !== after[0] ? [invalidValue('spec.clusterIPs[0]', after, 'may not change once set')] : []
}

function externalFaults(spec: JsonObject): readonly FieldFault[] {
  const name = text(spec, 'externalName').replace(/\.$/, '')
  return [
    ...(['clusterIPs', 'ipFamilies'] as const).flatMap((field) => (strings(spec, field).length > 0 ? [forbiddenField(`spec.${field}`, 'may not be set for ExternalName services')] : [])),
    ...(member(spec, 'ipFamilyPolicy') !== undefined ? [forbiddenField('spec.ipFamilyPolicy', 'may not be set for ExternalName services')] : []),
    ...(name === '' ? [required('spec.externalName')] : checkSubdomain(name).map((message) => invalidValue('spec.externalName', name, message))),
  ]
}

function portsFaults(ports: readonly JsonObject[]): readonly FieldFault[] {
  const seen = new Set<string>()
  return ports.flatMap((port, index) => {
    const path = `spec.ports[${index}]`
    const name = text(port, 'name')
    const twice = seen.has(name)
    if (name !== '') seen.add(name)
    const number = integerOf(port, 'port') ?? 0
    const protocol = text(port, 'protocol')
    return [
      ...(name === '' ? (ports.length > 1 ? [required(`${path}.name`)] : []) : checkLabel1123(name).map((message) => invalidValue(`${path}.name`, name, message))),
      ...(twice ? [duplicate(`${path}.name`, name)] : []),
      ...portNumberFaults(number, `${path}.port`),
      ...(PROTOCOLS.includes(protocol) ? [] : [notSupported(`${path}.protocol`, protocol, PROTOCOLS)]),
      ...targetFaults(port.targetPort, `${path}.targetPort`),
    ]
  })
}

function targetFaults(target: JsonValue | undefined, path: string): readonly FieldFault[] {
  if (typeof target === 'number') return portNumberFaults(target, path)
  return typeof target === 'string' ? portNameFaults(target, path) : []
}

function twicePorts(ports: readonly JsonObject[]): readonly FieldFault[] {
  const pairOf = (port: JsonObject): JsonObject => ({ protocol: text(port, 'protocol'), port: integerOf(port, 'port') ?? 0 })
  return ports.flatMap((port, index) => (ports.slice(0, index).some((other) => equalJson(pairOf(other), pairOf(port))) ? [duplicate(`spec.ports[${index}]`, pairOf(port))] : []))
}
