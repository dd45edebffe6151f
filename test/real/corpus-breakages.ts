import type { JsonObject } from '@oasgen/json'
import type { Random } from '../seeded.js'

type Node = Record<string, unknown>

/** What people and generators get wrong about schemas of CRDs. */
const BREAKAGES: readonly ((node: Node) => void)[] = [
  (node) => { delete node['type'] },
  (node) => { node['type'] = 'strnig' },
  (node) => { node['uniqueItems'] = true },
  (node) => { node['pattern'] = '^(?!a).*$' },
  (node) => { node['default'] = { unknown: [1, 'x'] } },
  (node) => { node['additionalProperties'] = false },
  (node) => { node['$ref'] = '#/definitions/X' },
  (node) => { node['x-kubernetes-validations'] = [{ rule: 'self.nowhere == 1', message: 'never' }] },
  (node) => { node['x-kubernetes-validations'] = [{ rule: 'has(self' }] },
  (node) => { node['anyOf'] = [{ type: 'string' }, { properties: { nowhere: { minLength: 1 } } }] },
  (node) => { node['x-kubernetes-list-type'] = 'map' },
  (node) => { node['x-kubernetes-preserve-unknown-fields'] = false },
]

/** The definition with one thing wrong at a place anywhere in its schema. */
export function breakSomewhere(crd: JsonObject, dice: Random): JsonObject {
  const copy = JSON.parse(JSON.stringify(crd)) as { readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Node } }[] } }
  const nodes: Node[] = []
  for (const { schema } of copy.spec.versions) collect(schema.openAPIV3Schema, nodes)
  const node = nodes[Math.floor(dice() * nodes.length)]
  if (node !== undefined) BREAKAGES[Math.floor(dice() * BREAKAGES.length)]?.(node)
  return copy as unknown as JsonObject
}

/** Every schema below the root; what is wrong with the root is seen everywhere else too. */
function collect(node: Node, into: Node[]): void {
  const children = [...Object.values((node['properties'] ?? {}) as Record<string, Node>), ...[node['items'], node['additionalProperties']].filter((child) => typeof child === 'object')]
  for (const child of children as Node[]) {
    into.push(child)
    collect(child, into)
  }
}
