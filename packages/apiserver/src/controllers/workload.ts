import { isObject, member, type JsonObject } from '@oasgen/json'
import { child, labelsOf, annotationsOf, nameOf, namespaceOf, objects, plain, strings, text, uidOf } from '../object.js'
import type { Workload, WorkloadContainer } from '../runner.js'
import type { StoreView } from '../store/types.js'

/** Why a pod cannot be started as it is, in the words of a kubelet. */
export class NotStartable {
  readonly reason: string
  readonly message: string
  constructor(reason: string, message: string) {
    this.reason = reason
    this.message = message
  }
}

export interface Surroundings {
  readonly view: StoreView
  readonly ca: string
  readonly url: string
  readonly issueToken: (namespace: string, account: JsonObject, pod: JsonObject) => string
}

/** Everything that a replica needs, looked up: environment, arguments, account. */
export function buildWorkload(pod: JsonObject, deployment: JsonObject, around: Surroundings): Workload | NotStartable {
  const namespace = namespaceOf(pod)
  const spec = child(pod, 'spec')
  const account = text(spec, 'serviceAccountName') || 'default'
  const stored = around.view.get('serviceaccounts', `${namespace}/${account}`)
  if (!stored) return new NotStartable('CreateContainerConfigError', `serviceaccount "${account}" not found`)
  const containers: WorkloadContainer[] = []
  for (const container of objects(spec, 'containers')) {
    const env = buildEnvironment(pod, container, around.view)
    if (env instanceof NotStartable) return env
    containers.push({
      name: text(container, 'name'), image: text(container, 'image'), env,
      command: strings(container, 'command').map((part) => expand(part, env)), args: strings(container, 'args').map((part) => expand(part, env)),
    })
  }
  return {
    namespace, deployment: nameOf(deployment), pod: nameOf(pod), containers,
    serviceAccount: { name: account, namespace, token: around.issueToken(namespace, stored.object, pod), ca: around.ca, url: around.url },
  }
}

type Environment = Record<string, string>

function buildEnvironment(pod: JsonObject, container: JsonObject, view: StoreView): Environment | NotStartable {
  const env: Environment = {}
  for (const source of objects(container, 'envFrom')) {
    const problem = addSource(env, source, namespaceOf(pod), view)
    if (problem) return problem
  }
  for (const variable of objects(container, 'env')) {
    const value = valueOf(variable, pod, view, env)
    if (value instanceof NotStartable) return value
    if (value !== undefined) env[text(variable, 'name')] = value
  }
  return env
}

function addSource(env: Environment, source: JsonObject, namespace: string, view: StoreView): NotStartable | undefined {
  const prefix = text(source, 'prefix')
  for (const [field, resource] of [['configMapRef', 'configmaps'], ['secretRef', 'secrets']] as const) {
    const reference = member(source, field)
    if (!isObject(reference)) continue
    const found = view.get(resource, `${namespace}/${text(reference, 'name')}`)
    if (!found && reference.optional !== true) return missing(resource, text(reference, 'name'))
    for (const [key, value] of Object.entries(child(found?.object ?? {}, 'data'))) env[prefix + key] = decoded(resource, plain(value))
  }
  return undefined
}

const decoded = (resource: 'configmaps' | 'secrets', value: string): string => (resource === 'secrets' ? Buffer.from(value, 'base64').toString('utf8') : value)
const missing = (resource: string, name: string): NotStartable => new NotStartable('CreateContainerConfigError', `${resource.slice(0, -1)} "${name}" not found`)

function valueOf(variable: JsonObject, pod: JsonObject, view: StoreView, env: Environment): string | undefined | NotStartable {
  const from = member(variable, 'valueFrom')
  if (!isObject(from)) return expand(text(variable, 'value'), env)
  if (isObject(from.configMapKeyRef)) return keyOf('configmaps', from.configMapKeyRef, pod, view)
  if (isObject(from.secretKeyRef)) return keyOf('secrets', from.secretKeyRef, pod, view)
  return isObject(from.fieldRef) ? fieldOf(pod, text(from.fieldRef, 'fieldPath')) : ''
}

function keyOf(resource: 'configmaps' | 'secrets', reference: JsonObject, pod: JsonObject, view: StoreView): string | undefined | NotStartable {
  const [name, key] = [text(reference, 'name'), text(reference, 'key')]
  const found = view.get(resource, `${namespaceOf(pod)}/${name}`)
  const value = found && member(child(found.object, 'data'), key)
  if (typeof value === 'string') return decoded(resource, value)
  if (reference.optional === true) return undefined
  return found ? new NotStartable('CreateContainerConfigError', `couldn't find key ${key} in ${resource.slice(0, -1)} ${namespaceOf(pod)}/${name}`) : missing(resource, name)
}

function fieldOf(pod: JsonObject, path: string): string {
  const bracket = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (bracket) return plain(member(bracket[1] === 'labels' ? labelsOf(pod) : annotationsOf(pod), bracket[2] ?? ''))
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': nameOf(pod), 'metadata.namespace': namespaceOf(pod), 'metadata.uid': uidOf(pod),
    'spec.nodeName': text(child(pod, 'spec'), 'nodeName'), 'spec.serviceAccountName': text(child(pod, 'spec'), 'serviceAccountName') || 'default',
    'status.hostIP': '127.0.0.1', 'status.podIP': '127.0.0.1', 'status.hostIPs': '127.0.0.1', 'status.podIPs': '127.0.0.1',
  }
  return fields[path] ?? ''
}

/** `$(NAME)` is replaced, `$$(NAME)` stands for itself, unknown names stay. */
export function expand(value: string, env: Readonly<Environment>): string {
  return value.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    return Object.hasOwn(env, name) ? env[name] ?? '' : whole
  })
}

