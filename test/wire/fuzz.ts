import { connect } from 'node:net'
import { request, Agent } from 'node:http'
import { seeded, type Random } from '../seeded.js'

/** A server that answers plain HTTP on loopback. */
export interface FuzzTarget {
  readonly port: number
  readonly token: string
}

export interface FuzzReport {
  readonly requests: number
  readonly byStatus: Readonly<Record<number, number>>
  /** Answers that no Kubernetes API gives. */
  readonly strange: readonly string[]
}

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
const maybe = (random: Random, chance: number): boolean => random() < chance

/** Sends malformed, hostile and half-right requests until the end comes; every answer is judged. */
export async function fuzz(target: FuzzTarget, options: { readonly seed: number; readonly until: (sent: number) => boolean }): Promise<FuzzReport> {
  const random = seeded(options.seed)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const byStatus: Record<number, number> = {}
  const strange: string[] = []
  await prepare(target, agent)
  let sent = 0
  const worker = async (): Promise<void> => {
    while (!options.until(sent)) {
      const attempt = makeAttempt(random)
      // What was there is deleted sooner or later.
      if (++sent % 300 === 0) await prepare(target, agent)
      const answer = maybe(random, 0.02) ? await sendBytes(target, random) : await send(target, agent, attempt)
      byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1
      const problem = judge(answer)
      if (problem !== undefined && strange.length < 20) strange.push(`${problem}: ${attempt.method} ${attempt.path} ${JSON.stringify(attempt.headers)} ${attempt.body.toString('latin1').slice(0, 300)} → ${answer.status} ${answer.text.slice(0, 300)}`)
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  agent.destroy()
  return { requests: sent, byStatus, strange }
}

interface Attempt {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A place where something can happen. */
async function prepare(target: FuzzTarget, agent: Agent): Promise<void> {
  const post = (path: string, body: object): Promise<Answer> =>
    send(target, agent, { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) })
  await post('/api/v1/namespaces', { metadata: { name: 'fuzz' } })
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'things.fuzz.example' },
    spec: {
      group: 'fuzz.example', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' },
      versions: [{
        name: 'v1', served: true, storage: true, subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        schema: { openAPIV3Schema: {
          type: 'object', properties: {
            spec: {
              type: 'object', properties: {
                a: open, name: { type: 'string', minLength: 1 }, replicas: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                items: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, size: { 'x-kubernetes-int-or-string': true } } } },
                spec: { type: 'object', additionalProperties: { type: 'string', nullable: true } },
              },
            }, status: open, data: open,
          },
        } },
      }],
    },
  })
}

const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'DELETE', 'GET', 'POST', 'PUT', 'PATCH', 'POST', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND']
/** Places, with what belongs there. */
const RESOURCES: readonly (readonly [path: string, apiVersion: string, kind: string])[] = [
  ['/api/v1/namespaces/fuzz/configmaps', 'v1', 'ConfigMap'], ['/api/v1/namespaces/fuzz/secrets', 'v1', 'Secret'], ['/api/v1/namespaces', 'v1', 'Namespace'],
  ['/api/v1/namespaces/fuzz/pods', 'v1', 'Pod'], ['/api/v1/namespaces/fuzz/events', 'v1', 'Event'], ['/apis/apps/v1/namespaces/fuzz/deployments', 'apps/v1', 'Deployment'],
  ['/apis/fuzz.example/v1/namespaces/fuzz/things', 'fuzz.example/v1', 'Thing'], ['/apis/fuzz.example/v1/namespaces/fuzz/things', 'fuzz.example/v1', 'Thing'],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition'], ['/api/v1/namespaces/fuzz/services', 'v1', 'Service'],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'rbac.authorization.k8s.io/v1', 'ClusterRole'], ['/apis/coordination.k8s.io/v1/namespaces/fuzz/leases', 'coordination.k8s.io/v1', 'Lease'],
  ['/apis/events.k8s.io/v1/namespaces/fuzz/events', 'events.k8s.io/v1', 'Event'], ['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'authorization.k8s.io/v1', 'SelfSubjectAccessReview'],
  ['/apis/authentication.k8s.io/v1/tokenreviews', 'authentication.k8s.io/v1', 'TokenReview'], ['/api/v1/namespaces/fuzz/serviceaccounts', 'v1', 'ServiceAccount'],
]
const PAGES = ['/apis/fuzz.example/v1/things', '/apis/none/v1/x', '/api', '/apis', '/openapi/v3', '/openapi/v3/api/v1', '/version', '/healthz', '/', '/api/v1', '/apis/fuzz.example']
const NAMES = ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', '', '..', '%2e%2e', '%2F', '__proto__', 'constructor', 'a%00b', '%ff', 'A', 'a'.repeat(300), 'x y', '💥', 'status', '%']
const SUBRESOURCES = ['status', 'scale', 'token', 'eviction', 'log', 'finalize', 'binding', 'foo', 'status/more']
const QUERIES = [
  'watch=1&timeoutSeconds=1', 'limit=1', 'limit=-1', 'limit=x', 'continue=abc', 'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0', 'resourceVersion=1', 'resourceVersion=99999999999999999999',
  'labelSelector=a%3Db', 'labelSelector=((', 'fieldSelector=metadata.name%3Da', 'fieldSelector=%00', 'dryRun=All', 'dryRun=x', 'fieldManager=m', 'force=true', 'fieldValidation=Strict', 'fieldValidation=Warn',
  'propagationPolicy=Foreground', 'gracePeriodSeconds=x', 'pretty=true', 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&watch=1&timeoutSeconds=1', 'includeObject=Object', '%', '&&&=&', '__proto__=1',
]
const TYPES = [
  'application/json', 'application/json', 'application/json', 'application/json', 'application/merge-patch+json', 'application/apply-patch+yaml', 'application/json', 'application/merge-patch+json', 'application/json-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml',
  'application/yaml', 'application/vnd.kubernetes.protobuf', 'text/plain', '', 'application/json; charset=x', ';;;',
]
const ACCEPTS = [
  'application/json', 'application/json', 'application/json', 'application/json', 'application/json', '*/*', '', 'application/json;as=Table;v=v1;g=meta.k8s.io', 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'application/yaml', 'text/html',
  'application/vnd.kubernetes.protobuf', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', ';;,,q=', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
]

function makeAttempt(random: Random): Attempt {
  const method = pick(random, METHODS)
  // Mostly at a place where the method makes sense.
  const named = maybe(random, method === 'POST' ? 0.15 : method === 'PUT' || method === 'PATCH' || method === 'DELETE' ? 0.9 : 0.5) ? `/${pick(random, NAMES)}` : ''
  const below = named !== '' && maybe(random, 0.2) ? `/${pick(random, SUBRESOURCES)}` : ''
  const query = maybe(random, 0.5) ? `?${pick(random, QUERIES)}${maybe(random, 0.3) ? `&${pick(random, QUERIES)}` : ''}` : ''
  const [place, apiVersion, kind] = maybe(random, 0.9) ? pick(random, RESOURCES) : [pick(random, PAGES), 'v1', 'Thing']
  const path = encodeURI(`${place}${named}${below}${query}`).replaceAll('%25', '%')
  const type = maybe(random, 0.7) ? (method === 'PATCH' ? pick(random, PATCH_TYPES) : 'application/json') : pick(random, TYPES)
  const headers = {
    accept: pick(random, ACCEPTS), ...(type !== '' && { 'content-type': type }), ...(maybe(random, 0.02) && { 'impersonate-user': pick(random, NAMES.filter((name) => /^[a-z_]*$/i.test(name))) }),
    // A HEAD with it gets an answer with a body: nobody has read its first line.
    ...(method !== 'HEAD' && maybe(random, 0.01) && { 'x-long': 'x'.repeat(20_000) }),
  }
  return { method, path, headers, body: makeBody(random, type.startsWith('application/json-patch'), [apiVersion, kind]) }
}

const PATCH_TYPES = ['application/merge-patch+json', 'application/json-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml']

function makeBody(random: Random, patch: boolean, kind: readonly [string, string]): Buffer {
  const choice = random()
  if (choice < 0.05) return Buffer.alloc(0)
  if (choice < 0.1) return Buffer.from(Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)))
  if (choice < 0.12) return Buffer.from('['.repeat(5_000))
  if (choice < 0.14) return Buffer.from(`k8s\0${String.fromCharCode(...Array.from({ length: 20 }, () => Math.floor(random() * 256)))}`, 'latin1')
  if (choice < (patch ? 0.8 : 0.16)) return Buffer.from(JSON.stringify(makePatch(random)))
  const text = JSON.stringify(makeObject(random, kind))
  return maybe(random, 0.1) ? mutate(random, Buffer.from(text)) : Buffer.from(text)
}

function mutate(random: Random, bytes: Buffer): Buffer {
  for (let times = 0; times < 3 && bytes.length > 0; times++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  return bytes
}

function makePatch(random: Random): unknown {
  return Array.from({ length: Math.floor(random() * 4) }, () => ({
    op: pick(random, ['add', 'remove', 'replace', 'move', 'copy', 'test', 'x', null]), path: pick(random, ['/metadata/labels/a', '/spec', '/data/k', '', '/', '/metadata/name', '/__proto__/x', 'x', 5]),
    from: '/metadata', value: makeValue(random, 2),
  }))
}

function makeObject(random: Random, [apiVersion, kind]: readonly [string, string]): unknown {
  return {
    ...(maybe(random, 0.95) && { apiVersion }), ...(maybe(random, 0.95) && { kind }),
    metadata: maybe(random, 0.9) ? {
      ...(maybe(random, 0.9) && { name: pick(random, NAMES) }), ...(maybe(random, 0.2) && { labels: makeValue(random, 2) }), ...(maybe(random, 0.2) && { annotations: makeValue(random, 2) }),
      ...(maybe(random, 0.1) && { finalizers: makeValue(random, 2) }), ...(maybe(random, 0.1) && { ownerReferences: makeValue(random, 3) }), ...(maybe(random, 0.1) && { managedFields: makeValue(random, 3) }),
      ...(maybe(random, 0.1) && { resourceVersion: pick(random, ['1', 'x', 5, '']) }), ...(maybe(random, 0.1) && { generateName: 'g-' }), ...(maybe(random, 0.05) && { creationTimestamp: makeValue(random, 1) }),
    } : makeValue(random, 1),
    ...(maybe(random, 0.6) && { spec: makeValue(random, 4) }), ...(maybe(random, 0.3) && { data: makeValue(random, 2) }), ...(maybe(random, 0.2) && { status: makeValue(random, 3) }),
    ...(maybe(random, 0.1) && { stringData: makeValue(random, 2) }), ...(maybe(random, 0.1) && { involvedObject: makeValue(random, 2) }), ...(maybe(random, 0.1) && { rules: makeValue(random, 3) }),
  }
}

const FIELDS = ['a', 'name', 'replicas', 'selector', 'matchLabels', 'template', 'spec', 'containers', 'versions', 'schema', 'openAPIV3Schema', 'properties', 'type', 'names', 'group', '__proto__', 'constructor', '$patch', 'size', 'list', 'key', 'tags', 'metadata', 'items']

function makeValue(random: Random, depth: number): unknown {
  const choice = random()
  if (depth === 0 || choice < 0.35) return pick(random, ['a', '', 'x'.repeat(100), 0, 1, -1, 1.5, 1e30, true, false, null, '5', 'object', 'Namespaced', '2024-01-01T00:00:00Z', 'Ym9v', '$(A)'])
  if (choice < 0.55) return Array.from({ length: Math.floor(random() * 4) }, () => makeValue(random, depth - 1))
  return Object.fromEntries(Array.from({ length: Math.floor(random() * 5) }, () => [pick(random, FIELDS), makeValue(random, depth - 1)]))
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly method: string
}

function send(target: FuzzTarget, agent: Agent, attempt: Attempt): Promise<Answer> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${target.token}`, ...attempt.headers, 'content-length': attempt.body.length }
    const asked = request({ agent, host: '127.0.0.1', port: target.port, method: attempt.method, path: attempt.path, headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, type: incoming.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString('utf8'), method: attempt.method }))
    })
    asked.setTimeout(20_000, () => asked.destroy(new Error('no answer in 20 s')))
    asked.on('error', (error) => resolve({ status: 0, type: '', text: error.message, method: attempt.method }))
    asked.end(attempt.body)
  })
}

/** What is hardly HTTP any more. */
function sendBytes(target: FuzzTarget, random: Random): Promise<Answer> {
  const texts = [
    'GET / HTTP/9.9\r\n\r\n', 'GARBAGE\r\n\r\n', 'GET /api HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n', 'POST /api HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    `GET /${'a'.repeat(50_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 'GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n', '\0\0\0\0', 'GET /api HTTP/1.1\r\nHost: x\r\nX: \u0001\r\n\r\n',
  ]
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(target.port, '127.0.0.1', () => socket.end(pick(random, texts)))
    socket.on('data', (chunk) => { text += chunk.toString('latin1') })
    const done = (): void => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? -1), type: '', text: '', method: 'BYTES' })
    socket.on('close', done)
    socket.on('error', done)
    socket.setTimeout(5_000, () => socket.destroy())
  })
}

function judge({ status, type, text, method }: Answer): string | undefined {
  if (method === 'BYTES') return undefined
  if (status === 0) return 'no answer'
  if (text.includes('a situation that it does not know')) return 'a bug'
  if (status < 400 || method === 'HEAD') return undefined
  if (text === '404 page not found\n') return undefined
  if (type.startsWith('application/yaml')) return text.includes('kind: Status') ? undefined : 'no Status'
  return judgeStatus(status, text)
}

function judgeStatus(status: number, text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { kind?: string; code?: number; message?: unknown; status?: string }
    if (body.kind !== 'Status' || body.status !== 'Failure') return 'no Status'
    return body.code === status && typeof body.message === 'string' ? undefined : 'a Status that contradicts itself'
  } catch {
    return 'no JSON'
  }
}
