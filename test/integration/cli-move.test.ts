import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { until } from './stack/stack.js'
import { createStage, OASGEN, type Stage, type Up } from './cli/stage.js'

describe('oasgen move, from up to a cluster', () => {
  let stage: Stage
  let up: Up
  let plane: ControlPlane
  let run: ChildProcess
  let output = ''
  const writes = async (): Promise<readonly string[]> => (await stage.oasgen('demo', 'ledger')).out.split('\n').filter((line) => line !== '' && !line.includes('GET')).map((line) => line.slice(26))

  beforeAll(async () => {
    stage = createStage()
    up = await stage.up('--demo')
    plane = await startControlPlane({ inMemory: true })
    plane.writeKubeconfig(join(stage.folder, 'there'))
    run = spawn(process.execPath, [OASGEN, 'run', '--install', '--kubeconfig', 'there', '--resync', '2s'], { cwd: stage.folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, KUBECONFIG: '' } })
    for (const stream of [run.stdout, run.stderr]) stream?.on('data', (data: Buffer) => { output += data.toString() })
    for (const kind of ['restdefinitions', 'books', 'authors', 'orders', 'shelves']) expect(await stage.oasgen('wait', kind, '--all', '--for', 'condition=Ready', '--timeout', '90s'), up.screen()).toMatchObject({ code: 0 })
    await until('it runs there', () => output.includes('Ctrl-C stops'))
  })
  afterAll(async () => {
    run.kill('SIGINT')
    await new Promise((resolve) => run.once('exit', resolve))
    await plane.close()
    await stage.close()
  })

  it('says what would be moved', async () => {
    const said = await stage.oasgen('move', '--to', 'there', '--dry-run')
    expect(said).toMatchObject({ code: 0 })
    expect(said.out).toContain('  Secret default/bookshop\n')
    expect(said.out).toMatch(/ {2}Secret default\/book-controller-key\n/)
    expect(said.out).toMatch(/4 definitions, \d configurations, 4 resources, /)
    expect((await stage.oasgen('get', 'restdefinitions', '--kubeconfig', 'there')).err).toContain('No resources found')
  })

  it('moves all of it without a request that changes anything', async () => {
    const before = await writes()
    const moved = await stage.oasgen('move', '--to', 'there', '--timeout', '80s')
    expect(moved, moved.out + moved.err + output).toMatchObject({ code: 0 })
    for (const kind of ['books', 'authors', 'orders', 'shelves']) expect(await stage.oasgen('wait', kind, '--all', '--for', 'condition=Synced', '--timeout', '60s', '--kubeconfig', 'there'), output).toMatchObject({ code: 0 })
    expect((await stage.oasgen('get', 'books', '--kubeconfig', 'there')).out).toMatch(/the-hobbit +\S+ +True +True +1/)
    expect(await writes()).toEqual(before)
  })

  it('serves there, and there alone', async () => {
    const before = (await writes()).length
    await stage.oasgen('demo', 'meddle')
    await until('drift is corrected there', async () => (await writes()).length >= before + 2)
    expect((await stage.oasgen('get', 'books', '-o', 'yaml')).out).toContain('krateo.io/paused')
    expect((await stage.oasgen('describe', 'book', 'the-hobbit', '--kubeconfig', 'there')).out).toContain('PATCH /v1/books/1 → 200')
    // The meddler's own, and one correction.
    expect((await writes()).length).toBe(before + 2)
  })

  it('refuses to move a cluster onto itself', async () => {
    expect(await stage.oasgen('move', '--to', '.oasgen/kubeconfig')).toMatchObject({ code: 2, err: expect.stringContaining('the same cluster') as string })
  })
})
