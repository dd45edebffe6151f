import { bookCrd, books } from './book-crd.js'
import { seeded } from './fuzz.js'
import { apply, condition, json, jsonPatch, merge, namespace, step, strategic, type WireStep, type WireSuite } from './wire-case.js'

type Random = () => number
const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
const maybe = (random: Random, chance: number): boolean => random() < chance
const some = <T>(random: Random, make: () => T, most = 3): T[] => Array.from({ length: Math.floor(random() * (most + 1)) }, make)

/** A random story of one custom resource and one Deployment: made, applied by several, patched in every way. */
export function story(seed: number, length = 40): WireSuite {
  const random = seeded(seed)
  const steps = Array.from({ length }, (_, index) => (maybe(random, 0.7) ? bookStep(random, index) : deploymentStep(random, index)))
  return {
    name: `story-${seed}`, reason: 'Random objects, patches and applies have the same outcome on both servers.',
    steps: [
      namespace, step('crd', 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', json(bookCrd)),
      step('established', 'GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/books.$G', { until: condition('Established'), compare: 'nothing' }),
      step('served', 'GET', '/apis/$G/v1', { until: ({ status }) => status === 200, compare: 'nothing' }),
      step('book', 'POST', books, { ...json({ apiVersion: '$G/v1', kind: 'Book', metadata: { name: 'a' }, spec: { title: 'first' } }), until: ({ status }) => status === 201 || status === 409 }),
      step('deployment', 'POST', DEPLOYMENTS, json({ metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'one', image: 'x:1' }] } } } })),
      ...steps,
      step('drop the crd', 'DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/books.$G', { compare: 'nothing' }),
    ],
  }
}

const DEPLOYMENTS = '/apis/apps/v1/namespaces/$NS/deployments'
const MANAGERS = ['m1', 'm2', 'm3']

function bookStep(random: Random, index: number): WireStep {
  const spec = bookSpec(random)
  const object = { apiVersion: '$G/v1', kind: 'Book', metadata: { name: 'a', ...meta(random) }, spec, ...(maybe(random, 0.2) && { status: { copies: Math.floor(random() * 5) } }) }
  const choice = random()
  const query = `?fieldManager=${pick(random, MANAGERS)}`
  if (choice < 0.5) return step(`${index} apply`, 'PATCH', `${books}/a${query}${maybe(random, 0.4) ? '&force=true' : ''}`, apply(object))
  if (choice < 0.7) return step(`${index} merge`, 'PATCH', `${books}/a${query}`, merge({ spec: withNulls(random, spec), metadata: meta(random) }))
  if (choice < 0.85) return step(`${index} json`, 'PATCH', `${books}/a${query}`, jsonPatch(operations(random)))
  if (choice < 0.92) return step(`${index} status`, 'PATCH', `${books}/a/status${query}`, merge({ status: { copies: Math.floor(random() * 9), conditions: some(random, () => ({ type: pick(random, ['A', 'B']), status: 'True' })) } }))
  return step(`${index} apply status`, 'PATCH', `${books}/a/status${query}&force=true`, apply({ apiVersion: '$G/v1', kind: 'Book', metadata: { name: 'a' }, status: { copies: Math.floor(random() * 9) } }))
}

function meta(random: Random): object {
  return {
    ...(maybe(random, 0.3) && { labels: Object.fromEntries(some(random, () => [pick(random, ['x', 'y', 'z']), pick(random, ['1', '2'])])) }),
    ...(maybe(random, 0.2) && { annotations: Object.fromEntries(some(random, () => [pick(random, ['n', 'o']), pick(random, ['1', '2'])])) }),
    ...(maybe(random, 0.1) && { finalizers: [...new Set(some(random, () => pick(random, ['e.x/1', 'e.x/2'])))] }),
  }
}

/** Mostly valid; sometimes not, to see the same words. */
function bookSpec(random: Random): Record<string, unknown> {
  const text = (): string => pick(random, ['a', 'b', 'c', 'd'])
  const names = (): string[] => [...new Set(some(random, text, 4))]
  return {
    ...(maybe(random, 0.6) && { title: pick(random, ['one', 'two', 'three', maybe(random, 0.05) ? '' : 'four']) }),
    ...(maybe(random, 0.3) && { price: pick(random, [1, 2, 100, maybe(random, 0.1) ? -1 : 3]) }), ...(maybe(random, 0.3) && { tags: names() }),
    ...(maybe(random, 0.4) && { authors: names().map((name) => ({ name, ...(maybe(random, 0.5) && { role: text() }) })) }),
    ...(maybe(random, 0.3) && { list: some(random, () => Math.floor(random() * 3), 2) }), ...(maybe(random, 0.3) && { map: Object.fromEntries(names().map((name) => [name, text()])) }),
    ...(maybe(random, 0.2) && { atom: Object.fromEntries(names().filter((name) => name === 'a' || name === 'b').map((name) => [name, text()])) }),
    ...(maybe(random, 0.3) && { any: anything(random, 3) }), ...(maybe(random, 0.2) && { ios: pick(random, [5, '5', '50%']) }), ...(maybe(random, 0.2) && { nul: pick(random, [null, 'x']) }),
    ...(maybe(random, 0.1) && { kind: pick(random, ['a', 'b', 'b']) }), ...(maybe(random, 0.05) && { unknown: text() }),
  }
}

function anything(random: Random, depth: number): unknown {
  const choice = random()
  if (depth === 0 || choice < 0.3) return pick(random, ['s', 1, 1.5, true, 'long text'])
  if (choice < 0.5) return some(random, () => anything(random, depth - 1))
  return Object.fromEntries(some(random, () => [pick(random, ['p', 'q', 'r']), anything(random, depth - 1)]))
}

function withNulls(random: Random, spec: Record<string, unknown>): Record<string, unknown> {
  return { ...spec, ...(maybe(random, 0.3) && { [pick(random, ['tags', 'map', 'any', 'authors', 'atom', 'list'])]: null }) }
}

function operations(random: Random): readonly object[] {
  return some(random, () => {
    const path = pick(random, ['/spec/tags', '/spec/map', '/spec/map/a', '/spec/any', '/spec/any/p', '/spec/list/0', '/spec/authors/0/role', '/spec/price', '/metadata/labels', '/spec/list/-'])
    const op = pick(random, ['add', 'replace', 'remove', 'test'])
    const value = path.endsWith('tags') ? ['a'] : path.endsWith('map') || path.endsWith('labels') ? { x: '1' } : /list|price/.test(path) ? 2 : path.endsWith('any') ? anything(random, 2) : 'v'
    return op === 'remove' ? { op, path } : { op, path, value }
  })
}

function deploymentStep(random: Random, index: number): WireStep {
  const containers = [...new Set(some(random, () => pick(random, ['one', 'two', 'three'])))].map((name) => container(random, name))
  const query = `?fieldManager=${pick(random, MANAGERS)}`
  const template = { spec: { ...(containers.length > 0 && { containers }), ...(maybe(random, 0.3) && { nodeSelector: { disk: pick(random, ['a', 'b']) } }), ...(maybe(random, 0.2) && { tolerations: some(random, () => ({ key: pick(random, ['k', 'l']), operator: 'Exists' })) }) } }
  const spec = { ...(maybe(random, 0.3) && { replicas: Math.floor(random() * 4) }), ...(maybe(random, 0.2) && { strategy: { type: pick(random, ['Recreate', 'RollingUpdate']) } }), template }
  if (maybe(random, 0.4)) return step(`${index} apply d`, 'PATCH', `${DEPLOYMENTS}/d${query}${maybe(random, 0.6) ? '&force=true' : ''}`, apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', ...meta(random) }, spec }))
  return step(`${index} strategic d`, 'PATCH', `${DEPLOYMENTS}/d${query}`, strategic({ metadata: meta(random), spec }))
}

function container(random: Random, name: string): object {
  return {
    name, image: pick(random, ['x:1', 'x:2', 'y']), ...(maybe(random, 0.4) && { env: [...new Set(some(random, () => pick(random, ['A', 'B', 'C'])))].map((key) => ({ name: key, value: pick(random, ['1', '2']) })) }),
    ...(maybe(random, 0.3) && { ports: [...new Set(some(random, () => pick(random, [80, 81, 82])))].map((containerPort) => ({ containerPort })) }), ...(maybe(random, 0.2) && { args: some(random, () => pick(random, ['p', 'q'])) }),
    ...(maybe(random, 0.2) && { resources: { requests: { cpu: pick(random, ['100m', '0.1', '1']) } } }),
  }
}
