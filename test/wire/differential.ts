import { bookCrd, books } from './book-crd.js'
import { seeded } from '../seeded.js'
import { manager, maybe, meta, options, pick, some, type Random } from './story-parts.js'
import { builtinStep, DEPLOYMENTS } from './story-builtins.js'
import { apply, condition, json, jsonPatch, merge, namespace, PARTIAL, step, TABLE, type WireStep, type WireSuite } from './wire-case.js'

/** A random story of custom resources and built-in objects: made, applied by several, replaced, patched in every way, deleted. */
export function story(seed: number, length = 40): WireSuite {
  const random = seeded(seed)
  const steps = Array.from({ length }, (_, index) => (maybe(random, 0.6) ? bookSteps(random, index) : builtinStep(random, index))).flat()
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

function bookSteps(random: Random, index: number): readonly WireStep[] {
  const spec = bookSpec(random)
  const name = pick(random, ['a', 'a', 'a', 'b'])
  const url = `${books}/${name}`
  const object = { apiVersion: '$G/v1', kind: 'Book', metadata: { name, ...meta(random) }, spec, ...(maybe(random, 0.2) && { status: { copies: Math.floor(random() * 5) } }) }
  const query = `?${manager(random)}${options(random)}`
  const choice = random()
  if (choice < 0.4) return [step(`${index} apply`, 'PATCH', `${url}${query}${maybe(random, 0.4) ? '&force=true' : ''}`, apply(withNulls(random, object, 0.1)))]
  if (choice < 0.55) return [step(`${index} merge`, 'PATCH', `${url}${query}`, merge(withNulls(random, { spec, metadata: meta(random) }, 0.3)))]
  if (choice < 0.7) return [step(`${index} json`, 'PATCH', `${url}${query}`, jsonPatch(operations(random)))]
  if (choice < 0.8) {
    const stale = maybe(random, 0.1)
    return [
      ...(stale ? [] : [step(`${index} read`, 'GET', url, { capture: { REV: 'metadata.resourceVersion' } })]),
      step(`${index} put`, 'PUT', `${url}${query}`, json({ ...object, metadata: { ...object.metadata, resourceVersion: stale ? '1' : '$REV' } })),
    ]
  }
  if (choice < 0.84) return [step(`${index} status`, 'PATCH', `${url}/status${query}`, merge({ status: { copies: Math.floor(random() * 9), conditions: some(random, () => ({ type: pick(random, ['A', 'B', 'Ready']), status: 'True' })) } }))]
  if (choice < 0.88) return [step(`${index} apply status`, 'PATCH', `${url}/status${query}&force=true`, apply({ apiVersion: '$G/v1', kind: 'Book', metadata: { name }, status: { copies: Math.floor(random() * 9) } }))]
  if (choice < 0.92) return [step(`${index} scale`, 'PATCH', `${url}/scale${query}`, merge({ spec: { replicas: pick(random, [0, 1, 7, -1]) } }))]
  if (choice < 0.95) return [step(`${index} list`, 'GET', `${books}?labelSelector=${pick(random, ['x', 'x%3D1', 'x!%3D1', '!y', 'x in (1,2),y', 'z notin (1)'])}`, { accept: pick(random, [TABLE, PARTIAL.replace('Metadata;', 'MetadataList;'), 'application/json']) })]
  return [step(`${index} delete`, 'DELETE', `${url}${maybe(random, 0.3) ? '?dryRun=All' : ''}`, json({}))]
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

/** Some member of the spec becomes null. */
function withNulls<T extends { readonly spec: object }>(random: Random, object: T, chance: number): T {
  return maybe(random, chance) ? { ...object, spec: { ...object.spec, [pick(random, ['tags', 'map', 'any', 'authors', 'atom', 'list', 'price', 'nul'])]: null } } : object
}

function operations(random: Random): readonly object[] {
  return some(random, () => {
    const path = pick(random, ['/spec/tags', '/spec/map', '/spec/map/a', '/spec/any', '/spec/any/p', '/spec/list/0', '/spec/authors/0/role', '/spec/price', '/metadata/labels', '/spec/list/-'])
    const op = pick(random, ['add', 'replace', 'remove', 'test'])
    const value = path.endsWith('tags') ? ['a'] : path.endsWith('map') || path.endsWith('labels') ? { x: '1' } : /list|price/.test(path) ? 2 : path.endsWith('any') ? anything(random, 2) : 'v'
    return op === 'remove' ? { op, path } : { op, path, value }
  })
}
