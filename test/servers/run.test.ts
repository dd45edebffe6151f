import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { until } from '../integration/stack/stack.js'

const RUN = fileURLToPath(new URL('../../examples/run', import.meta.url))

describe('the one command of an example', () => {
  let folder: string
  let child: ChildProcess
  let screen = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'oasgen-run-'))
    child = spawn(RUN, ['github', '--in-memory', '--port', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => { screen += data.toString() })
  })
  afterAll(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('starts the server, makes the kinds, and says how things are', async () => {
    onTestFailed(() => void process.stderr.write(`${screen}\n`))
    await until('the repository is Ready', () => /Repo\s+hello\s+Ready/.test(screen))
    await until('the team may use it', () => /TeamRepo\s+hello-platform\s+Ready/.test(screen))
    expect((await fetch('http://127.0.0.1:18070/repos/acme/hello', { headers: { authorization: 'Bearer stand-in-token' } })).status).toBe(200)
  })

  it('takes everything down with itself', async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    await expect(fetch('http://127.0.0.1:18070/')).rejects.toThrow()
  })
})
