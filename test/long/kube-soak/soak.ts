import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CONFIG_MAPS, connectKube, keyOf, NAMESPACES, resourceVersionOf, type Kube } from '@oasgen/kube'
import { startFaultProxy, type FaultProxy, type ProxyFault } from '../../integration/fault-proxy.js'
import type { Target } from '../../integration/kube-suite.js'
import { seeded } from '../../seeded.js'

export interface SoakOptions {
  readonly target: Target
  readonly seconds: number
  readonly seed: number
  readonly log?: (line: string) => void
}

export interface Memory {
  readonly heap: number
  readonly rss: number
  readonly changes: number
  readonly worked: number
  readonly doubles: number
}

export interface SoakResult {
  /** At one sixth of the run and at its end, after forced collections. */
  readonly early: Memory
  readonly late: Memory
  /** Checkpoints at which a cache was not equal to the server; must be empty. */
  readonly differences: readonly string[]
  readonly faults: number
}

/** Enough that objects, not compiled code, are most of the heap: V8 goes on compiling and adds up to 1 MiB in half an hour. */
const OBJECTS = 2_000
const FILLER = 'x'.repeat(4_000)
/** Objects that are there in the long run: what is written comes, one write in six or seven deletes. */
const ALIVE = 0.85
const CHECKPOINTS = 6

/** Random writes and random faults; at each sixth both rest until the caches are compared with the server. */
export async function soakInformers(options: SoakOptions): Promise<SoakResult> {
  const namespace = `soak-${options.seed.toString(36)}`
  const { url, ca, token } = options.target
  const proxy = await startFaultProxy({ url, ca })
  const kube = connectKube({ server: url, ca, token })
  await kube.create(NAMESPACES, { metadata: { name: namespace } })
  await fill(kube, namespace, seeded(options.seed + 1))
  const client = startClient({ server: proxy.url, token, namespace })
  try {
    await client.ask('ready')
    return await run({ ...options, kube, proxy, client, namespace, random: seeded(options.seed) })
  } finally {
    await client.stop()
    await proxy.close()
    await kube.close()
  }
}

interface Stage extends SoakOptions {
  readonly kube: Kube
  readonly proxy: FaultProxy
  readonly client: Client
  readonly namespace: string
  readonly random: () => number
}

async function run(stage: Stage): Promise<SoakResult> {
  const memories: Memory[] = []
  const differences: string[] = []
  let faults = 0
  for (let checkpoint = 1; checkpoint <= CHECKPOINTS; checkpoint += 1) {
    const until = performance.now() + (stage.seconds * 1000) / CHECKPOINTS
    const counts = await Promise.all([breakThings(stage, until), ...Array.from({ length: 4 }, () => changeThings(stage, until))])
    faults += counts[0] ?? 0
    calm(stage.proxy)
    differences.push(...(await compare(stage)).map((difference) => `checkpoint ${checkpoint}: ${difference}`))
    const memory = (await stage.client.ask('memory')) as unknown as Memory
    memories.push(memory)
    stage.log?.(`checkpoint ${checkpoint}: heap ${mib(memory.heap)}, rss ${mib(memory.rss)}, ${memory.changes} changes, ${memory.worked} worked, ${faults} faults`)
  }
  return { early: memories[0] as Memory, late: memories.at(-1) as Memory, differences, faults }
}

/** The number of objects of the long run from the beginning, so that growth is a leak and not the filling of the caches. */
async function fill(kube: Kube, namespace: string, random: () => number): Promise<void> {
  const names = Array.from({ length: OBJECTS }, (_, index) => `object-${index}`).filter(() => random() < ALIVE)
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      await kube.create(CONFIG_MAPS, { metadata: { namespace, name, labels: { soak: 'yes' } }, data: { filler: FILLER } })
    }
  }))
}

async function changeThings(stage: Stage, until: number): Promise<number> {
  const { kube, namespace, random } = stage
  let changes = 0
  while (performance.now() < until) {
    const name = `object-${Math.floor(random() * OBJECTS)}`
    const data = { round: String(Math.floor(random() * 10)), filler: FILLER }
    if (random() > ALIVE) await kube.delete(CONFIG_MAPS, { namespace, name })
    else {
      const patched = await kube.patch(CONFIG_MAPS, { namespace, name }, { type: 'merge', body: { data: { ...data, n: String(random()) } } })
      if (!patched.ok) await kube.create(CONFIG_MAPS, { metadata: { namespace, name, labels: { soak: 'yes' } }, data })
    }
    changes += 1
    await sleep(random() * 8)
  }
  return changes
}

async function breakThings(stage: Stage, until: number): Promise<number> {
  const { proxy, random } = stage
  const acts: readonly (() => void | Promise<void>)[] = [
    () => proxy.cut(),
    () => proxy.truncate(),
    async () => {
      proxy.freeze()
      await sleep(200 + random() * 2_000)
      proxy.thaw()
    },
    () => failSome(stage, { type: 'status', status: 500, reason: 'InternalError' }),
    () => failSome(stage, { type: 'status', status: 429, reason: 'TooManyRequests', retryAfter: 1 }),
    () => failSome(stage, { type: 'status', status: 410, reason: 'Expired' }),
    () => failSome(stage, { type: 'status', status: 401, reason: 'Unauthorized' }),
    () => failSome(stage, { type: 'hang' }),
    () => failSome(stage, { type: 'reset' }),
    () => failSome(stage, { type: 'slow', pauseMs: 20 }),
  ]
  let faults = 0
  while (performance.now() < until) {
    await acts[Math.floor(random() * acts.length)]?.()
    faults += 1
    await sleep(100 + random() * 900)
  }
  return faults
}

function failSome({ proxy, random }: Stage, fault: ProxyFault): void {
  let left = 1 + Math.floor(random() * 5)
  proxy.decide = () => (left-- > 0 ? fault : { type: 'pass' })
  proxy.truncate()
}

function calm(proxy: FaultProxy): void {
  proxy.decide = () => ({ type: 'pass' })
  proxy.thaw()
}

/** Being late is no difference: after faults an informer waits before it asks again, and machines are busy. */
async function compare({ kube, client, namespace }: Stage): Promise<readonly string[]> {
  const until = performance.now() + 120_000
  for (;;) {
    const listed = await kube.list(CONFIG_MAPS, { namespace, labelSelector: 'soak=yes' })
    const wanted = listed.ok ? listed.value.items.map((item) => `${keyOf(item)}@${resourceVersionOf(item)}`).sort().join() : 'not listed'
    const { question: _question, ...caches } = await client.ask('state')
    const wrong = Object.entries(caches).filter(([, versions]) => (versions as string[]).join() !== wanted).map(([name]) => name)
    if (wrong.length === 0 || performance.now() > until) return wrong
    await sleep(200)
  }
}

interface Client {
  ask(question: string): Promise<Readonly<Record<string, unknown>>>
  stop(): Promise<void>
}

/** V8 widens its young generation and malloc its arenas as the load comes and goes; fixed, what is measured is what is kept. */
const STEADY = { flags: ['--expose-gc', '--max-semi-space-size=2'], env: { MALLOC_ARENA_MAX: '1' } }

function startClient(config: { readonly server: string; readonly token: string; readonly namespace: string }): Client {
  const script = fileURLToPath(new URL('client.mjs', import.meta.url))
  const child: ChildProcess = fork(script, [JSON.stringify(config)], { execArgv: [...STEADY.flags], env: { ...process.env, ...STEADY.env } })
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()) })
  return {
    ask: (question) => new Promise((resolve, reject) => {
      const listen = (message: unknown): void => {
        if ((message as { question: string }).question !== question) return
        child.off('message', listen).off('exit', give)
        resolve(message as Record<string, unknown>)
      }
      const give = (code: number | null): void => reject(new Error(`the client ended with ${code}`))
      child.on('message', listen).on('exit', give)
      if (question !== 'ready') child.send(question)
    }),
    stop: async () => {
      if (child.exitCode === null) child.send('stop')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(timer)
    },
  }
}

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
