import { isArray, isObject, member, sha256, withMember, type JsonObject, type JsonValue } from '@oasgen/json'
import { annotationsOf, child, labelsOf, nameOf, namespaceOf, plain, text, withMembers, withMetadata } from '../object.js'

/** What the API server fills in for built-in kinds when nothing was said. Objects come typed: known fields, right types. */
export const BUILTIN_DEFAULTS: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  namespaces: (namespace) => withMetadata(namespace, { labels: { ...labelsOf(namespace), ...(nameOf(namespace) !== '' && { 'kubernetes.io/metadata.name': nameOf(namespace) }) } }),
  secrets: sealText,
  pods: (pod) => spec(pod, (one) => ['initContainers', 'containers'].reduce((before, name) => eachOf(before, name, requested), filled(podSpec(one), { enableServiceLinks: true }))),
  podtemplates: (object) => withMember(object, 'template', template(child(object, 'template'))),
  replicationcontrollers: (object) => labelled(spec(object, (one) => templated(filled(one, { replicas: 1 })))),
  'deployments.apps': (object) => spec(object, (one) => templated(filled(strategy(one), { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }))),
  'replicasets.apps': (object) => spec(object, (one) => templated(filled(one, { replicas: 1 }))),
  'statefulsets.apps': (object) => spec(object, (one) => templated(filled(update(one, { partition: 0 }), {
    replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady', persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  }))),
  'daemonsets.apps': (object) => spec(templateCounted(object), (one) => templated(filled(update(one, { maxUnavailable: 1, maxSurge: 0 }), { revisionHistoryLimit: 10 }))),
  'jobs.batch': (object) => spec(object, jobSpec),
  'cronjobs.batch': (object) => spec(object, (one) => filled({ ...one, jobTemplate: spec(child(one, 'jobTemplate'), templated) }, {
    concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1,
  })),
  services: (object) => spec(object, (one) => serviceSpec(one)),
  limitranges: (object) => spec(object, (one) => eachOf(one, 'limits', limit)),
  'endpointslices.discovery.k8s.io': (object) => eachOf(object, 'ports', (port) => filled(port, { name: '', protocol: 'TCP' })),
  endpoints: (object) => eachOf(object, 'subsets', (set) => eachOf(set, 'ports', (port) => filled(port, { protocol: 'TCP' }))),
  persistentvolumeclaims: (object) => spec(object, (one) => filled(one, { volumeMode: 'Filesystem' })),
  persistentvolumes: (object) => spec(object, (one) => filled(one, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })),
  'rolebindings.rbac.authorization.k8s.io': binding,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  'networkpolicies.networking.k8s.io': (object) => spec(object, (one) => filled(one, { policyTypes: isArray(member(one, 'egress')) ? ['Ingress', 'Egress'] : ['Ingress'] })),
  'horizontalpodautoscalers.autoscaling': (object) => spec(object, (one) => filled(one, { minReplicas: 1 })),
  'storageclasses.storage.k8s.io': (object) => filled(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'priorityclasses.scheduling.k8s.io': (object) => filled(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': (object) => eachOf(object, 'webhooks', webhook),
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': (object) => eachOf(object, 'webhooks', (one) => filled(webhook(one), { reinvocationPolicy: 'Never' })),
  'customresourcedefinitions.apiextensions.k8s.io': crd,
}

/** Members that are missing, and nothing else. */
function filled(object: JsonObject, defaults: JsonObject): JsonObject {
  const missing = Object.entries(defaults).filter(([name]) => member(object, name) === undefined)
  return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) }
}

function spec(object: JsonObject, change: (spec: JsonObject) => JsonObject): JsonObject {
  const before = member(object, 'spec')
  return isObject(before) ? { ...object, spec: change(before) } : object
}

function eachOf(object: JsonObject, name: string, change: (item: JsonObject) => JsonObject): JsonObject {
  const list = member(object, name)
  return isArray(list) ? { ...object, [name]: list.map((item): JsonValue => (isObject(item) ? change(item) : item)) } : object
}

function inside(object: JsonObject, name: string, change: (part: JsonObject) => JsonObject): JsonObject {
  const part = member(object, name)
  return isObject(part) ? { ...object, [name]: change(part) } : object
}

function templated(one: JsonObject): JsonObject {
  return inside(one, 'template', template)
}

/** An annotation from the time when daemon sets counted their templates there. */
function templateCounted(object: JsonObject): JsonObject {
  const key = 'deprecated.daemonset.template.generation'
  return text(annotationsOf(object), key) !== '' ? object : withMetadata(object, { annotations: { ...annotationsOf(object), [key]: '1' } })
}

/** Without labels of its own a ReplicationController has those of its pods. */
function labelled(object: JsonObject): JsonObject {
  const labels = child(child(child(child(object, 'spec'), 'template'), 'metadata'), 'labels')
  return Object.keys(labelsOf(object)).length === 0 && Object.keys(labels).length > 0 ? withMetadata(object, { labels }) : object
}

/** A limit of containers is what they ask for, too, and what they get at most is what they get. */
function limit(one: JsonObject): JsonObject {
  if (text(one, 'type') !== 'Container') return one
  const limits = { ...child(one, 'max'), ...child(one, 'default') }
  const requests = { ...child(one, 'min'), ...limits, ...child(one, 'defaultRequest') }
  return { ...one, ...(Object.keys(limits).length > 0 && { default: limits }), ...(Object.keys(requests).length > 0 && { defaultRequest: requests }) }
}

const template = (one: JsonObject): JsonObject => spec(one, podSpec)

function strategy(one: JsonObject): JsonObject {
  const type = text(child(one, 'strategy'), 'type') || 'RollingUpdate'
  const rolling = filled(child(child(one, 'strategy'), 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' })
  return { ...one, strategy: { ...child(one, 'strategy'), type, ...(type === 'RollingUpdate' && { rollingUpdate: rolling }) } }
}

function update(one: JsonObject, rolling: JsonObject): JsonObject {
  const type = text(child(one, 'updateStrategy'), 'type') || 'RollingUpdate'
  const own = child(child(one, 'updateStrategy'), 'rollingUpdate')
  return { ...one, updateStrategy: { ...child(one, 'updateStrategy'), type, ...(type === 'RollingUpdate' && { rollingUpdate: filled(own, rolling) }) } }
}

function podSpec(one: JsonObject): JsonObject {
  const account = text(one, 'serviceAccountName') || text(one, 'serviceAccount')
  const named = account === '' ? one : { ...one, serviceAccountName: account, serviceAccount: account }
  const contained = ['initContainers', 'containers'].reduce((before, name) => eachOf(before, name, container), eachOf(named, 'volumes', volume))
  return filled(contained, { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler' })
}

function container(one: JsonObject): JsonObject {
  const image = text(one, 'image')
  const tag = /:([^/@]+)(?:@.*)?$/.exec(image)?.[1]
  const pull = image.includes('@') || tag !== undefined && tag !== 'latest' ? 'IfNotPresent' : 'Always'
  const ported = eachOf(eachOf(one, 'ports', (port) => filled(port, { protocol: 'TCP' })), 'env', variable)
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce((before, name) => inside(before, name, probe), ported)
  return filled(probed, { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy: pull, resources: {} })
}

/** A limit without a request is one. */
function requested(one: JsonObject): JsonObject {
  return inside(one, 'resources', (resources) => {
    const limits = child(resources, 'limits')
    return Object.keys(limits).length === 0 ? resources : { ...resources, requests: { ...limits, ...child(resources, 'requests') } }
  })
}

const variable = (one: JsonObject): JsonObject => inside(one, 'valueFrom', (from) => inside(from, 'fieldRef', (reference) => filled(reference, { apiVersion: 'v1' })))

function probe(one: JsonObject): JsonObject {
  const http = inside(one, 'httpGet', (get) => filled(get, { path: '/', scheme: 'HTTP' }))
  return filled(http, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
}

const SOURCES_WITH_MODE = ['configMap', 'secret', 'projected', 'downwardAPI']

function volume(one: JsonObject): JsonObject {
  const moded = SOURCES_WITH_MODE.reduce((before, name) => inside(before, name, (source) => filled(source, { defaultMode: 420 })), one)
  const hosted = inside(moded, 'hostPath', (source) => filled(source, { type: '' }))
  return Object.keys(hosted).length <= 1 ? { ...hosted, emptyDir: {} } : hosted
}

function jobSpec(one: JsonObject): JsonObject {
  return templated(filled(one, {
    completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: 'TerminatingOrFailed', manualSelector: false,
  }))
}

function serviceSpec(one: JsonObject): JsonObject {
  const type = text(one, 'type') || 'ClusterIP'
  const ported = eachOf(one, 'ports', (port) => filled({ ...port, targetPort: member(port, 'targetPort') || (member(port, 'port') ?? 0) }, { protocol: 'TCP' }))
  return filled(ported, {
    type, sessionAffinity: 'None', ...(type !== 'ExternalName' && { internalTrafficPolicy: 'Cluster' }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }), ...((type === 'LoadBalancer' || type === 'NodePort') && { externalTrafficPolicy: 'Cluster' }),
  })
}

/** `stringData` is only for writing: it goes into `data`. */
function sealText(secret: JsonObject): JsonObject {
  const type = text(secret, 'type') || 'Opaque'
  const open = member(secret, 'stringData')
  if (!isObject(open)) return { ...secret, type }
  const encoded = Object.fromEntries(Object.entries(open).map(([key, value]) => [key, Buffer.from(plain(value)).toString('base64')]))
  return withMembers({ ...secret, type, data: { ...child(secret, 'data'), ...encoded } }, { stringData: undefined })
}

/** An address for a service that asked for none: the same name gets the same one. */
export function withClusterAddress(service: JsonObject): JsonObject {
  const one = child(service, 'spec')
  if (text(one, 'clusterIP') !== '' || text(one, 'type') === 'ExternalName') return service
  const hash = sha256(`${namespaceOf(service)}/${nameOf(service)}`)
  const address = `10.96.${Number.parseInt(hash.slice(0, 2), 16)}.${1 + Number.parseInt(hash.slice(2, 4), 16) % 254}`
  return { ...service, spec: { ...one, clusterIP: address, clusterIPs: [address] } }
}

const RBAC = 'rbac.authorization.k8s.io'

function binding(object: JsonObject): JsonObject {
  const named = inside(object, 'roleRef', (reference) => ({ ...reference, apiGroup: text(reference, 'apiGroup') || RBAC }))
  return eachOf(named, 'subjects', (subject) => (text(subject, 'kind') === 'ServiceAccount' || text(subject, 'apiGroup') !== '' ? subject : { ...subject, apiGroup: RBAC }))
}

function webhook(one: JsonObject): JsonObject {
  const ruled = eachOf(one, 'rules', (rule) => filled(rule, { scope: '*' }))
  return filled(inside(ruled, 'clientConfig', (config) => inside(config, 'service', (service) => filled(service, { port: 443 }))), {
    failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10,
  })
}

function crd(object: JsonObject): JsonObject {
  return spec(object, (one) => {
    const names = child(one, 'names')
    const kind = text(names, 'kind')
    const full = kind === '' ? names : { ...names, singular: text(names, 'singular') || kind.toLowerCase(), listKind: text(names, 'listKind') || `${kind}List` }
    return filled({ ...one, names: full }, { conversion: { strategy: 'None' } })
  })
}
