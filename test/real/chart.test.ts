import { get } from 'node:http'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { startBookshop, type Bookshop } from '@oasgen/example-bookshop'
import { isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { fileURLToPath } from 'node:url'
import { conditionStatus, until } from '../integration/stack/stack.js'
import { objects, startChartCluster, type ChartCluster } from './chart-node.js'
import { CHART } from './chart-run.js'

const FIELD = fileURLToPath(new URL('chart-field/', import.meta.url))
const SYSTEM = 'ogen-system'

/** Helm and kubectl as people use them, in the orders in which people do. Each step builds on the one before. */
describe('the chart in a cluster', () => {
  let cluster: ChartCluster
  let shop: Bookshop

  beforeAll(async () => {
    shop = await startBookshop()
    cluster = await startChartCluster()
    for (const name of [SYSTEM, 'team']) await cluster.namespace(name)
  })
  afterAll(async () => {
    await cluster?.close()
    await shop?.close()
  })
  const shown = (): void => onTestFailed(() => void process.stderr.write(`${cluster.output()}\n`))

  it('installs where only restricted pods are allowed, and the provider answers the probes of the chart', async () => {
    shown()
    await installProvider()
    const deployment = await json('get', 'deployment', 'oasgen-provider', '-n', SYSTEM)
    const container = at(deployment, 'spec', 'template', 'spec', 'containers', 0)
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
      const path = textOf(at(container, probe, 'httpGet', 'path'))
      await until(`${probe} ${path} is well`, async () => (await statusOf(cluster.ports.health, path)) === 200)
    }
    expect(await statusOf(cluster.ports.metrics, '/metrics')).toBe(200)
  })

  it.each(['everything', 'locked-down', 'reference-values'])('has manifests that the server takes, with the values "%s"', async (set) => {
    for (const name of ['krateo-system', 'team-a', 'team-b']) await cluster.namespace(name)
    const rendered = await cluster.helm('template', 'other', CHART, '-n', 'krateo-system', '--values', fileURLToPath(new URL(`../../specs/chart/${set}/values.yaml`, import.meta.url)))
    // The kinds of the Prometheus operator are not there; the CRD is, and has an owner.
    const items = (loadAll(rendered, undefined, { schema: CORE_SCHEMA }) as JsonValue[]).filter(isObject).filter((object) => !textOf(object['apiVersion']).startsWith('monitoring.') && object['kind'] !== 'CustomResourceDefinition')
    expect((await cluster.kubectl(['apply', '--dry-run=server', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))).trim().split('\n')).toHaveLength(items.length)
  })

  it('makes a kind, and drives a resource', async () => {
    shown()
    await installDefinitions('shop')
    await installResources('books', 'shop')
    expect(titles()).toEqual(['One', 'Two'])
    const deployment = await json('get', 'deployment', 'shop-controller', '-n', 'team')
    expect(at(deployment, 'spec', 'template', 'spec', 'containers', 0)).toMatchObject({
      image: 'ghcr.io/oasgen/rest-dynamic-controller:0.1.0', resources: { limits: { memory: '256Mi' } }, securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true },
    })
  })

  it('carries changed values of rdc to the running controllers, and nothing is sent to the API for it', async () => {
    shown()
    const before = writes()
    await installProvider('--set', 'rdc.image.tag=0.1.1', '--set', 'rdc.resources.limits.memory=300Mi', '--set', 'rdc.env.REST_CONTROLLER_WORKERS=7', '--set', 'rdc.replicaCount=2')
    await until('the controllers are new', async () => {
      const deployment = await json('get', 'deployment', 'shop-controller', '-n', 'team')
      return at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image') === 'ghcr.io/oasgen/rest-dynamic-controller:0.1.1' && at(deployment, 'status', 'updatedReplicas') === 2 && at(deployment, 'status', 'availableReplicas') === 2
    })
    expect(await json('get', 'configmap', 'shop-controller-configmap', '-n', 'team')).toMatchObject({ data: { REST_CONTROLLER_WORKERS: '7', REST_CONTROLLER_RESYNC_INTERVAL: '2s' } })
    await until('the definition is Ready', () => isReady('restdefinition', 'shop'))
    await edit('one', 'One, edited')
    expect(writes()).toEqual([...before, 'PATCH'])
  })

  it('rolls back', async () => {
    shown()
    await cluster.helm('rollback', 'oasgen-provider', '1', '-n', SYSTEM, '--wait', '--timeout', '2m')
    await until('the controllers are those of before', async () => {
      const deployment = await json('get', 'deployment', 'shop-controller', '-n', 'team')
      return at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image') === 'ghcr.io/oasgen/rest-dynamic-controller:0.1.0' && at(deployment, 'spec', 'replicas') === 1
    })
    await until('the definition is Ready', () => isReady('restdefinition', 'shop'))
  })

  it('leaves definitions, controllers and resources alone when the provider is uninstalled', async () => {
    shown()
    await cluster.helm('uninstall', 'oasgen-provider', '-n', SYSTEM, '--wait', '--timeout', '2m')
    expect(await cluster.kubectl(['get', 'crd', '-o', 'name'])).toContain('restdefinitions.ogen.krateo.io')
    await edit('one', 'One, without a provider')
    expect(titles()).toEqual(['One, without a provider', 'Two'])
  })

  it('takes a definition down that was deleted while there was no provider', async () => {
    shown()
    const before = writes()
    await cluster.kubectl(['delete', 'restdefinition', 'shop', '-n', 'team', '--wait=false'])
    await installProvider()
    await until('the definition is gone', async () => !(await exists('restdefinition', 'shop')))
    expect(titles()).toEqual([])
    expect(writes().slice(before.length)).toEqual(['DELETE', 'DELETE'])
    await forget('books', 'shop')
    await expectNothingLeft()
  })

  it('ends when resources go first', async () => {
    shown()
    await installDefinitions('first')
    await installResources('books', 'first')
    await cluster.helm('uninstall', 'books', '-n', 'team', '--wait', '--timeout', '2m')
    expect(titles()).toEqual([])
    await cluster.helm('uninstall', 'first', '-n', 'team', '--wait', '--timeout', '2m')
    await expectNothingLeft()
  })

  it('ends when everything goes at once, credentials and document among it', async () => {
    shown()
    await installDefinitions('both')
    await installResources('books', 'both')
    await Promise.all([forget('both'), forget('books')])
    await until('the definition is gone', async () => !(await exists('restdefinition', 'both')))
    expect(titles()).toEqual([])
    await expectNothingLeft()
  })

  it('keeps what the policy says is to be kept', async () => {
    shown()
    await installDefinitions('kept')
    await installResources('books', 'kept')
    await cluster.kubectl(['annotate', 'books.kept.example', '--all', '-n', 'team', 'krateo.io/deletion-policy=orphan'])
    await forget('kept')
    await until('the definition is gone', async () => !(await exists('restdefinition', 'kept')))
    await forget('books')
    expect(titles()).toEqual(['One', 'Two'])
    await expectNothingLeft()
  })

  async function installProvider(...more: readonly string[]): Promise<void> {
    await cluster.helm('upgrade', '--install', 'oasgen-provider', CHART, '-n', SYSTEM, '--wait', '--timeout', '2m', '--set', 'rdc.env.REST_CONTROLLER_RESYNC_INTERVAL=2s', '--set', 'rdc.env.REST_CONTROLLER_GRACE_PERIOD=1s', ...more)
  }

  async function installDefinitions(name: string): Promise<void> {
    await cluster.helm('install', name, `${FIELD}definitions`, '-n', 'team', '--set', `server=http://127.0.0.1:${shop.port}/v1`)
    await cluster.kubectl(['wait', 'restdefinition', name, '-n', 'team', '--for', 'condition=Ready=True', '--timeout', '120s'])
  }

  async function installResources(name: string, definition: string): Promise<void> {
    await cluster.helm('install', name, `${FIELD}resources`, '-n', 'team', '--set', `group=${definition}.example`)
    await cluster.kubectl(['wait', `books.${definition}.example/one`, `books.${definition}.example/two`, '-n', 'team', '--for', 'condition=Ready=True', '--timeout', '120s'])
  }

  /** Helm does not find kinds that are gone: then its record of the release is all that is left. */
  async function forget(...releases: readonly string[]): Promise<void> {
    for (const name of releases) {
      const answer = await cluster.helm('uninstall', name, '-n', 'team', '--timeout', '2m').catch((error: unknown) => String(error))
      if (!answer.includes('failed to delete release')) continue
      await cluster.kubectl(['delete', 'secret', '-n', 'team', '-l', `owner=helm,name=${name}`])
      await cluster.kubectl(['delete', 'secret', name, '-n', 'team', '--ignore-not-found'])
    }
  }

  async function edit(name: string, title: string): Promise<void> {
    await cluster.kubectl(['patch', 'books.shop.example', name, '-n', 'team', '--type', 'merge', '-p', JSON.stringify({ spec: { title } })])
    await until(`the shop has "${title}"`, () => titles().includes(title))
  }

  /** Nothing that the provider made outlives its definition. */
  async function expectNothingLeft(): Promise<void> {
    const kinds = 'crd,deployment,configmap,secret,serviceaccount,role,rolebinding,clusterrole,clusterrolebinding,poddisruptionbudget'
    await until('nothing is left', async () => (await cluster.kubectl(['get', kinds, '-A', '-l', 'krateo.io/restdefinition-object=true', '-o', 'name'])) === '')
  }

  async function exists(kind: string, name: string): Promise<boolean> {
    return (await cluster.kubectl(['get', kind, name, '-n', 'team', '--ignore-not-found', '-o', 'name'])) !== ''
  }

  async function isReady(kind: string, name: string): Promise<boolean> {
    const object = await json('get', kind, name, '-n', 'team')
    return conditionStatus(object, 'Ready') === 'True' && at(object, 'status', 'observedGeneration') === at(object, 'metadata', 'generation')
  }

  async function json(...args: readonly string[]): Promise<JsonObject> {
    return JSON.parse(await cluster.kubectl([...args, '-o', 'json'])) as JsonObject
  }

  function titles(): readonly string[] {
    return Object.values(shop.data.books).map((book) => String(book['title'])).sort()
  }

  function writes(): readonly string[] {
    return shop.ledger.filter((entry) => entry.method !== 'GET').map((entry) => entry.method)
  }
})

function at(value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((inner, key) => (typeof key === 'number' ? objects(inner)[key] : isObject(inner) ? inner[key] : undefined), value)
}

function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1' }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', () => resolve(0))
  })
}
