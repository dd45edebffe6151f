import { equalJson, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { forbiddenField, invalidValue, notSupported, required, type FieldFault } from '../failure.js'
import { child, integerOf, objects, plain, strings, text } from '../object.js'
import { BUILTIN_DEFAULTS } from '../schema/builtin-defaults.js'
import { CRD_RULES } from './crd-rules.js'
import { podSpecAdvice, podTemplateAdvice } from './pod-advice.js'
import { podSpecFaults, workloadFaults } from './pod-faults.js'
import { prepareService, prepareServiceUpdate, refuseFamilies, serviceFaults } from './services.js'
import { textAt } from './text-at.js'
import type { TypeRules } from './types.js'

const COMMON: TypeRules = { generation: 'never', name: 'subdomain', unconditionalUpdate: true }
const SPEC: TypeRules = { ...COMMON, generation: 'spec' }
const PLAIN: TypeRules = { ...COMMON, plainFinalizers: true }
const RBAC: TypeRules = { ...PLAIN, name: 'pathSegment' }

const at = (path: string) => (object: JsonObject): string => textAt(object, path)
const fields = (...paths: readonly string[]): Readonly<Record<string, (object: JsonObject) => string>> =>
  Object.fromEntries(paths.map((path) => [path, at(path)]))

const EVENT_FIELDS = {
  ...fields('involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion',
    'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'type'),
  source: (object: JsonObject) => text(child(object, 'source'), 'component') || text(object, 'reportingComponent'),
}

/** Kinds whose rules differ from the common ones. */
const RULES: Readonly<Record<string, TypeRules>> = {
  configmaps: { ...COMMON, validate: (object, old) => [...dataFaults(object, ['data', 'binaryData']), ...immutableFaults(object, old)] },
  secrets: {
    ...COMMON, fields: fields('type'),
    validate: (object, old) => [...secretFaults(object, old), ...immutableFaults(object, old)],
  },
  namespaces: {
    ...COMMON, name: 'label', fields: fields('status.phase'), prepareCreate: openNamespace, prepareUpdate: keepFinalizers,
  },
  events: { ...COMMON, createOnUpdate: true, fields: EVENT_FIELDS, validate: eventFaults },
  'events.events.k8s.io': { ...COMMON, createOnUpdate: true, fields: { ...EVENT_FIELDS, 'regarding.kind': at('involvedObject.kind'), 'regarding.name': at('involvedObject.name'), 'regarding.namespace': at('involvedObject.namespace'), 'regarding.uid': at('involvedObject.uid'), reportingController: at('reportingComponent') } },
  nodes: { ...COMMON, fields: fields('spec.unschedulable'), keepsStatusOnCreate: true },
  pods: {
    ...SPEC, graceful: true, deleteReturnsObject: true,
    fields: fields('spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'),
    prepareCreate: admitPod, validate: (object) => podSpecFaults(child(object, 'spec'), 'spec'),
    advise: (object) => podSpecAdvice(child(object, 'spec'), 'spec'),
  },
  services: { ...COMMON, name: 'service', createOnUpdate: true, deleteReturnsObject: true, prepareCreate: prepareService, prepareUpdate: prepareServiceUpdate, validate: serviceFaults, refuse: refuseFamilies, fields: fields('spec.clusterIP', 'spec.type') },
  serviceaccounts: { ...COMMON, deleteReturnsObject: true },
  resourcequotas: { ...COMMON, deleteReturnsObject: true },
  podtemplates: { ...SPEC, deleteReturnsObject: true },
  persistentvolumes: { ...COMMON, deleteReturnsObject: true, prepareCreate: (object) => guarded({ ...object, status: { phase: 'Pending' } }, 'kubernetes.io/pv-protection') },
  persistentvolumeclaims: { ...COMMON, deleteReturnsObject: true, prepareCreate: (object) => guarded({ ...object, status: { phase: 'Pending' } }, 'kubernetes.io/pvc-protection') },
  endpoints: { ...COMMON, createOnUpdate: true, advise: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'] },
  limitranges: { ...COMMON, createOnUpdate: true },
  replicationcontrollers: { ...SPEC, fields: fields('status.replicas') },
  'deployments.apps': { ...SPEC, generation: 'specAndAnnotations', advise: podTemplateAdvice, validate: workloadFaults },
  'replicasets.apps': { ...SPEC, advise: podTemplateAdvice, fields: fields('status.replicas'), validate: workloadFaults },
  'statefulsets.apps': { ...SPEC, advise: podTemplateAdvice, validate: workloadFaults },
  'daemonsets.apps': { ...SPEC, advise: podTemplateAdvice, validate: workloadFaults },
  'jobs.batch': { ...SPEC, fields: fields('status.successful') },
  'cronjobs.batch': SPEC,
  'leases.coordination.k8s.io': { ...PLAIN, validate: leaseFaults, createOnUpdate: true, unconditionalUpdate: false },
  'ingresses.networking.k8s.io': SPEC,
  'ingressclasses.networking.k8s.io': SPEC,
  'networkpolicies.networking.k8s.io': SPEC,
  'poddisruptionbudgets.policy': { ...SPEC, unconditionalUpdate: false },
  'horizontalpodautoscalers.autoscaling': COMMON,
  'endpointslices.discovery.k8s.io': { ...COMMON, generation: 'allButStatusAndMetadata' },
  'roles.rbac.authorization.k8s.io': { ...RBAC, validate: roleFaults, createOnUpdate: true },
  'rolebindings.rbac.authorization.k8s.io': { ...RBAC, createOnUpdate: true, validate: bindingFaults },
  'clusterroles.rbac.authorization.k8s.io': { ...RBAC, validate: roleFaults, createOnUpdate: true },
  'clusterrolebindings.rbac.authorization.k8s.io': { ...RBAC, createOnUpdate: true, validate: bindingFaults },
  'customresourcedefinitions.apiextensions.k8s.io': CRD_RULES,
  'apiservices.apiregistration.k8s.io': { ...COMMON, plainFinalizers: true, unconditionalUpdate: false },
  'certificatesigningrequests.certificates.k8s.io': { ...COMMON, fields: fields('spec.signerName') },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': { ...COMMON, plainFinalizers: true, generation: 'allButStatusAndMetadata', unconditionalUpdate: false },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': { ...COMMON, plainFinalizers: true, generation: 'allButStatusAndMetadata', unconditionalUpdate: false },
  'validatingadmissionpolicies.admissionregistration.k8s.io': { ...SPEC, plainFinalizers: true, unconditionalUpdate: false },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': { ...SPEC, plainFinalizers: true, unconditionalUpdate: false },
  'runtimeclasses.node.k8s.io': { ...COMMON, createOnUpdate: true, plainFinalizers: true, unconditionalUpdate: false },
  'flowschemas.flowcontrol.apiserver.k8s.io': { ...SPEC, plainFinalizers: true, unconditionalUpdate: false },
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': { ...SPEC, plainFinalizers: true, unconditionalUpdate: false },
}

export function rulesOf(resource: string): TypeRules {
  const rules = RULES[resource] ?? COMMON
  const defaults = BUILTIN_DEFAULTS[resource]
  return defaults ? { ...rules, defaults } : rules
}

const DATA_KEY = /^[-._a-zA-Z0-9]+$/
const DATA_LIMIT = 1024 * 1024
const KEY_MESSAGE = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

function dataFaults(object: JsonObject, names: readonly string[]): readonly FieldFault[] {
  const keys = names.flatMap((name) => Object.keys(child(object, name)).map((key) => ({ key, path: `${name}[${key}]`, name })))
  const total = names.reduce((sum, name) => sum + Object.values(child(object, name)).reduce<number>((size, value) => size + sizeOf(value, name), 0), 0)
  const twice = keys.filter(({ key, name }) => name === 'binaryData' && member(child(object, 'data'), key) !== undefined)
  return [
    ...keys.flatMap(({ key, path }) => keyFaults(key).map((message) => invalidValue(path, key, message))),
    ...twice.map(({ key }) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...(total > DATA_LIMIT ? [{ path: '', type: 'FieldValueTooLong' as const, message: `Too long: may not be more than ${DATA_LIMIT} bytes` }] : []),
  ]
}

function sizeOf(value: JsonValue, name: string): number {
  const size = Buffer.byteLength(plain(value))
  return name === 'data' ? size : Math.floor(size * 3 / 4)
}

function keyFaults(key: string): readonly string[] {
  const messages: string[] = []
  if (key.length > 253) messages.push('must be no more than 253 characters')
  if (!DATA_KEY.test(key)) messages.push(KEY_MESSAGE)
  else if (key === '.') messages.push("must not be '.'")
  else if (key === '..') messages.push("must not be '..'")
  else if (key.startsWith('..')) messages.push("must not start with '..'")
  return messages
}

function immutableFaults(object: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  if (old?.immutable !== true) return []
  const same = (name: string): boolean => equalJson(member(object, name) ?? {}, member(old, name) ?? {})
  return [
    ...(object.immutable === true ? [] : [forbiddenField('immutable', 'field is immutable when `immutable` is set')]),
    ...['data', 'binaryData'].filter((name) => !same(name)).map((name) => forbiddenField(name, 'field is immutable when `immutable` is set')),
  ]
}

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'], 'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'], 'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

function secretFaults(object: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  const type = text(object, 'type')
  const data = child(object, 'data')
  const missing = (NEEDED[type] ?? []).filter((key) => member(data, key) === undefined)
  const basic = type === 'kubernetes.io/basic-auth' && member(data, 'username') === undefined && member(data, 'password') === undefined
  const owner = type === 'kubernetes.io/service-account-token' && text(child(child(object, 'metadata'), 'annotations'), 'kubernetes.io/service-account.name') === ''
  return [
    ...Object.keys(data).flatMap((key) => keyFaults(key).map((message) => invalidValue(`data[${key}]`, key, message))),
    ...(Object.values(data).reduce<number>((sum, value) => sum + Math.floor(plain(value).length * 3 / 4), 0) > DATA_LIMIT
      ? [{ path: 'data', type: 'FieldValueTooLong' as const, message: `Too long: may not be more than ${DATA_LIMIT} bytes` }] : []),
    ...missing.map((key) => required(`data[${key}]`)),
    ...(basic ? [required('data[username]'), required('data[password]')] : []),
    ...(owner ? [required('metadata.annotations[kubernetes.io/service-account.name]')] : []),
    ...(old !== undefined && text(old, 'type') !== type ? [invalidValue('type', type, 'field is immutable')] : []),
  ]
}

function openNamespace(object: JsonObject): JsonObject {
  const finalizers = strings(child(object, 'spec'), 'finalizers')
  return {
    ...object, spec: { ...child(object, 'spec'), finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
    status: { phase: 'Active' },
  }
}

function keepFinalizers(object: JsonObject, old: JsonObject): JsonObject {
  return { ...object, spec: child(old, 'spec'), status: child(old, 'status') }
}

const ROLE_KINDS: Readonly<Record<string, readonly string[]>> = { RoleBinding: ['Role', 'ClusterRole'], ClusterRoleBinding: ['ClusterRole'] }

function bindingFaults(object: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  const reference = child(object, 'roleRef')
  const kinds = ROLE_KINDS[text(object, 'kind')] ?? []
  const fixed = old === undefined || equalJson(reference, child(old, 'roleRef'))
  const name = text(reference, 'name')
  const kind = text(reference, 'kind')
  return [
    ...(text(reference, 'apiGroup') === 'rbac.authorization.k8s.io' ? [] : [notSupported('roleRef.apiGroup', text(reference, 'apiGroup'), ['rbac.authorization.k8s.io'])]),
    ...(kinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
    ...(name === '' ? [required('roleRef.name')] : []),
    ...objects(object, 'subjects').flatMap((subject, index) => subjectFaults(subject, `subjects[${index}]`, text(object, 'kind') === 'RoleBinding')),
    ...(fixed ? [] : [invalidValue('roleRef', reference, 'cannot change roleRef')]),
  ]
}

function subjectFaults(subject: JsonObject, path: string, namespaced: boolean): readonly FieldFault[] {
  const kind = text(subject, 'kind')
  const group = text(subject, 'apiGroup')
  const wanted = kind === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io'
  const known = ['ServiceAccount', 'User', 'Group'].includes(kind)
  return [
    ...(text(subject, 'name') === '' ? [required(`${path}.name`)] : []),
    ...(known ? [] : [notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])]),
    ...(known && group !== wanted ? [notSupported(`${path}.apiGroup`, group, [wanted])] : []),
    ...(kind === 'ServiceAccount' && !namespaced && text(subject, 'namespace') === '' ? [required(`${path}.namespace`)] : []),
  ]
}

function roleFaults(object: JsonObject): readonly FieldFault[] {
  const cluster = text(object, 'kind') === 'ClusterRole'
  return objects(object, 'rules').flatMap((rule, index) => {
    const path = `rules[${index}]`
    const verbs = strings(rule, 'verbs').length === 0 ? [required(`${path}.verbs`, 'verbs must contain at least one value')] : []
    if (strings(rule, 'nonResourceURLs').length > 0) return [...verbs, ...urlFaults(rule, path, cluster)]
    return [
      ...verbs,
      ...(strings(rule, 'apiGroups').length === 0 ? [required(`${path}.apiGroups`, 'resource rules must supply at least one api group')] : []),
      ...(strings(rule, 'resources').length === 0 ? [required(`${path}.resources`, 'resource rules must supply at least one resource')] : []),
    ]
  })
}

function urlFaults(rule: JsonObject, path: string, cluster: boolean): readonly FieldFault[] {
  const urls = strings(rule, 'nonResourceURLs')
  if (!cluster) return [invalidValue(`${path}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs')]
  const mixed = ['apiGroups', 'resources', 'resourceNames'].some((name) => strings(rule, name).length > 0)
  return mixed ? [invalidValue(`${path}.nonResourceURLs`, urls, 'rules cannot apply to both regular resources and non-resource URLs')] : []
}

function leaseFaults(object: JsonObject): readonly FieldFault[] {
  const spec = child(object, 'spec')
  const seconds = integerOf(spec, 'leaseDurationSeconds')
  const transitions = integerOf(spec, 'leaseTransitions')
  return [
    ...(seconds !== undefined && seconds <= 0 ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')] : []),
    ...(transitions !== undefined && transitions < 0 ? [invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')] : []),
  ]
}

/** What admission adds to every pod: priority and the tolerations that let a node be away for a while. */
function admitPod(pod: JsonObject): JsonObject {
  const spec = child(pod, 'spec')
  const away = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !objects(spec, 'tolerations').some((one) => (one.key === key || one.key === undefined) && (one.effect === 'NoExecute' || one.effect === undefined)))
    .map((key): JsonObject => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  return {
    ...pod, status: { phase: 'Pending', qosClass: qualityOf(spec) },
    spec: {
      ...spec, priority: spec.priority ?? 0, preemptionPolicy: spec.preemptionPolicy ?? 'PreemptLowerPriority',
      ...(away.length > 0 && { tolerations: [...objects(spec, 'tolerations'), ...away] }),
    },
  }
}

/** How well a pod is served when memory is short. */
function qualityOf(spec: JsonObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = objects(spec, 'containers').map((container) => child(container, 'resources'))
  if (all.every((one) => Object.keys(child(one, 'requests')).length + Object.keys(child(one, 'limits')).length === 0)) return 'BestEffort'
  const sure = all.every((one) => ['cpu', 'memory'].every((name) => child(one, 'limits')[name] !== undefined && child(one, 'limits')[name] === child(one, 'requests')[name]))
  return sure ? 'Guaranteed' : 'Burstable'
}

/** Volumes cannot go while somebody uses them. */
function guarded(object: JsonObject, finalizer: string): JsonObject {
  const metadata = child(object, 'metadata')
  return { ...object, metadata: { ...metadata, finalizers: [...new Set([...strings(metadata, 'finalizers'), finalizer])] } }
}

/** An event lies in the namespace of what it is about; those of cluster-wide objects in `default`. */
function eventFaults(event: JsonObject): readonly FieldFault[] {
  const about = text(child(event, 'involvedObject'), 'namespace')
  const own = text(child(event, 'metadata'), 'namespace')
  if (about === own || about === '' && (own === 'default' || own === 'kube-system')) return []
  return [invalidValue('involvedObject.namespace', about, 'does not match event.namespace')]
}
