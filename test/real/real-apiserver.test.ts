import { spawn } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubernetesVersion, startRealApiServer, type RealApiServer } from '@oasgen/testkit'

describe('the real API server', () => {
  let server: RealApiServer
  beforeAll(async () => {
    server = await startRealApiServer({ controllerManager: true })
  }, 1_800_000)
  afterAll(async () => server?.close())

  it('serves the pinned version with RBAC on', async () => {
    expect(await get(server, '/version')).toMatchObject({ status: 200, body: { gitVersion: kubernetesVersion() } })
    expect(await get({ ...server, token: 'nobody' }, '/api/v1/namespaces')).toMatchObject({ status: 401 })
  })

  it('runs the controllers: a namespace gets its default ServiceAccount', async () => {
    for (let tries = 0; tries < 200; tries++) {
      const answer = await get(server, '/api/v1/namespaces/default/serviceaccounts/default')
      if (answer.status === 200) return
      await sleep(100)
    }
    expect.fail('the controller manager made no ServiceAccount in 20 s')
  })

  it('leaves no process behind when the test is killed', async () => {
    const script = `
      const { startRealApiServer } = await import(${JSON.stringify(new URL('../../packages/testkit/dist/index.js', import.meta.url).href)})
      const server = await startRealApiServer()
      console.log(server.folder)
      await new Promise(() => {})`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const folder = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())))
    expect(processesOf(folder)).toBe(2)
    child.kill('SIGKILL')
    for (let tries = 0; tries < 100 && processesOf(folder) > 0; tries++) await sleep(100)
    expect(processesOf(folder)).toBe(0)
  })
})

function processesOf(folder: string): number {
  const lines = execFileSync('ps', ['-eo', 'args']).toString().split('\n')
  return lines.filter((line) => line.includes(folder) && !line.includes('input-type=module')).length
}

function get(server: { url: string; ca: string; token: string }, path: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { ca: server.ca, headers: { authorization: `Bearer ${server.token}` } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }))
    })
    call.on('error', reject)
    call.end()
  })
}
