import { columnsOf } from '../table/builtin-columns.js'
import { builtinSchema } from '../schema/builtin.js'
import { eventFromCore, eventToCore } from './event-versions.js'
import { rulesOf } from './builtin-rules.js'
import type { ResourceType, Subresource, TypeRules, Verb } from './types.js'

interface Row {
  readonly group: string
  readonly versions: readonly string[]
  readonly kind: string
  readonly resource: string
  readonly short?: readonly string[]
  readonly scope?: 'Cluster'
  readonly categories?: readonly string[]
  readonly subresources?: Readonly<Record<string, Subresource>>
  /** Kept in the store of another group's kind. */
  readonly store?: string
  readonly verbs?: readonly Verb[]
}

export const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const STATUS: Subresource = { type: 'status' }
const status = { status: STATUS }
const scaled = {
  status: STATUS,
  scale: { type: 'scale', specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', labelSelector: '.spec.selector' },
} as const
const all = { categories: ['all'] } as const
const cluster = { scope: 'Cluster' } as const

const action = (group: string, version: string, kind: string): Subresource =>
  ({ type: 'action', group, version, kind, verbs: ['create'] })

/** Every built-in kind. Order inside a group is the order of discovery. */
const ROWS: readonly Row[] = [
  core('ConfigMap', 'configmaps', { short: ['cm'] }),
  core('Endpoints', 'endpoints', { short: ['ep'] }),
  core('Event', 'events', { short: ['ev'], store: 'events' }),
  core('LimitRange', 'limitranges', { short: ['limits'] }),
  core('Namespace', 'namespaces', { short: ['ns'], ...cluster, subresources: { ...status, finalize: { type: 'finalize' } }, verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection') }),
  core('Node', 'nodes', { short: ['no'], ...cluster, subresources: status }),
  core('PersistentVolumeClaim', 'persistentvolumeclaims', { short: ['pvc'], subresources: status }),
  core('PersistentVolume', 'persistentvolumes', { short: ['pv'], ...cluster, subresources: status }),
  core('Pod', 'pods', {
    short: ['po'], ...all,
    subresources: { ...status, log: { type: 'log' }, binding: action('', 'v1', 'Binding'), eviction: action('policy', 'v1', 'Eviction') },
  }),
  core('PodTemplate', 'podtemplates', {}),
  core('ReplicationController', 'replicationcontrollers', { short: ['rc'], ...all, subresources: scaled }),
  core('ResourceQuota', 'resourcequotas', { short: ['quota'], subresources: status }),
  core('Secret', 'secrets', {}),
  core('ServiceAccount', 'serviceaccounts', { short: ['sa'], subresources: { token: action('authentication.k8s.io', 'v1', 'TokenRequest') } }),
  core('Service', 'services', { short: ['svc'], ...all, subresources: status }),
  row('admissionregistration.k8s.io', 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', { ...cluster, categories: ['api-extensions'] }),
  row('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies', { ...cluster, categories: ['api-extensions'], subresources: status }),
  row('admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', { ...cluster, categories: ['api-extensions'] }),
  row('admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', { ...cluster, categories: ['api-extensions'] }),
  row('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', { short: ['crd', 'crds'], ...cluster, categories: ['api-extensions'], subresources: status }),
  row('apiregistration.k8s.io', 'APIService', 'apiservices', { ...cluster, categories: ['api-extensions'], subresources: status }),
  row('apps', 'ControllerRevision', 'controllerrevisions', {}),
  row('apps', 'DaemonSet', 'daemonsets', { short: ['ds'], ...all, subresources: status }),
  row('apps', 'Deployment', 'deployments', { short: ['deploy'], ...all, subresources: scaled }),
  row('apps', 'ReplicaSet', 'replicasets', { short: ['rs'], ...all, subresources: scaled }),
  row('apps', 'StatefulSet', 'statefulsets', { short: ['sts'], ...all, subresources: scaled }),
  row('autoscaling', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', { versions: ['v2', 'v1'], short: ['hpa'], ...all, subresources: status }),
  row('batch', 'CronJob', 'cronjobs', { short: ['cj'], ...all, subresources: status }),
  row('batch', 'Job', 'jobs', { ...all, subresources: status }),
  row('certificates.k8s.io', 'CertificateSigningRequest', 'certificatesigningrequests', { short: ['csr'], ...cluster, subresources: { ...status, approval: { type: 'approval' } } }),
  row('coordination.k8s.io', 'Lease', 'leases', {}),
  row('discovery.k8s.io', 'EndpointSlice', 'endpointslices', {}),
  row('events.k8s.io', 'Event', 'events', { short: ['ev'], store: 'events' }),
  row('flowcontrol.apiserver.k8s.io', 'FlowSchema', 'flowschemas', { ...cluster, subresources: status }),
  row('flowcontrol.apiserver.k8s.io', 'PriorityLevelConfiguration', 'prioritylevelconfigurations', { ...cluster, subresources: status }),
  row('networking.k8s.io', 'IngressClass', 'ingressclasses', cluster),
  row('networking.k8s.io', 'Ingress', 'ingresses', { short: ['ing'], subresources: status }),
  row('networking.k8s.io', 'NetworkPolicy', 'networkpolicies', { short: ['netpol'] }),
  row('node.k8s.io', 'RuntimeClass', 'runtimeclasses', cluster),
  row('policy', 'PodDisruptionBudget', 'poddisruptionbudgets', { short: ['pdb'], subresources: status }),
  row('rbac.authorization.k8s.io', 'ClusterRoleBinding', 'clusterrolebindings', cluster),
  row('rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles', cluster),
  row('rbac.authorization.k8s.io', 'RoleBinding', 'rolebindings', {}),
  row('rbac.authorization.k8s.io', 'Role', 'roles', {}),
  row('scheduling.k8s.io', 'PriorityClass', 'priorityclasses', { short: ['pc'], ...cluster }),
  row('storage.k8s.io', 'CSIDriver', 'csidrivers', cluster),
  row('storage.k8s.io', 'CSINode', 'csinodes', cluster),
  row('storage.k8s.io', 'CSIStorageCapacity', 'csistoragecapacities', {}),
  row('storage.k8s.io', 'StorageClass', 'storageclasses', { short: ['sc'], ...cluster }),
  row('storage.k8s.io', 'VolumeAttachment', 'volumeattachments', { ...cluster, subresources: status }),
]

/** Kinds that are asked and answered but never stored. */
export interface ReviewType {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly scope: 'Namespaced' | 'Cluster'
}

export const REVIEWS: readonly ReviewType[] = [
  { group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', kind: 'SelfSubjectReview', scope: 'Cluster' },
  { group: 'authentication.k8s.io', version: 'v1', resource: 'tokenreviews', kind: 'TokenReview', scope: 'Cluster' },
  { group: 'authorization.k8s.io', version: 'v1', resource: 'localsubjectaccessreviews', kind: 'LocalSubjectAccessReview', scope: 'Namespaced' },
  { group: 'authorization.k8s.io', version: 'v1', resource: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', scope: 'Cluster' },
  { group: 'authorization.k8s.io', version: 'v1', resource: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview', scope: 'Cluster' },
  { group: 'authorization.k8s.io', version: 'v1', resource: 'subjectaccessreviews', kind: 'SubjectAccessReview', scope: 'Cluster' },
]

function core(kind: string, resource: string, rest: Partial<Row>): Row {
  return row('', kind, resource, rest)
}
function row(group: string, kind: string, resource: string, rest: Partial<Row>): Row {
  return { group, versions: ['v1'], kind, resource, ...rest }
}

export function builtinTypes(): readonly ResourceType[] {
  return ROWS.map(typeOf)
}

function typeOf(one: Row): ResourceType {
  const name = one.group === '' ? one.resource : `${one.resource}.${one.group}`
  const rules: TypeRules = rulesOf(name)
  return {
    group: one.group,
    resource: one.resource,
    singular: one.kind.toLowerCase(),
    kind: one.kind,
    listKind: `${one.kind}List`,
    shortNames: one.short ?? [],
    categories: one.categories ?? [],
    scope: one.scope ?? 'Namespaced',
    verbs: one.verbs ?? ALL_VERBS,
    storage: one.versions[0] as string,
    store: one.store ?? name,
    origin: 'builtin',
    rules,
    versions: one.versions.map((version) => ({
      name: version,
      kind: one.kind,
      schema: builtinSchema(one.group, version, one.kind, rules),
      subresources: new Map(Object.entries(one.subresources ?? {})),
      columns: columnsOf(name),
      selectableFields: [],
      ...(name === 'events.events.k8s.io' && { toStorage: eventToCore, fromStorage: eventFromCore }),
    })),
  }
}
