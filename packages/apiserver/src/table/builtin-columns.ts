import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { child, integerOf, isDeleting, items, labelsOf, metadataOf, nameOf, objects, plain, strings, text } from '../object.js'
import type { Column } from '../registry/types.js'
import { humanDuration, since } from './ages.js'

type Cell = Column['cell']

const NAME: Column = {
  name: 'Name', type: 'string', format: 'name', priority: 0, cell: (object) => nameOf(object),
  description: 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
}
const AGE: Column = {
  name: 'Age', type: 'string', format: '', priority: 0, cell: (object, now) => since(text(metadataOf(object), 'creationTimestamp'), now),
  description: 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
}

const column = (name: string, cell: Cell, type: Column['type'] = 'string', priority = 0): Column =>
  ({ name, type, format: '', description: name, priority, cell })
const wide = (name: string, cell: Cell, type: Column['type'] = 'string'): Column => column(name, cell, type, 1)
const spec = (object: JsonObject): JsonObject => child(object, 'spec')
const status = (object: JsonObject): JsonObject => child(object, 'status')
const count = (object: JsonObject, name: string): number => integerOf(object, name) ?? 0
const joined = (values: readonly string[], none = '<none>'): string => (values.length === 0 ? none : values.join(','))
const size = (object: JsonObject, name: string): number => Object.keys(child(object, name)).length
const ago = (time: string, now: number, none = '<unknown>'): string => (time === '' ? none : since(time, now))

function pairs(object: JsonObject, none = '<none>'): string {
  return joined(Object.keys(object).sort().map((key) => `${key}=${plain(object[key])}`), none)
}

export function selectorText(selector: JsonObject): string {
  const expressions = objects(selector, 'matchExpressions').map((one) => {
    const values = strings(one, 'values').join(',')
    switch (text(one, 'operator')) {
      case 'In': return `${text(one, 'key')} in (${values})`
      case 'NotIn': return `${text(one, 'key')} notin (${values})`
      case 'Exists': return text(one, 'key')
      default: return `!${text(one, 'key')}`
    }
  })
  const labels = child(selector, 'matchLabels')
  return joined([...Object.keys(labels).sort().map((key) => `${key}=${plain(labels[key])}`), ...expressions])
}

const template = (object: JsonObject): JsonObject => child(child(spec(object), 'template'), 'spec')
const containers = wide('Containers', (object) => joined(objects(template(object), 'containers').map((one) => text(one, 'name')), ''))
const images = wide('Images', (object) => joined(objects(template(object), 'containers').map((one) => text(one, 'image')), ''))
const selector = wide('Selector', (object) => selectorText(child(spec(object), 'selector')))
const replicas = (object: JsonObject): number => integerOf(spec(object), 'replicas') ?? 1

function podPhase(object: JsonObject): string {
  const reasons = objects(status(object), 'containerStatuses').flatMap((one) => {
    const waiting = text(child(child(one, 'state'), 'waiting'), 'reason')
    const ended = child(child(one, 'state'), 'terminated')
    const end = text(ended, 'reason') || (integerOf(ended, 'exitCode') === undefined ? '' : `ExitCode:${plain(ended.exitCode)}`)
    return waiting || end ? [waiting || end] : []
  })
  if (isDeleting(object)) return 'Terminating'
  return reasons.at(-1) ?? (text(status(object), 'reason') || text(status(object), 'phase'))
}

const podStatuses = (object: JsonObject): readonly JsonObject[] => objects(status(object), 'containerStatuses')

function podRestarts(object: JsonObject, now: number): string {
  const restarts = podStatuses(object).reduce((sum, one) => sum + count(one, 'restartCount'), 0)
  const last = podStatuses(object).map((one) => text(child(child(one, 'lastState'), 'terminated'), 'finishedAt')).filter(Boolean).sort().at(-1)
  return restarts > 0 && last ? `${restarts} (${since(last, now)} ago)` : String(restarts)
}

function servicePorts(object: JsonObject): string {
  return joined(objects(spec(object), 'ports').map((port) => {
    const node = integerOf(port, 'nodePort')
    return `${plain(port.port)}${node ? `:${node}` : ''}/${text(port, 'protocol') || 'TCP'}`
  }))
}

function externalIp(object: JsonObject): string {
  const ingress = objects(child(status(object), 'loadBalancer'), 'ingress').map((one) => text(one, 'ip') || text(one, 'hostname'))
  const own = strings(spec(object), 'externalIPs')
  switch (text(spec(object), 'type')) {
    case 'LoadBalancer': return joined([...ingress, ...own], '<pending>')
    case 'ExternalName': return text(spec(object), 'externalName') || '<none>'
    default: return joined(own)
  }
}

function nodeStatus(object: JsonObject): string {
  const ready = objects(status(object), 'conditions').find((one) => one.type === 'Ready')
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec(object).unschedulable === true ? `${word},SchedulingDisabled` : word
}

function nodeRoles(object: JsonObject): string {
  const roles = Object.keys(labelsOf(object)).filter((key) => key.startsWith('node-role.kubernetes.io/')).map((key) => key.slice(24))
  return joined(roles.sort())
}

const nodeAddress = (kind: string): Cell => (object) =>
  text(objects(status(object), 'addresses').find((one) => one.type === kind) ?? {}, 'address') || '<none>'
const nodeInfo = (name: string): Cell => (object) => text(child(status(object), 'nodeInfo'), name) || '<unknown>'

function jobDuration(object: JsonObject, now: number): string {
  const start = text(status(object), 'startTime')
  if (start === '') return ''
  const end = text(status(object), 'completionTime')
  return humanDuration((end === '' ? now : Date.parse(end)) - Date.parse(start))
}

function jobStatus(object: JsonObject): string {
  const on = (type: string): boolean => objects(status(object), 'conditions').some((one) => one.type === type && one.status === 'True')
  for (const [type, word] of [['Complete', 'Complete'], ['Failed', 'Failed'], ['Suspended', 'Suspended'], ['FailureTarget', 'FailureTarget'], ['SuccessCriteriaMet', 'SuccessCriteriaMet']] as const) {
    if (on(type)) return word
  }
  return isDeleting(object) ? 'Terminating' : 'Running'
}

/** A core event's object, `kind/name`. */
const involved = (object: JsonObject): string => {
  const about = child(object, 'involvedObject')
  const path = text(about, 'fieldPath')
  return `${text(about, 'kind').toLowerCase()}/${text(about, 'name')}${path && ''}`
}
const eventTime = (object: JsonObject, name: string): string =>
  text(object, name) || text(object, 'eventTime') || text(metadataOf(object), 'creationTimestamp')

function lastSeen(object: JsonObject, now: number): string {
  const series = text(child(object, 'series'), 'lastObservedTime')
  return since(series || eventTime(object, 'lastTimestamp'), now)
}

const eventSource: Cell = (object) => {
  const source = child(object, 'source')
  const host = text(source, 'host')
  return (text(source, 'component') || text(object, 'reportingComponent')) + (host ? `, ${host}` : '')
}

const roleRef: Column = column('Role', (object) => `${text(child(object, 'roleRef'), 'kind')}/${text(child(object, 'roleRef'), 'name')}`)
const subjects = (kind: string, name: string): Column => wide(name, (object) => joined(objects(object, 'subjects').filter((one) => one.kind === kind)
  .map((one) => (kind === 'ServiceAccount' ? `${text(one, 'namespace')}/${text(one, 'name')}` : text(one, 'name'))), ''))
const bindingColumns: readonly Column[] = [NAME, roleRef, AGE, subjects('User', 'Users'), subjects('Group', 'Groups'), subjects('ServiceAccount', 'ServiceAccounts')]

function ingressHosts(object: JsonObject): string {
  const hosts = objects(spec(object), 'rules').map((one) => text(one, 'host')).filter(Boolean)
  return joined(hosts, '*')
}

const workload = (first: readonly Column[]): readonly Column[] => [NAME, ...first, AGE, containers, images, selector]

/** Cells by kind, as `kubectl get` shows them; kinds that are not listed have name and age. */
const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  configmaps: [NAME, column('Data', (object) => size(object, 'data') + size(object, 'binaryData')), AGE],
  secrets: [NAME, column('Type', (object) => text(object, 'type')), column('Data', (object) => size(object, 'data')), AGE],
  serviceaccounts: [NAME, AGE],
  namespaces: [NAME, column('Status', (object) => text(status(object), 'phase')), AGE],
  nodes: [
    NAME, column('Status', nodeStatus), column('Roles', nodeRoles), AGE, column('Version', nodeInfo('kubeletVersion')),
    wide('Internal-IP', nodeAddress('InternalIP')), wide('External-IP', nodeAddress('ExternalIP')), wide('OS-Image', nodeInfo('osImage')),
    wide('Kernel-Version', nodeInfo('kernelVersion')), wide('Container-Runtime', nodeInfo('containerRuntimeVersion')),
  ],
  pods: [
    NAME, column('Ready', (object) => `${podStatuses(object).filter((one) => one.ready === true).length}/${objects(spec(object), 'containers').length}`),
    column('Status', podPhase), column('Restarts', podRestarts), AGE,
    wide('IP', (object) => text(status(object), 'podIP') || '<none>'), wide('Node', (object) => text(spec(object), 'nodeName') || '<none>'),
    wide('Nominated Node', (object) => text(status(object), 'nominatedNodeName') || '<none>'),
    wide('Readiness Gates', (object) => (items(spec(object), 'readinessGates').length === 0 ? '<none>' : String(items(spec(object), 'readinessGates').length))),
  ],
  services: [
    NAME, column('Type', (object) => text(spec(object), 'type')), column('Cluster-IP', (object) => text(spec(object), 'clusterIP') || '<none>'),
    column('External-IP', externalIp), column('Port(s)', servicePorts), AGE, wide('Selector', (object) => pairs(child(spec(object), 'selector'))),
  ],
  endpoints: [NAME, column('Endpoints', (object) => joined(objects(object, 'subsets').flatMap((set) =>
    objects(set, 'addresses').flatMap((address) => objects(set, 'ports').map((port) => `${text(address, 'ip')}:${plain(port.port)}`))))), AGE],
  events: [
    column('Last Seen', lastSeen), column('Type', (object) => text(object, 'type')), column('Reason', (object) => text(object, 'reason')),
    column('Object', involved), wide('Subobject', (object) => text(child(object, 'involvedObject'), 'fieldPath')),
    wide('Source', eventSource), column('Message', (object) => text(object, 'message').trim()),
    wide('First Seen', (object, now) => since(eventTime(object, 'firstTimestamp'), now)), wide('Count', (object) => count(object, 'count') || 1, 'integer'),
    { ...NAME, priority: 1 },
  ],
  persistentvolumeclaims: [
    NAME, column('Status', (object) => (isDeleting(object) ? 'Terminating' : text(status(object), 'phase'))), column('Volume', (object) => text(spec(object), 'volumeName')),
    column('Capacity', (object) => text(child(status(object), 'capacity'), 'storage')), column('Access Modes', (object) => joined(strings(status(object), 'accessModes').map(accessMode), '')),
    column('StorageClass', (object) => text(spec(object), 'storageClassName')), column('VolumeAttributesClass', (object) => text(spec(object), 'volumeAttributesClassName') || '<unset>'),
    AGE, wide('VolumeMode', (object) => text(spec(object), 'volumeMode') || '<unset>'),
  ],
  persistentvolumes: [
    NAME, column('Capacity', (object) => text(child(spec(object), 'capacity'), 'storage')), column('Access Modes', (object) => joined(strings(spec(object), 'accessModes').map(accessMode), '')),
    column('Reclaim Policy', (object) => text(spec(object), 'persistentVolumeReclaimPolicy')), column('Status', (object) => (isDeleting(object) ? 'Terminating' : text(status(object), 'phase'))),
    column('Claim', (object) => (text(child(spec(object), 'claimRef'), 'name') === '' ? '' : `${text(child(spec(object), 'claimRef'), 'namespace')}/${text(child(spec(object), 'claimRef'), 'name')}`)),
    column('StorageClass', (object) => text(spec(object), 'storageClassName')), column('VolumeAttributesClass', (object) => text(spec(object), 'volumeAttributesClassName') || '<unset>'),
    column('Reason', (object) => text(status(object), 'reason')), AGE, wide('VolumeMode', (object) => text(spec(object), 'volumeMode') || '<unset>'),
  ],
  replicationcontrollers: [
    NAME, column('Desired', replicas, 'integer'), column('Current', (object) => count(status(object), 'replicas'), 'integer'),
    column('Ready', (object) => count(status(object), 'readyReplicas'), 'integer'), AGE, containers, images, wide('Selector', (object) => pairs(child(spec(object), 'selector'))),
  ],
  limitranges: [{ ...NAME }, { ...AGE, name: 'Created At', type: 'date', cell: (object) => text(metadataOf(object), 'creationTimestamp') }],
  'deployments.apps': workload([
    column('Ready', (object) => `${count(status(object), 'readyReplicas')}/${replicas(object)}`),
    column('Up-to-date', (object) => count(status(object), 'updatedReplicas')),
    column('Available', (object) => count(status(object), 'availableReplicas')),
  ]),
  'replicasets.apps': workload([
    column('Desired', replicas, 'integer'), column('Current', (object) => count(status(object), 'replicas'), 'integer'),
    column('Ready', (object) => count(status(object), 'readyReplicas'), 'integer'),
  ]),
  'statefulsets.apps': [NAME, column('Ready', (object) => `${count(status(object), 'readyReplicas')}/${replicas(object)}`), AGE, containers, images],
  'daemonsets.apps': workload([
    column('Desired', (object) => count(status(object), 'desiredNumberScheduled'), 'integer'), column('Current', (object) => count(status(object), 'currentNumberScheduled'), 'integer'),
    column('Ready', (object) => count(status(object), 'numberReady'), 'integer'), column('Up-to-date', (object) => count(status(object), 'updatedNumberScheduled'), 'integer'),
    column('Available', (object) => count(status(object), 'numberAvailable'), 'integer'), column('Node Selector', (object) => pairs(child(template(object), 'nodeSelector'))),
  ]),
  'controllerrevisions.apps': [
    NAME, column('Controller', (object) => {
      const owner = objects(metadataOf(object), 'ownerReferences').find((one) => one.controller === true)
      if (!owner) return '<none>'
      const group = text(owner, 'apiVersion').split('/')[0] ?? ''
      return `${text(owner, 'kind').toLowerCase()}.${group}/${text(owner, 'name')}`
    }), column('Revision', (object) => count(object, 'revision')), AGE,
  ],
  'jobs.batch': [
    NAME, column('Status', jobStatus), column('Completions', (object) => `${count(status(object), 'succeeded')}/${integerOf(spec(object), 'completions') ?? 1}`),
    column('Duration', jobDuration), AGE, containers, images, selector,
  ],
  'cronjobs.batch': [
    NAME, column('Schedule', (object) => text(spec(object), 'schedule')), column('Timezone', (object) => text(spec(object), 'timeZone') || '<none>'),
    column('Suspend', (object) => (spec(object).suspend === true ? 'True' : 'False'), 'boolean'), column('Active', (object) => items(status(object), 'active').length, 'integer'),
    column('Last Schedule', (object, now) => ago(text(status(object), 'lastScheduleTime'), now, '<none>')), AGE,
    ...[containers, images, selector].map((one) => ({ ...one, cell: (object: JsonObject, now: number) => one.cell(child(spec(object), 'jobTemplate'), now) })),
  ],
  podtemplates: [
    NAME, { ...containers, priority: 0, cell: (object) => joined(objects(child(child(object, 'template'), 'spec'), 'containers').map((one) => text(one, 'name')), '') },
    { ...images, priority: 0, cell: (object) => joined(objects(child(child(object, 'template'), 'spec'), 'containers').map((one) => text(one, 'image')), '') },
    column('Pod Labels', (object) => pairs(child(child(child(object, 'template'), 'metadata'), 'labels'))),
  ],
  'leases.coordination.k8s.io': [NAME, column('Holder', (object) => text(spec(object), 'holderIdentity')), AGE],
  'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns,
  'rolebindings.rbac.authorization.k8s.io': bindingColumns,
  'clusterroles.rbac.authorization.k8s.io': [NAME, { ...AGE, name: 'Created At', type: 'date', cell: (object) => text(metadataOf(object), 'creationTimestamp') }],
  'roles.rbac.authorization.k8s.io': [NAME, { ...AGE, name: 'Created At', type: 'date', cell: (object) => text(metadataOf(object), 'creationTimestamp') }],
  'customresourcedefinitions.apiextensions.k8s.io': [NAME, { ...AGE, name: 'Created At', type: 'date', cell: (object) => text(metadataOf(object), 'creationTimestamp') }],
  'ingresses.networking.k8s.io': [
    NAME, column('Class', (object) => text(spec(object), 'ingressClassName') || '<none>'), column('Hosts', ingressHosts),
    column('Address', (object) => joined(objects(child(status(object), 'loadBalancer'), 'ingress').map((one) => text(one, 'ip') || text(one, 'hostname')), '')),
    column('Ports', (object) => (items(spec(object), 'tls').length > 0 ? '80, 443' : '80')), AGE,
  ],
  'networkpolicies.networking.k8s.io': [NAME, column('Pod-Selector', (object) => selectorText(child(spec(object), 'podSelector'))), AGE],
  'poddisruptionbudgets.policy': [
    NAME, column('Min Available', (object) => amount(spec(object).minAvailable)), column('Max Unavailable', (object) => amount(spec(object).maxUnavailable)),
    column('Allowed Disruptions', (object) => count(status(object), 'disruptionsAllowed'), 'integer'), AGE,
  ],
  'priorityclasses.scheduling.k8s.io': [
    NAME, column('Value', (object) => count(object, 'value'), 'integer'), column('Global-Default', (object) => object.globalDefault === true, 'boolean'), AGE,
    column('PreemptionPolicy', (object) => text(object, 'preemptionPolicy') || 'PreemptLowerPriority'),
  ],
  'storageclasses.storage.k8s.io': [
    NAME, column('Provisioner', (object) => text(object, 'provisioner')), column('ReclaimPolicy', (object) => text(object, 'reclaimPolicy') || 'Delete'),
    column('VolumeBindingMode', (object) => text(object, 'volumeBindingMode') || 'Immediate'), column('AllowVolumeExpansion', (object) => object.allowVolumeExpansion === true, 'boolean'), AGE,
  ],
  'horizontalpodautoscalers.autoscaling': [
    NAME, column('Reference', (object) => `${text(child(spec(object), 'scaleTargetRef'), 'kind')}/${text(child(spec(object), 'scaleTargetRef'), 'name')}`),
    column('Targets', () => '<unknown>'), column('MinPods', (object) => (integerOf(spec(object), 'minReplicas') ?? '<unset>').toString()),
    column('MaxPods', (object) => count(spec(object), 'maxReplicas'), 'integer'), column('Replicas', (object) => count(status(object), 'currentReplicas'), 'integer'), AGE,
  ],
}

const amount = (value: JsonValue | undefined): string => (value === undefined || value === null || isObject(value) ? 'N/A' : plain(value))
const MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }
function accessMode(mode: string): string {
  return MODES[mode] ?? mode
}

export function columnsOf(resource: string): readonly Column[] {
  return COLUMNS[resource === 'events.events.k8s.io' ? 'events' : resource] ?? [NAME, AGE]
}

export { AGE, NAME }
