import { equalJson, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { forbiddenField, invalidValue, required, type FieldFault } from '../failure.js'
import { child, labelsOf, nameOf, strings, text, withMembers, withMetadata } from '../object.js'
import { BUILTIN_DEFAULTS, withClusterAddress } from '../schema/builtin-defaults.js'
import { CRD_RULES } from './crd-rules.js'
import { textAt } from './text-at.js'
import type { TypeRules } from './types.js'

const COMMON: TypeRules = { generation: 'never', name: 'subdomain', unconditionalUpdate: true }
const SPEC: TypeRules = { ...COMMON, generation: 'spec' }
const RBAC: TypeRules = { ...COMMON, name: 'pathSegment' }

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
    ...COMMON, fields: fields('type'), prepareCreate: sealText, prepareUpdate: (object, old) => sealText(withMembers(object, { type: object.type ?? old.type })),
    validate: (object, old) => [...secretFaults(object, old), ...immutableFaults(object, old)],
  },
  namespaces: {
    ...COMMON, name: 'label', fields: fields('status.phase'), prepareCreate: openNamespace, prepareUpdate: keepFinalizers,
  },
  events: { ...COMMON, fields: EVENT_FIELDS },
  'events.events.k8s.io': { ...COMMON, fields: { ...EVENT_FIELDS, 'regarding.kind': at('involvedObject.kind'), 'regarding.name': at('involvedObject.name'), 'regarding.namespace': at('involvedObject.namespace'), 'regarding.uid': at('involvedObject.uid'), reportingController: at('reportingComponent') } },
  nodes: { ...COMMON, fields: fields('spec.unschedulable'), keepsStatusOnCreate: true },
  pods: {
    ...SPEC, graceful: true, deleteReturnsObject: true,
    fields: fields('spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'),
    prepareCreate: (object) => ({ ...object, status: { phase: 'Pending' } }),
  },
  services: { ...COMMON, name: 'service', deleteReturnsObject: true, prepareCreate: withClusterAddress, prepareUpdate: keepAddress, fields: fields('spec.clusterIP', 'spec.type') },
  serviceaccounts: { ...COMMON, deleteReturnsObject: true },
  resourcequotas: { ...COMMON, deleteReturnsObject: true },
  podtemplates: { ...SPEC, deleteReturnsObject: true },
  persistentvolumes: { ...COMMON, deleteReturnsObject: true, prepareCreate: (object) => ({ ...object, status: { phase: 'Pending' } }) },
  persistentvolumeclaims: { ...COMMON, deleteReturnsObject: true, prepareCreate: (object) => ({ ...object, status: { phase: 'Pending' } }) },
  endpoints: { ...COMMON, createOnUpdate: true },
  limitranges: { ...COMMON, createOnUpdate: true },
  replicationcontrollers: { ...SPEC, fields: fields('status.replicas') },
  'deployments.apps': { ...SPEC, validate: workloadFaults },
  'replicasets.apps': { ...SPEC, fields: fields('status.replicas'), validate: workloadFaults },
  'statefulsets.apps': { ...SPEC, validate: workloadFaults },
  'daemonsets.apps': { ...SPEC, validate: workloadFaults },
  'jobs.batch': { ...SPEC, fields: fields('status.successful') },
  'cronjobs.batch': SPEC,
  'leases.coordination.k8s.io': { ...COMMON, createOnUpdate: true, unconditionalUpdate: false },
  'ingresses.networking.k8s.io': SPEC,
  'ingressclasses.networking.k8s.io': SPEC,
  'networkpolicies.networking.k8s.io': SPEC,
  'poddisruptionbudgets.policy': { ...SPEC, unconditionalUpdate: false },
  'horizontalpodautoscalers.autoscaling': COMMON,
  'endpointslices.discovery.k8s.io': { ...COMMON, generation: 'allButStatusAndMetadata' },
  'roles.rbac.authorization.k8s.io': { ...RBAC, createOnUpdate: true },
  'rolebindings.rbac.authorization.k8s.io': { ...RBAC, createOnUpdate: true, validate: bindingFaults },
  'clusterroles.rbac.authorization.k8s.io': { ...RBAC, createOnUpdate: true },
  'clusterrolebindings.rbac.authorization.k8s.io': { ...RBAC, createOnUpdate: true, validate: bindingFaults },
  'customresourcedefinitions.apiextensions.k8s.io': CRD_RULES,
  'apiservices.apiregistration.k8s.io': { ...COMMON, unconditionalUpdate: false },
  'certificatesigningrequests.certificates.k8s.io': { ...COMMON, fields: fields('spec.signerName') },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': { ...COMMON, generation: 'allButStatusAndMetadata', unconditionalUpdate: false },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': { ...COMMON, generation: 'allButStatusAndMetadata', unconditionalUpdate: false },
  'validatingadmissionpolicies.admissionregistration.k8s.io': { ...SPEC, unconditionalUpdate: false },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': { ...SPEC, unconditionalUpdate: false },
  'runtimeclasses.node.k8s.io': { ...COMMON, unconditionalUpdate: false },
  'flowschemas.flowcontrol.apiserver.k8s.io': { ...SPEC, unconditionalUpdate: false },
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': { ...SPEC, unconditionalUpdate: false },
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
    ...twice.map(({ key }) => invalidValue('binaryData[' + key + ']', key, 'duplicate of key present in data')).map((fault) => ({ ...fault, path: `data[${fault.path.slice(11, -1)}]` })),
    ...(total > DATA_LIMIT ? [{ path: '', type: 'FieldValueTooLong' as const, message: `Too long: may not be more than ${DATA_LIMIT} bytes` }] : []),
  ]
}

function sizeOf(value: JsonValue, name: string): number {
  const size = Buffer.byteLength(String(value))
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

/** `stringData` is only for writing: it goes into `data`. */
function sealText(object: JsonObject): JsonObject {
  const plain = child(object, 'stringData')
  const type = text(object, 'type') || 'Opaque'
  if (member(object, 'stringData') === undefined) return { ...object, type }
  const encoded = Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]))
  return withMembers({ ...object, type, data: { ...child(object, 'data'), ...encoded } }, { stringData: undefined })
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
    ...(Object.values(data).reduce<number>((sum, value) => sum + Math.floor(String(value).length * 3 / 4), 0) > DATA_LIMIT
      ? [{ path: 'data', type: 'FieldValueTooLong' as const, message: `Too long: may not be more than ${DATA_LIMIT} bytes` }] : []),
    ...missing.map((key) => required(`data[${key}]`)),
    ...(basic ? [required('data[username]'), required('data[password]')] : []),
    ...(owner ? [required('metadata.annotations[kubernetes.io/service-account.name]')] : []),
    ...(old !== undefined && text(old, 'type') !== type ? [invalidValue('type', type, 'field is immutable')] : []),
  ]
}

function openNamespace(object: JsonObject): JsonObject {
  const finalizers = strings(child(object, 'spec'), 'finalizers')
  const labelled = withMetadata(object, { labels: { ...labelsOf(object), 'kubernetes.io/metadata.name': nameOf(object) } })
  return {
    ...labelled, spec: { ...child(object, 'spec'), finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
    status: { phase: 'Active' },
  }
}

function keepFinalizers(object: JsonObject, old: JsonObject): JsonObject {
  const labelled = withMetadata(object, { labels: { ...labelsOf(object), 'kubernetes.io/metadata.name': nameOf(old) } })
  return { ...labelled, spec: child(old, 'spec'), status: child(old, 'status') }
}

/** An address is given once; a replacement that does not name it keeps it. */
function keepAddress(object: JsonObject, old: JsonObject): JsonObject {
  const [spec, before] = [child(object, 'spec'), child(old, 'spec')]
  if (text(spec, 'clusterIP') !== '' || text(before, 'clusterIP') === '' || text(spec, 'type') === 'ExternalName') return object
  return { ...object, spec: withMembers(spec, { clusterIP: member(before, 'clusterIP'), clusterIPs: member(before, 'clusterIPs') }) }
}

function workloadFaults(object: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  const spec = child(object, 'spec')
  const selector = member(spec, 'selector')
  const labels = child(child(child(spec, 'template'), 'metadata'), 'labels')
  if (!isObject(selector)) return [required('spec.selector')]
  const wanted = Object.entries(child(selector, 'matchLabels'))
  const empty = wanted.length === 0 && !Array.isArray(selector.matchExpressions)
  return [
    ...(empty ? [invalidValue('spec.selector', selector, `empty selector is invalid for ${text(object, 'kind').toLowerCase()}`)] : []),
    ...(wanted.every(([key, value]) => member(labels, key) === value) ? []
      : [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
    ...(old !== undefined && !equalJson(selector, member(child(old, 'spec'), 'selector') ?? null)
      ? [invalidValue('spec.selector', selector, 'field is immutable')] : []),
  ]
}

function bindingFaults(object: JsonObject, old: JsonObject | undefined): readonly FieldFault[] {
  if (old === undefined || equalJson(member(object, 'roleRef') ?? null, member(old, 'roleRef') ?? null)) return []
  return [invalidValue('roleRef', member(object, 'roleRef'), 'cannot change roleRef')]
}
