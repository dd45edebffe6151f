import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { expect, onTestFailed } from 'vitest'
import { isArray, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { nameOf, type KubeObject, type ResourceType } from '@oasgen/kube'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { isReady, must, read, startStack, until, type Stack } from '../integration/stack/stack.js'
import { startProxy, type Proxy } from './proxy.js'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))

/** An example with its server, the product as processes, and a proxy between them that counts. */
export interface ExampleLab {
  readonly stack: Stack
  readonly proxy: Proxy
  /** What the example's folder holds, with the ports of this run. */
  readonly manifests: readonly JsonObject[]
  /** Calls the server behind the product's back. */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  manifest(kind: string): JsonObject
  /** How often the product asked for exactly this. */
  asked(method: string, path: string): number
  /** Prints the last lines of the product when the test fails. */
  shown(): void
  /** Waits for Ready at the newest generation, and gives the object. */
  ready(kind: string, name: string): Promise<KubeObject>
  edit(kind: string, name: string, spec: JsonObject): Promise<void>
  remove(kind: string, name: string): Promise<void>
  /** Nothing is written on either side for a while, and only read over there. */
  expectSteady(): Promise<void>
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly body: JsonValue
  /** A value below the body; undefined where there is none. */
  at(...names: readonly string[]): JsonValue | undefined
  /** A list of objects in the body, or the body itself. */
  list(...names: readonly string[]): readonly JsonObject[]
}

export interface ExampleOptions {
  readonly name: string
  /** The port that the manifests of the example speak of. */
  readonly published: number
  readonly group: string
  readonly plurals: Readonly<Record<string, string>>
  /** Answers 2xx when the server is up. */
  readonly health: string
  readonly headers?: Readonly<Record<string, string>>
}

const INTERVAL_S = 2

const CONTROLLER = {
  REST_CONTROLLER_RESYNC_INTERVAL: `${INTERVAL_S}s`,
  REST_CONTROLLER_GRACE_PERIOD: '1s',
  // One that is killed is followed as soon as its Lease has run out.
  REST_CONTROLLER_LEASE_RENEW_DEADLINE: '6s',
  REST_CONTROLLER_LEASE_MARGIN: '2s',
}

/** Installs the server where that was not done before, starts all, applies the definitions and waits until they are Ready. */
export async function openExample(options: ExampleOptions): Promise<ExampleLab> {
  const server = await startServer(options)
  const proxy = await startProxy(server.port)
  const stack = await startStack('embedded', { env: CONTROLLER })
  const manifests = manifestsOf(options.name, { from: options.published, to: proxy.port })
  const kind = (name: string): ResourceType => ({ group: options.group, version: 'v1alpha1', kind: name, plural: options.plurals[name] ?? `${name.toLowerCase()}s`, namespaced: true })
  const at = (name: string): { readonly namespace: string; readonly name: string } => ({ namespace: 'default', name })
  return {
    stack, proxy, manifests, call: server.call,
    manifest: (name) => manifests.find((manifest) => manifest.kind === name)!,
    asked: (method, path) => proxy.ledger.filter((entry) => entry.method === method && entry.path === path).length,
    shown: () => onTestFailed(() => void process.stderr.write(`${stack.output()}\n`)),
    ready: async (name, object) => {
      await until(`${name} ${object} is Ready`, () => isReady(stack.kube, kind(name), object), 60_000).catch(async (problem: Error) => {
        throw new Error(`${problem.message}: ${JSON.stringify((await read(stack.kube, kind(name), object))?.status, null, 1)}`)
      })
      return (await read(stack.kube, kind(name), object))!
    },
    edit: async (name, object, spec) => { await must(stack.kube.patch(kind(name), at(object), { type: 'merge', body: { spec } })) },
    remove: async (name, object) => {
      await must(stack.kube.delete(kind(name), at(object)))
      await until(`${name} ${object} is gone`, async () => (await read(stack.kube, kind(name), object)) === undefined, 60_000)
    },
    expectSteady: () => expectSteady(stack, proxy),
    close: async () => {
      await stack.close()
      await proxy.close()
      await server.close()
    },
  }
}

/** Applies the definitions of the example, then everything else of it. */
export async function applyExample(lab: ExampleLab): Promise<void> {
  const first = lab.manifests.filter(({ apiVersion }) => apiVersion === 'v1' || textOf(apiVersion).startsWith('ogen.krateo.io/'))
  await lab.stack.apply(...first)
  for (const definition of first.filter(({ kind }) => kind === 'RestDefinition')) {
    const name = nameOf(definition as KubeObject)
    await until(`RestDefinition ${name} is Ready`, () => isReady(lab.stack.kube, REST_DEFINITIONS, name), 60_000)
  }
  await lab.stack.apply(...lab.manifests.filter((manifest) => !first.includes(manifest)))
}

async function expectSteady(stack: Stack, proxy: Proxy): Promise<void> {
  await sleep(INTERVAL_S * 1250)
  const before = { kubernetes: await stack.kubernetesWrites(), calls: proxy.ledger.length }
  await sleep(INTERVAL_S * 2250)
  expect(await stack.kubernetesWrites()).toEqual(before.kubernetes)
  const since = proxy.ledger.slice(before.calls)
  expect(since.length).toBeGreaterThan(0)
  expect(since.filter(({ method }) => method !== 'GET')).toEqual([])
}

interface Server {
  readonly port: number
  readonly call: ExampleLab['call']
  readonly close: () => Promise<void>
}

async function startServer({ name, health, headers = {} }: ExampleOptions): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), `oasgen-${name}-`))
  const port = await freePort()
  const child = spawn(join(EXAMPLES, name, 'server'), [join(folder, 'data'), String(port)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(join(folder, 'server.log'))
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false })
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent = { method, headers: { ...headers, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, sent)
    return answerOf(answer.status, parsed(await answer.text()))
  }
  await untilUp(child, async () => (await call('GET', health)).status === 200, () => `${name} does not start:\n${readFileSync(join(folder, 'server.log'), 'utf8').slice(-2000)}`)
  return { port, call, close: () => stop(child, folder) }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await exited
  rmSync(folder, { recursive: true, force: true })
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}

function answerOf(status: number, body: JsonValue): Answer {
  const at = (...names: readonly string[]): JsonValue | undefined => names.reduce<JsonValue | undefined>((value, name) => (isObject(value) ? value[name] : undefined), body)
  const list = (...names: readonly string[]): readonly JsonObject[] => {
    const value = at(...names)
    return isArray(value) ? value.filter(isObject) : []
  }
  return { status, body, at, list }
}

// On a new machine the server is installed first.
const START_MS = 240_000

async function untilUp(child: ChildProcess, isUp: () => Promise<boolean>, problem: () => string): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(100)) {
    if (child.exitCode !== null) break
    // Until it listens, calls fail.
    if (await isUp().catch(() => false)) return
  }
  throw new Error(problem())
}

function manifestsOf(name: string, { from, to }: { readonly from: number; readonly to: number }): readonly JsonObject[] {
  const folder = join(EXAMPLES, name, 'manifests')
  return readdirSync(folder).sort().flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll(`127.0.0.1:${from}`, `127.0.0.1:${to}`)
    const objects = loadAll(text, undefined, { schema: CORE_SCHEMA }) as JsonObject[]
    return objects.map((object) => ({ ...object, metadata: { namespace: 'default', ...(object.metadata as JsonObject) } }))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
