import { execFile, execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { until } from './stack/stack.js'
import { createStage, OASGEN, type Stage } from './cli/stage.js'

const hasTmux = ((): boolean => {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
if (!hasTmux) process.stdout.write('not run: tmux absent (4 tests of oasgen up in a terminal)\n')

/** A terminal of its own, driven with keys, read as it is shown. */
class Terminal {
  readonly #socket: string
  constructor(socket: string) {
    this.#socket = socket
  }
  #tmux(...args: readonly string[]): Promise<string> {
    return new Promise((resolve) => { execFile('tmux', ['-L', this.#socket, ...args], { timeout: 10_000 }, (_, out) => resolve(out)) })
  }
  start(columns: number, command: string): Promise<string> {
    return this.#tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'one', '-x', String(columns), '-y', '40', command)
  }
  screen(): Promise<string> {
    return this.#tmux('capture-pane', '-p', '-t', 'one')
  }
  coloured(): Promise<string> {
    return this.#tmux('capture-pane', '-p', '-e', '-t', 'one')
  }
  keys(...keys: readonly string[]): Promise<string> {
    return this.#tmux('send-keys', '-t', 'one', ...keys)
  }
  end(): Promise<string> {
    return this.#tmux('kill-server')
  }
}

describe.skipIf(!hasTmux)(`oasgen up --demo in a terminal${!hasTmux ? ' (not run: tmux is absent)' : ''}`, () => {
  let stage: Stage
  const terminal = new Terminal(`oasgen-${process.pid}`)
  const sees = async (what: string | RegExp): Promise<void> => {
    let screen = ''
    onTestFailed(() => void process.stderr.write(`${screen}\n`))
    await until(`the screen shows ${String(what)}`, async () => {
      screen = await terminal.screen()
      return typeof what === 'string' ? screen.includes(what) : what.test(screen)
    })
  }
  const shows = async (): Promise<readonly string[]> => (await terminal.screen()).trimEnd().split('\n')

  beforeAll(async () => {
    stage = createStage()
    await terminal.start(80, `cd '${stage.folder}' && HOME='${stage.folder}' KUBECONFIG= TERM=screen-256color '${process.execPath}' '${OASGEN}' up --demo --port 0 --demo-port 0; echo "ended with $?"; sleep 60`)
  })
  afterAll(async () => {
    await terminal.keys('C-c')
    await terminal.end()
    await stage.close()
  })

  it('shows one line an object, within 80 columns', async () => {
    await sees(/Book +the-hobbit +Ready +id 1 · in sync/)
    await sees(/Order +first-order +Ready/)
    const lines = await shows()
    expect(lines.filter((line) => line.includes('the-hobbit') && line.includes('Ready'))).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith(' RestDefinition '))).toHaveLength(4)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(lines[0]).toMatch(/^oasgen \d.* Kubernetes API on https:\/\/127\.0\.0\.1:\d+ · data in \.oasgen\/$/)
    expect(await terminal.coloured()).toContain('\u001b[32mReady')
  })

  it('tells drift once, in words', async () => {
    expect((await stage.oasgen('demo', 'meddle')).code).toBe(0)
    await sees(/Drift +price: 1 \(API\) ≠ 1199 \(you\)/)
    await sees('in sync')
    expect((await terminal.screen()).match(/Drift/g)).toHaveLength(1)
  })

  it('says that the API does not answer, and that it is back', async () => {
    await stage.oasgen('demo', 'stop')
    await sees(/Book +the-hobbit +Unknown +127\.0\.0\.1:\d+ does not answer/)
    expect((await terminal.screen()).replace(/\s+/g, ' ')).toContain('nothing is changed')
    await stage.oasgen('demo', 'start')
    await sees(/Book +the-hobbit +Ready/)
  })

  it('ends in order with Ctrl-C', async () => {
    await terminal.keys('C-c')
    await sees('ended with 0')
    expect(await terminal.screen()).toContain('the same command goes on where it stopped')
  })
})

describe.skipIf(!hasTmux)(`oasgen init in a terminal${!hasTmux ? ' (not run: tmux is absent)' : ''}`, () => {
  const terminal = new Terminal(`oasgen-init-${process.pid}`)
  const stage = createStage()
  afterAll(async () => {
    await terminal.end()
    await stage.close()
  })

  it('lets people pick with the keys of the terminal', async () => {
    stage.write('openapi.yaml', readFileSync(new URL('../../examples/bookshop/openapi.yaml', import.meta.url), 'utf8'))
    await terminal.start(100, `cd '${stage.folder}' && TERM=screen-256color '${process.execPath}' '${OASGEN}' init openapi.yaml --output-dir out; echo "ended with $?"; sleep 60`)
    await until('the list is shown', async () => /> \[ \] \w+/.test(await terminal.screen()))
    await terminal.keys('Down', 'Space')
    await until('one is chosen', async () => (await terminal.screen()).includes('1 chosen'))
    await terminal.keys('Enter')
    await until('it is written', async () => (await terminal.screen()).includes('ended with 0'))
    expect(readdirSync(join(stage.folder, 'out')).filter((file) => file.endsWith('.restdefinition.yaml'))).toHaveLength(1)
  })
})

describe('what up refuses', () => {
  let stage: Stage
  beforeAll(() => { stage = createStage() })
  afterAll(() => stage.close())

  it('a busy port', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const api = await stage.oasgen('up', '--demo', '--port', String(port), '--demo-port', '0')
    expect(api).toMatchObject({ code: 69, err: expect.stringContaining(`error[CLI0201]: port ${port} for the Kubernetes API is taken`) as string })
    const shop = await stage.oasgen('up', '--demo', '--port', '0', '--demo-port', String(port))
    expect(shop).toMatchObject({ code: 69, err: expect.stringContaining(`port ${port} for the bookshop is taken`) as string })
    expect(shop.err).toContain('--demo-port 0')
    server.close()
  })

  it('a folder that cannot be written', async () => {
    const other = createStage()
    writeFileSync(join(other.folder, '.oasgen'), 'a file')
    const up = await other.oasgen('up', '--demo', '--port', '0')
    expect(up).toMatchObject({ code: 69, err: expect.stringContaining('CLI0202') as string })
    expect(up.err).toContain('--in-memory')
    await other.close()
  })

  it('nothing to bring up', async () => {
    expect(await stage.oasgen('up')).toMatchObject({ code: 2, err: expect.stringContaining('oasgen up --demo') as string })
  })
})
