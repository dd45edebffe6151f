import { equalJson, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { checkLabel1123 } from '@oasgen/structural'
import { duplicate, forbiddenField, invalidValue, notFoundField, notSupported, required, type FieldFault } from '../failure.js'
import { child, integerOf, objects, plain, strings, text } from '../object.js'
import { portNameFaults, portNumberFaults, PROTOCOLS } from './ports.js'

/** What is wrong with a kind that makes pods of a template. */
export function workloadFaults(object: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  const spec = child(object, 'spec')
  const selector = member(spec, 'selector')
  const labels = member(child(child(spec, 'template'), 'metadata'), 'labels') ?? null
  const known = isObject(selector) ? Object.entries(child(selector, 'matchLabels')) : []
  const empty = isObject(selector) && known.length === 0 && strings(selector, 'matchExpressions').length === 0 && !Array.isArray(selector.matchExpressions)
  const fits = isObject(selector) && !empty && known.every(([key, value]) => isObject(labels) && member(labels, key) === value)
  return [
    ...countFaults(spec, ['replicas'], 'spec'),
    ...(isObject(selector) ? [] : [required('spec.selector')]),
    ...(empty ? [invalidValue('spec.selector', selector, `empty selector is invalid for ${text(object, 'kind').toLowerCase()}`)] : []),
    ...(fits || empty ? [] : [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
    ...podSpecFaults(child(child(spec, 'template'), 'spec'), 'spec.template.spec'), ...restartFaults(spec),
    ...(text(object, 'kind') === 'Deployment' ? deploymentFaults(spec) : []), ...countFaults(spec, ['minReadySeconds', 'revisionHistoryLimit'], 'spec'),
    ...(old !== undefined && !equalJson(selector ?? null, member(child(old, 'spec'), 'selector') ?? null) ? [invalidValue('spec.selector', selector, 'field is immutable')] : []),
  ]
}

function restartFaults(spec: JsonObject): readonly FieldFault[] {
  const policy = text(child(child(spec, 'template'), 'spec'), 'restartPolicy')
  return policy === 'OnFailure' || policy === 'Never' ? [notSupported('spec.template.spec.restartPolicy', policy, ['Always'])] : []
}

function deploymentFaults(spec: JsonObject): readonly FieldFault[] {
  const strategy = child(spec, 'strategy')
  const type = text(strategy, 'type')
  const rolling = child(strategy, 'rollingUpdate')
  const none = (name: string): boolean => ['0', '0%', ''].includes(plain(rolling[name]))
  const [deadline, ready] = [integerOf(spec, 'progressDeadlineSeconds'), integerOf(spec, 'minReadySeconds') ?? 0]
  return [
    ...(type === 'Recreate' && isObject(strategy.rollingUpdate) ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")] : []),
    ...(type === 'RollingUpdate' && none('maxSurge') && none('maxUnavailable') ? [invalidValue('spec.strategy.rollingUpdate.maxUnavailable', rolling.maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0')] : []),
    ...(['Recreate', 'RollingUpdate'].includes(type) ? [] : [notSupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])]),
    ...countFaults(spec, ['progressDeadlineSeconds'], 'spec'),
    ...(deadline !== undefined && deadline <= ready ? [invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')] : []),
  ]
}

function countFaults(object: JsonObject, names: readonly string[], path: string): readonly FieldFault[] {
  return names.flatMap((name) => {
    const value = integerOf(object, name) ?? 0
    return value < 0 ? [invalidValue(`${path}.${name}`, value, 'must be greater than or equal to 0')] : []
  })
}

/** The commonest mistakes of pods: what every kubelet would refuse, too. */
export function podSpecFaults(spec: JsonObject, path: string): readonly FieldFault[] {
  const volumes = objects(spec, 'volumes')
  const known = new Set(volumes.map((volume) => text(volume, 'name')))
  const seen = new Set<string>()
  const faultsIn = (list: 'containers' | 'initContainers'): readonly FieldFault[] => objects(spec, list).flatMap((container, index) => {
    const name = text(container, 'name')
    const twice = name !== '' && seen.has(name)
    seen.add(name)
    const place = `${path}.${list}[${index}]`
    return [...containerFaults(container, place, known), ...(twice ? [duplicate(`${place}.name`, name)] : [])]
  })
  return [
    ...volumeFaults(volumes, `${path}.volumes`), ...(objects(spec, 'containers').length === 0 ? [required(`${path}.containers`)] : []),
    ...faultsIn('containers'), ...faultsIn('initContainers'),
    ...chosen(spec, 'restartPolicy', ['Always', 'OnFailure', 'Never'], path), ...chosen(spec, 'dnsPolicy', ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'], path),
  ]
}

function chosen(object: JsonObject, name: string, values: readonly string[], path: string): readonly FieldFault[] {
  const value = text(object, name)
  return value === '' || values.includes(value) ? [] : [notSupported(`${path}.${name}`, value, values)]
}

/** What a source cannot do without. */
const NEEDED: Readonly<Record<string, string>> = { secret: 'secretName', configMap: 'name', persistentVolumeClaim: 'claimName', hostPath: 'path' }

function volumeFaults(volumes: readonly JsonObject[], path: string): readonly FieldFault[] {
  const seen = new Set<string>()
  return volumes.flatMap((volume, index) => {
    const place = `${path}[${index}]`
    const name = text(volume, 'name')
    const twice = name !== '' && seen.has(name)
    seen.add(name)
    return [...sourceFaults(volume, place), ...nameFaults(name, `${place}.name`), ...(twice ? [duplicate(`${place}.name`, name)] : [])]
  })
}

const SOURCES = [
  'emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi', 'glusterfs', 'flocker', 'persistentVolumeClaim', 'rbd', 'cinder',
  'cephfs', 'quobyte', 'downwardAPI', 'fc', 'flexVolume', 'configMap', 'azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'storageos',
  'projected', 'scaleIO', 'csi', 'ephemeral', 'image',
]

function sourceFaults(volume: JsonObject, path: string): readonly FieldFault[] {
  const [first, ...others] = SOURCES.filter((name) => isObject(volume[name]))
  if (first === undefined) return [required(path, 'must specify a volume type')]
  const needed = NEEDED[first]
  return [
    ...(needed !== undefined && text(child(volume, first), needed) === '' ? [required(`${path}.${first}.${needed}`)] : []),
    ...others.map((name) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type')),
  ]
}

const nameFaults = (name: string, path: string): readonly FieldFault[] =>
  (name === '' ? [required(path)] : checkLabel1123(name).map((message) => invalidValue(path, name, message)))

function containerFaults(container: JsonObject, path: string, volumes: ReadonlySet<string>): readonly FieldFault[] {
  return [
    ...nameFaults(text(container, 'name'), `${path}.name`), ...(text(container, 'image') === '' ? [required(`${path}.image`)] : []),
    ...chosen(container, 'terminationMessagePolicy', ['File', 'FallbackToLogsOnError'], path), ...portsFaults(container, `${path}.ports`),
    ...objects(container, 'env').flatMap((item, index) => variableFaults(item, `${path}.env[${index}]`)),
    ...mountFaults(container, `${path}.volumeMounts`, volumes), ...chosen(container, 'imagePullPolicy', ['Always', 'IfNotPresent', 'Never'], path),
  ]
}

function portsFaults(container: JsonObject, path: string): readonly FieldFault[] {
  const seen = new Set<string>()
  return objects(container, 'ports').flatMap((port, index) => {
    const place = `${path}[${index}]`
    const name = text(port, 'name')
    const twice = name !== '' && seen.has(name)
    seen.add(name)
    const [number, host, protocol] = [integerOf(port, 'containerPort') ?? 0, integerOf(port, 'hostPort') ?? 0, text(port, 'protocol')]
    return [
      ...(name === '' ? [] : portNameFaults(name, `${place}.name`)), ...(twice ? [duplicate(`${place}.name`, name)] : []),
      ...(number === 0 ? [required(`${place}.containerPort`)] : portNumberFaults(number, `${place}.containerPort`)),
      ...(host === 0 ? [] : portNumberFaults(host, `${place}.hostPort`)),
      ...(PROTOCOLS.includes(protocol) ? [] : [notSupported(`${place}.protocol`, protocol, PROTOCOLS)]),
    ]
  })
}

function variableFaults(item: JsonObject, path: string): readonly FieldFault[] {
  const name = text(item, 'name')
  const from: JsonValue | undefined = item.valueFrom
  const sources = isObject(from) ? Object.keys(from).length : 1
  return [
    ...(name === '' ? [required(`${path}.name`)] : []),
    ...(name.includes('=') ? [invalidValue(`${path}.name`, name, "a valid environment variable name must consist only of printable ASCII characters other than '='")] : []),
    ...(isObject(from) && sources === 0 ? [invalidValue(`${path}.valueFrom`, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`')] : []),
    ...(isObject(from) && sources > 0 && text(item, 'value') !== '' ? [invalidValue(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty')] : []),
    ...(sources > 1 ? [invalidValue(`${path}.valueFrom`, '', 'may not have more than one field specified at a time')] : []),
  ]
}

function mountFaults(container: JsonObject, path: string, volumes: ReadonlySet<string>): readonly FieldFault[] {
  const seen = new Set<string>()
  return objects(container, 'volumeMounts').flatMap((mount, index) => {
    const [name, at] = [text(mount, 'name'), text(mount, 'mountPath')]
    const twice = seen.has(at)
    seen.add(at)
    return [
      ...(name === '' ? [required(`${path}[${index}].name`)] : []), ...(volumes.has(name) && name !== '' ? [] : [notFoundField(`${path}[${index}].name`, name)]),
      ...(at === '' ? [required(`${path}[${index}].mountPath`)] : []), ...(twice ? [invalidValue(`${path}[${index}].mountPath`, at, 'must be unique')] : []),
    ]
  })
}
