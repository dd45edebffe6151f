import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { startBookshop, type Bookshop } from '@oasgen/example-bookshop'
import { isObject, textOf } from '@oasgen/json'
import { namespaceOf, uidOf } from '@oasgen/kube'
import { accountToken } from '@oasgen/testkit'
import { until } from '../integration/stack/stack.js'
import { startChartCluster, type ChartCluster, type Place, type RunsAs } from './chart-node.js'
import { CHART, ROOT, run } from './chart-run.js'
import { commandFor, openImageStore, readJsonFile, TARGETS, whyNoImages, type ImageConfig, type ImageStore, type Target } from './image-build.js'

const missing = await whyNoImages()
if (missing !== undefined) process.stderr.write(`not run: ${missing} (image)\n`)

/** The images are built as a release builds them, and what runs in the cluster is their root file system, read-only, as their user. */
describe.skipIf(missing !== undefined)(`the images${missing !== undefined ? ' (not run: buildah or the like is missing)' : ''}`, () => {
  let store: ImageStore
  const roots = new Map<Target, string>()
  const configs = new Map<Target, ImageConfig>()

  const ids = new Map<Target, string>()

  beforeAll(async () => {
    store = await openImageStore()
    for (const target of TARGETS) {
      ids.set(target, await store.build(target))
      configs.set(target, await store.configOf(target))
      roots.set(target, await store.mount(target))
    }
  })
  afterAll(() => store?.close())

  it.each(TARGETS)('%s is small', async (target) => {
    const { base, added } = await store.sizeOf(target)
    process.stdout.write(`image ${target}: ${(added / 1e6).toFixed(1)} MB on top of a base of ${(base / 1e6).toFixed(1)} MB\n`)
    expect(added).toBeLessThan(25e6)
  })

  it.each(TARGETS)('%s has no shell, no node_modules, no root, and brings its SBOM', (target) => {
    const root = roots.get(target) ?? ''
    expect(configs.get(target)).toMatchObject({ User: '65532:65532' })
    for (const shell of ['bin/sh', 'bin/bash', 'usr/bin/sh', 'usr/bin/env', 'bin/busybox']) expect(existsSync(join(root, shell)), shell).toBe(false)
    const files = readdirSync(join(root, 'app'), { recursive: true }).map(String)
    expect(files.filter((file) => file.includes('node_modules') || file.endsWith('.map') || file.endsWith('.ts'))).toEqual([])
    for (const file of files) expect({ file, time: lstatSync(join(root, 'app', file)).mtimeMs }).toEqual({ file, time: 0 })
    const sbom = readJsonFile(join(root, 'app/sbom.cdx.json')) as { bomFormat: string; components: readonly { purl: string; licenses?: unknown }[] }
    expect(sbom.bomFormat).toBe('CycloneDX')
    expect(sbom.components.length).toBeGreaterThan(5)
    expect(sbom.components.filter(({ licenses }) => licenses === undefined)).toEqual([])
    expect(readFileSync(join(root, 'app/THIRD_PARTY_NOTICES'), 'utf8')).toContain('undici')
  })

  it('come out the same when all steps run again', async () => {
    expect(await store.build('rest-dynamic-controller', 'anew')).toBe(ids.get('rest-dynamic-controller'))
  }, 900_000)

  it('the command runs', async () => {
    const { command, args } = commandFor({ root: roots.get('oasgen') ?? '', config: configs.get('oasgen')!, mounts: new Map() })
    expect(await run(command, [...args, '--version'])).toMatch(/\d+\.\d+\.\d+/)
  })

  describe('in a cluster', () => {
    let cluster: ChartCluster
    let shop: Bookshop

    beforeAll(async () => {
      shop = await startBookshop()
      cluster = await startChartCluster(asImage)
      await cluster.namespace('ogen-system')
    })
    afterAll(async () => {
      await cluster?.close()
      await shop?.close()
    })

    it('run as the chart deploys them, with nothing but what a pod gets', async () => {
      onTestFailed(() => void process.stderr.write(`${cluster.output()}\n`))
      await cluster.helm('install', 'oasgen-provider', CHART, '-n', 'ogen-system', '--wait', '--timeout', '2m')
      await cluster.namespace('team')
      await cluster.helm('install', 'shop', join(ROOT, 'test/real/chart-field/definitions'), '-n', 'team', '--set', `server=http://127.0.0.1:${shop.port}/v1`)
      await cluster.kubectl(['wait', 'restdefinition', 'shop', '-n', 'team', '--for', 'condition=Ready=True', '--timeout', '120s'])
      await cluster.helm('install', 'books', join(ROOT, 'test/real/chart-field/resources'), '-n', 'team')
      await cluster.kubectl(['wait', 'books.shop.example/one', '-n', 'team', '--for', 'condition=Ready=True', '--timeout', '120s'])
      await cluster.kubectl(['delete', 'restdefinition', 'shop', '-n', 'team', '--timeout', '120s'])
      await until('the shop is empty', () => Object.keys(shop.data.books).length === 0)
      expect(shop.ledger.filter(({ method }) => method !== 'GET').map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE', 'DELETE'])
    })
  })

  const asImage: RunsAs = async (container, place) => {
    const target = TARGETS.find((name) => textOf(container['image']).includes(`/${name}:`))
    const config = target === undefined ? undefined : configs.get(target)
    if (target === undefined || config === undefined) throw new Error(`no image stands for ${textOf(container['image'])}`)
    const mounts = new Map([...place.mounts, ['/var/run/secrets/kubernetes.io/serviceaccount', await serviceAccountFolder(place)]])
    for (const [path, folder] of mounts) if (path === '/tmp') chownSync(folder, 65532, 65532)
    const server = new URL(place.server.url)
    const { command, args } = commandFor({ root: roots.get(target) ?? '', config, mounts })
    const env = Object.fromEntries(config.Env.map((variable) => [variable.slice(0, variable.indexOf('=')), variable.slice(variable.indexOf('=') + 1)]))
    // As in a pod: no kubeconfig, but the account's token and the address of the API server. PATH is for finding unshare.
    return { command, args, env: { ...env, PATH: process.env['PATH'] ?? '', KUBECONFIG: '', KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port } }
  }

  /** What a kubelet mounts into every pod. */
  async function serviceAccountFolder({ kube, folder, pod, server }: Place): Promise<string> {
    const place = join(folder, `account-${uidOf(pod)}`)
    mkdirSync(place, { recursive: true })
    const spec = isObject(pod.spec) ? pod.spec : {}
    writeFileSync(join(place, 'token'), await accountToken(kube, namespaceOf(pod), textOf(spec['serviceAccountName'])))
    writeFileSync(join(place, 'ca.crt'), server.ca)
    writeFileSync(join(place, 'namespace'), namespaceOf(pod))
    return place
  }
})
