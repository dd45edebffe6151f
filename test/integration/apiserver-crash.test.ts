import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { seeded } from '../seeded.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILT = existsSync(join(ROOT, 'packages/apiserver/dist/index.js'))
const ROUNDS = 6

/** A control plane in a process of its own, so that it can be killed. */
const PROGRAM = `
import { startControlPlane } from '@oasgen/apiserver'
const plane = await startControlPlane({ dataDir: process.argv[1], plainHttp: {} })
console.log(JSON.stringify({ port: plane.plainPort, token: plane.token }))
`

interface Running {
  readonly child: ChildProcess
  readonly port: number
  readonly token: string
}

function start(dataDir: string): Promise<Running> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, dataDir], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      if (text.includes('\n')) resolve({ child, ...JSON.parse(text) as { port: number; token: string } })
    })
    child.on('exit', (code) => reject(new Error(`ended with ${String(code)}: ${text}`)))
  })
}

interface Answer {
  readonly status: number
  readonly body: { readonly metadata?: { readonly resourceVersion?: string }; readonly items?: readonly { readonly metadata: { readonly name: string }; readonly data?: { readonly value: string } }[] }
}

function ask(running: Running, agent: Agent, method: string, path: string, body?: object): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const text = body && JSON.stringify(body)
    const headers = { authorization: `Bearer ${running.token}`, ...(text && { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', 'content-length': Buffer.byteLength(text) }) }
    const asked = request({ agent, port: running.port, method, path, headers }, (incoming) => {
      let got = ''
      incoming.on('data', (chunk: Buffer) => { got += chunk.toString('utf8') })
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(got) as Answer['body'] }))
      incoming.on('error', () => resolve(undefined))
    })
    asked.on('error', () => resolve(undefined))
    asked.end(text)
  })
}

const CM = '/api/v1/namespaces/default/configmaps'

describe.skipIf(!BUILT)(`a control plane that is killed${!BUILT ? ' (not run: there is no build)' : ''}`, () => {
  it(`loses no acknowledged write in ${ROUNDS} kills (needs a build)`, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'oasgen-crash-'))
    const random = seeded(7)
    const promised = new Map<string, Set<string>>()
    for (let round = 0; round < ROUNDS; round++) {
      const running = await start(dataDir)
      const agent = new Agent({ keepAlive: true })
      await verify(running, agent, promised)
      const writers = Array.from({ length: 8 }, (_, index) => write(running, agent, promised, `k${round}-${index}`))
      await sleep(50 + random() * 400)
      running.child.removeAllListeners('exit')
      running.child.kill('SIGKILL')
      await Promise.all(writers)
      agent.destroy()
    }
    const last = await start(dataDir)
    const agent = new Agent()
    await verify(last, agent, promised)
    expect(promised.size).toBeGreaterThan(ROUNDS)
    last.child.removeAllListeners('exit')
    last.child.kill('SIGKILL')
    agent.destroy()
    expect(readFileSync(join(dataDir, 'keys', 'admin.token'), 'utf8').trim()).toBe(last.token)
    rmSync(dataDir, { recursive: true })
  }, 120_000)
})

/** Writes one value after another; what was acknowledged, or may have arrived, is remembered. */
async function write(running: Running, agent: Agent, promised: Map<string, Set<string>>, name: string): Promise<void> {
  for (let value = 0; ; value++) {
    const data = { value: String(value) }
    const asked = value === 0 ? ask(running, agent, 'POST', CM, { metadata: { name }, data }) : ask(running, agent, 'PATCH', `${CM}/${name}`, { data })
    const answer = await asked
    const known = promised.get(name)
    if (answer === undefined) {
      // It may or may not have been stored: both are right.
      if (known) promised.set(name, new Set([...known, String(value)]))
      return
    }
    expect(answer.status).toBeLessThan(300)
    promised.set(name, new Set([String(value)]))
  }
}

async function verify(running: Running, agent: Agent, promised: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
  const list = await ask(running, agent, 'GET', CM)
  const found = new Map(list?.body.items?.map((item) => [item.metadata.name, item.data?.value]))
  const lost = [...promised].filter(([name, values]) => !values.has(found.get(name) ?? ''))
  expect(lost.map(([name, values]) => `${name}: ${found.get(name) ?? 'gone'}, expected ${[...values].join(' or ')}`)).toEqual([])
}
