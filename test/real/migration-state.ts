import { readFileSync } from 'node:fs'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { asBundle, type ChartCluster, type RunsAs } from './chart-node.js'

/** Programs of the reference do nothing here: what counts is what they left. */
export const asLeft: RunsAs = (container, place) =>
  textOf(container['image']).includes('krateoplatformops/') ? { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)', '--'] } : asBundle(container, place)

export function readState(url: URL, texts: Readonly<Record<string, string>> = {}): readonly JsonObject[] {
  const text = Object.entries(texts).reduce((whole, [from, to]) => whole.replaceAll(from, to), readFileSync(url, 'utf8'))
  return (loadAll(text, undefined, { schema: CORE_SCHEMA }) as JsonValue[]).filter(isObject)
}

/** Puts objects into a cluster as they were: with their status, their finalizers, and deleted where they were being deleted. */
export async function restore(cluster: ChartCluster, objects: readonly JsonObject[]): Promise<void> {
  const definitions = objects.filter((object) => object['kind'] === 'CustomResourceDefinition')
  if (definitions.length > 0) await put(cluster, definitions)
  for (const definition of definitions) await cluster.kubectl(['wait', '--for=condition=Established', `crd/${nameOf(definition)}`, '--timeout=60s'])
  const others = objects.filter((object) => object['kind'] !== 'CustomResourceDefinition')
  await put(cluster, others)
  for (const object of others) {
    if (isObject(object['status']) && textOf(object['apiVersion']).includes('.')) {
      await cluster.kubectl(['patch', ...targetOf(object), '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: object['status'] })])
    }
  }
  for (const object of others.filter(isDeleting)) await cluster.kubectl(['delete', ...targetOf(object), '--wait=false'])
}

async function put(cluster: ChartCluster, objects: readonly JsonObject[]): Promise<void> {
  if (objects.length === 0) return
  const items = objects.map((object) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'status')))
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
}

function targetOf(object: JsonObject): readonly string[] {
  const group = textOf(object['apiVersion']).split('/')[0] ?? ''
  const namespace = isObject(object['metadata']) ? textOf(object['metadata']['namespace']) : ''
  return [`${textOf(object['kind'])}.v1alpha1.${group}`, nameOf(object), ...(namespace === '' ? [] : ['-n', namespace])]
}

/** Marks in the state: `kubectl apply` cannot write a time of deletion. */
function isDeleting(object: JsonObject): boolean {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {}
  return isObject(metadata['annotations']) && metadata['annotations']['test/state'] === 'deleting'
}

export function nameOf(object: JsonObject): string {
  return isObject(object['metadata']) ? textOf(object['metadata']['name']) : ''
}
