import { manager, maybe, meta, options, pick, some, subset, type Random } from './story-parts.js'
import { apply, json, jsonPatch, merge, step, strategic, type WireStep } from './wire-case.js'

export const DEPLOYMENTS = '/apis/apps/v1/namespaces/$NS/deployments'

interface Story {
  readonly apiVersion: string
  readonly kind: string
  readonly url: string
  /** What is set beyond metadata. */
  readonly content: (random: Random) => object
}

const STORIES: readonly Story[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment', url: DEPLOYMENTS, content: (random) => ({ spec: deploymentSpec(random) }) },
  { apiVersion: 'v1', kind: 'ConfigMap', url: '/api/v1/namespaces/$NS/configmaps', content: configMap },
  { apiVersion: 'v1', kind: 'Secret', url: '/api/v1/namespaces/$NS/secrets', content: secret },
  { apiVersion: 'v1', kind: 'Service', url: '/api/v1/namespaces/$NS/services', content: (random) => ({ spec: service(random) }) },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', url: '/apis/rbac.authorization.k8s.io/v1/namespaces/$NS/roles', content: (random) => ({ rules: some(random, () => ({ apiGroups: [''], resources: subset(random, ['pods', 'secrets']), verbs: subset(random, ['get', 'list']) })) }) },
  { apiVersion: 'v1', kind: 'ServiceAccount', url: '/api/v1/namespaces/$NS/serviceaccounts', content: (random) => ({ imagePullSecrets: subset(random, ['p', 'q']).map((name) => ({ name })), ...(maybe(random, 0.3) && { automountServiceAccountToken: maybe(random, 0.5) }) }) },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', url: '/apis/coordination.k8s.io/v1/namespaces/$NS/leases', content: (random) => ({ spec: { ...(maybe(random, 0.5) && { holderIdentity: pick(random, ['x', 'y']) }), ...(maybe(random, 0.5) && { leaseDurationSeconds: pick(random, [1, 15, 0]) }), ...(maybe(random, 0.3) && { renewTime: '2030-01-01T00:00:00.000000Z' }) } }) },
]

export function builtinStep(random: Random, index: number): readonly WireStep[] {
  const story = maybe(random, 0.4) ? STORIES[0] as Story : pick(random, STORIES)
  const url = `${story.url}/d`
  const object = { apiVersion: story.apiVersion, kind: story.kind, metadata: { name: 'd', ...meta(random) }, ...story.content(random) }
  const { apiVersion: _, kind: __, ...part } = object
  const query = `?${manager(random)}${options(random)}`
  const say = (what: string): string => `${index} ${what} ${story.kind}`
  const choice = random()
  if (choice < 0.4) return [step(say('apply'), 'PATCH', `${url}${query}${maybe(random, 0.6) ? '&force=true' : ''}`, apply(object))]
  if (choice < 0.6) return [step(say('strategic'), 'PATCH', `${url}${query}`, strategic(part))]
  if (choice < 0.7) return [step(say('merge'), 'PATCH', `${url}${query}`, merge(part))]
  if (choice < 0.8) return [step(say('put'), 'PUT', `${url}${query}`, json(object))]
  if (choice < 0.85) return [step(say('create'), 'POST', `${story.url}${query}`, json(object))]
  if (choice < 0.9) return [step(say('json'), 'PATCH', `${url}${query}`, jsonPatch([operation(random)]))]
  if (choice < 0.95) return [step(say('read'), 'GET', url)]
  return [step(say('delete'), 'DELETE', `${url}${maybe(random, 0.3) ? '?dryRun=All' : ''}`)]
}

function operation(random: Random): object {
  const [path, value] = pick(random, [['/metadata/labels/x', '1'], ['/metadata/labels', { x: '1' }], ['/metadata/annotations', { n: '2' }], ['/spec/replicas', 2], ['/data/a', 'MQ==']] as const)
  const op = pick(random, ['add', 'remove', 'replace', 'test'])
  return op === 'remove' ? { op, path } : { op, path, value }
}

function configMap(random: Random): object {
  const data = Object.fromEntries(subset(random, ['a', 'b', 'c', 'd']).map((key) => [key, pick(random, ['1', '2', 'line\nline\n'])]))
  return { ...(maybe(random, 0.8) && { data }), ...(maybe(random, 0.2) && { binaryData: { [pick(random, ['z', 'a'])]: 'AAEC' } }), ...(maybe(random, 0.05) && { immutable: true }) }
}

function secret(random: Random): object {
  return {
    ...(maybe(random, 0.6) && { data: Object.fromEntries(subset(random, ['a', 'b', 'c']).map((key) => [key, pick(random, ['MQ==', 'Mg=='])])) }),
    ...(maybe(random, 0.4) && { stringData: Object.fromEntries(subset(random, ['a', 'b', 'e']).map((key) => [key, pick(random, ['1', 'plain'])])) }),
  }
}

function service(random: Random): object {
  const ports = subset(random, [80, 81, 82]).map((port) => ({ name: `p${port}`, port, ...(maybe(random, 0.5) && { targetPort: pick(random, [8080, 'http']) }), ...(maybe(random, 0.2) && { protocol: pick(random, ['TCP', 'UDP']) }) }))
  return { clusterIP: 'None', ports, ...(maybe(random, 0.4) && { selector: { a: pick(random, ['b', 'c']) } }), ...(maybe(random, 0.2) && { publishNotReadyAddresses: maybe(random, 0.5) }) }
}

function deploymentSpec(random: Random): object {
  const containers = [...new Set(some(random, () => pick(random, ['one', 'two', 'three'])))].map((name) => container(random, name))
  const template = {
    metadata: { labels: { a: 'b', ...(maybe(random, 0.2) && { more: pick(random, ['1', '2']) }) } },
    spec: {
      ...(containers.length > 0 && { containers }), ...(maybe(random, 0.3) && { nodeSelector: { disk: pick(random, ['a', 'b']) } }),
      ...(maybe(random, 0.2) && { tolerations: some(random, () => ({ key: pick(random, ['k', 'l']), operator: 'Exists' })) }),
      ...(maybe(random, 0.2) && { volumes: subset(random, ['v', 'w']).map((name) => ({ name, ...pick(random, [{ emptyDir: {} }, { configMap: { name: 'c' } }, { secret: { secretName: 's' } }]) })) }),
      ...(maybe(random, 0.2) && { serviceAccountName: pick(random, ['s', 't']) }), ...(maybe(random, 0.2) && { imagePullSecrets: subset(random, ['p', 'q']).map((name) => ({ name })) }),
      ...(maybe(random, 0.2) && { securityContext: { runAsUser: pick(random, [0, 1000]), ...(maybe(random, 0.5) && { runAsNonRoot: maybe(random, 0.5) }) } }), ...(maybe(random, 0.1) && { hostAliases: [{ ip: '10.0.0.1', hostnames: ['x.y'] }] }),
    },
  }
  const strategy = pick(random, [{ type: 'Recreate' }, { type: 'RollingUpdate' }, { rollingUpdate: { maxSurge: pick(random, [1, '50%']) } }, { type: 'Recreate', rollingUpdate: null }])
  return { selector: { matchLabels: { a: 'b' } }, ...(maybe(random, 0.3) && { replicas: Math.floor(random() * 4) }), ...(maybe(random, 0.2) && { strategy }), ...(maybe(random, 0.1) && { paused: maybe(random, 0.5) }), template }
}

function container(random: Random, name: string): object {
  return {
    name, image: pick(random, ['x:1', 'x:2', 'y']), ...(maybe(random, 0.4) && { env: [...new Set(some(random, () => pick(random, ['A', 'B', 'C'])))].map((key) => ({ name: key, value: pick(random, ['1', '2']) })) }),
    ...(maybe(random, 0.3) && { ports: [...new Set(some(random, () => pick(random, [80, 81, 82])))].map((containerPort) => ({ containerPort })) }), ...(maybe(random, 0.2) && { args: some(random, () => pick(random, ['p', 'q'])) }),
    ...(maybe(random, 0.2) && { resources: { requests: { cpu: pick(random, ['100m', '0.1', '1']), ...(maybe(random, 0.5) && { memory: pick(random, ['1Gi', '1024Mi', '1e9', '0.5Gi']) }) } } }),
    ...(maybe(random, 0.2) && { readinessProbe: { httpGet: { path: '/', port: pick(random, [80, 'http']) }, ...(maybe(random, 0.3) && { periodSeconds: pick(random, [1, 5]) }) } }), ...(maybe(random, 0.2) && { envFrom: [{ configMapRef: { name: 'c' } }] }),
    ...(maybe(random, 0.2) && { imagePullPolicy: pick(random, ['Always', 'Never', 'IfNotPresent']) }),
  }
}
