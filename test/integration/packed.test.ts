import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

function run(cwd: string, command: string, ...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, timeout: 120_000 }, (error, out, err) => resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, err }))
  })
}

describe('what is published', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oasgen-packed-'))
    const packed = await run(root, process.execPath, 'scripts/pack.mjs', folder)
    expect(packed).toMatchObject({ code: 0 })
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    const tarballs = packed.out.trim().split('\n')
    expect(tarballs).toHaveLength(3)
    const installed = await run(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', ...tarballs)
    expect(installed, installed.err).toMatchObject({ code: 0 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('brings nothing but the three programs', async () => {
    const list = JSON.parse((await run(folder, 'npm', 'ls', '--all', '--json')).out) as { dependencies: Record<string, object> }
    expect(Object.keys(list.dependencies).sort()).toEqual(['oasgen', 'oasgen-provider', 'rest-dynamic-controller'])
  })

  it.each([
    ['oasgen', ['--version'], /^\d+\.\d+\.\d+\n$/],
    ['oasgen', ['render', '--help'], /RestDefinition/],
    ['oasgen-provider', ['--help'], /-poll duration/],
    ['rest-dynamic-controller', ['--help'], /-group string/],
  ])('%s %j runs', async (name, args, says) => {
    const ran = await run(folder, join(folder, 'node_modules/.bin', name), ...args)
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out + ran.err).toMatch(says)
  })

  it('says what is wrong with the command line', async () => {
    const ran = await run(folder, join(folder, 'node_modules/.bin/rest-dynamic-controller'), '-workers=many')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('-workers: "many" is no integer')
    expect(ran.err).toContain('-group is needed')
  })
})

describe('the launcher in the repository', () => {
  it('is linked by npm ci, before the build existed', async () => {
    expect(await run(root, 'npx', '--no-install', 'oasgen', '--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})
