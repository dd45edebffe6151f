import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startControlPlane } from '@oasgen/apiserver'
import { startRealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SOURCES = new URL('../clients/go/', import.meta.url).pathname

/** What kube-apiserver 1.36 let the program print, looked through line by line. */
const LINES = [
  'groups apps true, batch true, rbac true; lists of resources: true',
  'update of an old version: conflict true',
  'patched: map[new:x] map[bytes:[0 255]]',
  'deployment of 2, strategy RollingUpdate, restart Always',
  'absent: not found true',
  'bad name: invalid true',
  "apply over another's field: conflict true",
  'applied: map[b:2 c:1], by first Apply {"f:data":{"f:c":{}}}; second Apply {"f:data":{"f:b":{}}}',
  'extracted for second: map[b:2]',
  'synced *v1.ConfigMap: true',
  'informer: add before, add after, update after 1, delete before, delete after; left in its cache: 0',
  'kind served',
  'applied by server, default of size: 7',
  'without text: invalid true',
  'informer: add first; update first, read true, generation 1; update first, read true, generation 2',
  'leading',
  'stopped leading',
  'lease released: true',
  'namespace deleted',
]

describe('a controller written in Go with client-go', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-client-go-'))
  const program = join(folder, 'client')
  // With the flags of the server's build, so that both share what the toolchain has compiled.
  beforeAll(() => { execFileSync('go', ['build', '-trimpath', '-o', program, '.'], { cwd: SOURCES, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'inherit', 'inherit'] }) }, 1_800_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function run(kubeconfig: string): Promise<readonly string[]> {
    const file = join(folder, 'kubeconfig')
    writeFileSync(file, kubeconfig, { mode: 0o600 })
    const { stdout } = await promisify(execFile)(program, [file], { timeout: 150_000 })
    return stdout.trimEnd().split('\n')
  }

  it('does its work on kube-apiserver', async () => {
    const server = await startRealApiServer({ controllerManager: true })
    try {
      expect(await run(server.kubeconfig())).toEqual(LINES)
    } finally {
      await server.close()
    }
  }, 1_800_000)

  it('and the same on the embedded control plane', async () => {
    const plane = await startControlPlane({ inMemory: true })
    try {
      expect(await run(plane.kubeconfig())).toEqual(LINES)
    } finally {
      await plane.close()
    }
  })
})
