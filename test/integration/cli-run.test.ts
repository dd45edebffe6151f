import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { DEMO_TOKEN, startBookshop, type Bookshop } from '@oasgen/example-bookshop'
import { until } from './stack/stack.js'
import { createStage, OASGEN, type Stage } from './cli/stage.js'

const MANIFESTS = new URL('../../examples/bookshop/manifests/', import.meta.url)

describe('oasgen run, against a cluster that runs no pods', () => {
  let stage: Stage
  let plane: ControlPlane
  let shop: Bookshop
  let run: ChildProcess
  let output = ''

  beforeAll(async () => {
    stage = createStage()
    shop = await startBookshop({ port: 0, token: DEMO_TOKEN })
    plane = await startControlPlane({ inMemory: true })
    plane.writeKubeconfig(join(stage.folder, 'cluster'))
    run = spawn(process.execPath, [OASGEN, 'run', '--install', '--kubeconfig', 'cluster', '--resync', '2s'], { cwd: stage.folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, KUBECONFIG: '' } })
    for (const stream of [run.stdout, run.stderr]) stream?.on('data', (data: Buffer) => { output += data.toString() })
    await until('it runs', () => output.includes('Ctrl-C stops'))
  })
  afterAll(async () => {
    if (run.exitCode === null) run.kill('SIGKILL')
    await plane.close()
    await shop.close()
    await stage.close()
  })

  it('makes kinds and serves them from this machine', async () => {
    for (const file of ['1-definitions.yaml', '2-credentials.yaml', '3-resources.yaml']) stage.write(file, readFileSync(new URL(file, MANIFESTS), 'utf8').replaceAll(':18080/', `:${shop.port}/`))
    expect(await stage.oasgen('apply', '-f', '1-definitions.yaml', '--kubeconfig', 'cluster')).toMatchObject({ code: 0 })
    await until('the kinds are served', async () => (await stage.oasgen('apply', '-f', '2-credentials.yaml', '-f', '3-resources.yaml', '--kubeconfig', 'cluster')).code === 0)
    const waited = await stage.oasgen('wait', 'books', '--all', '--for', 'condition=Ready', '--timeout', '60s', '--kubeconfig', 'cluster')
    expect(waited, output).toMatchObject({ code: 0 })
    const deployments = (await stage.oasgen('get', 'deployments', '-o', 'json', '--kubeconfig', 'cluster')).out
    expect((JSON.parse(deployments) as { items: { spec: { replicas: number } }[] }).items.map(({ spec }) => spec.replicas)).toEqual([0, 0, 0, 0])
    expect((await stage.oasgen('describe', 'book', 'the-hobbit', '--kubeconfig', 'cluster')).out).toContain('POST /v1/books → 201')
  })

  it('ends in order', async () => {
    const code = await new Promise((resolve) => {
      run.once('exit', resolve)
      run.kill('SIGINT')
    })
    expect(code, output).toBe(0)
  })
})
