import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Each promise of the architecture is broken in a scratch copy, and the check has to notice. */
describe('guards', () => {
  let scratch: string
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'oasgen-guards-'))
    for (const file of ['tsconfig.base.json', 'tsconfig.pure.json', '.oxlintrc.json']) cpSync(join(root, file), join(scratch, file))
    mkdirSync(join(scratch, 'packages/plan/src'), { recursive: true })
    for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, 'packages/plan', file), join(scratch, 'packages/plan', file))
    symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'))
    // The same compiler settings without the references, which lead to packages that the copy does not have.
    writeFileSync(join(scratch, 'packages/plan/tsconfig.alone.json'), JSON.stringify({ extends: '../../tsconfig.pure.json', compilerOptions: { noEmit: true, composite: false, incremental: false }, include: ['src'] }))
  })
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  const write = (code: string): void => writeFileSync(join(scratch, 'packages/plan/src/index.ts'), code)
  const run = (...args: readonly string[]): Promise<{ code: number; output: string }> => new Promise((resolve) => {
    execFile(args[0] ?? '', args.slice(1), { cwd: scratch, timeout: 60_000 }, (error, out, err) => resolve({ code: error === null ? 0 : 1, output: out + err }))
  })

  const FINE = 'export const one = 1\n'
  const layers = [
    { reason: 'an import of a higher layer', code: "import '@oasgen/engine'\n", says: 'is not a dependency of this package' },
    { reason: 'an import past the index', code: "import '@oasgen/json/dist/value.js'\n", says: 'only the index of a package may be imported' },
    { reason: 'a Node module in a pure package', code: "import { readFileSync } from 'node:fs'\nexport { readFileSync }\n", says: 'imports a Node module' },
    { reason: 'a clock in a pure package', code: 'export const now = () => Date.now()\n', says: 'reads the clock' },
    { reason: 'a date of now in a pure package', code: 'export const now = () => new Date()\n', says: 'reads the clock' },
    { reason: 'randomness in a pure package', code: 'export const dice = () => Math.random()\n', says: 'uses randomness' },
    { reason: 'the environment in a pure package', code: "export const home = () => process.env['HOME']\n", says: 'reaches outside' },
    { reason: 'a default export', code: 'export default 1\n', says: 'default export' },
  ]
  it.each(layers)('layers.mjs sees $reason', async ({ code, says }) => {
    write(code)
    const broken = await run('node', join(root, 'scripts/layers.mjs'), scratch)
    expect(broken).toMatchObject({ code: 1, output: expect.stringContaining(says) })
    write(FINE)
    expect(await run('node', join(root, 'scripts/layers.mjs'), scratch)).toMatchObject({ code: 0 })
  })

  const types = [
    { reason: 'fetch', code: "export const x = fetch('http://a')\n" },
    { reason: 'process', code: 'export const x = process.pid\n' },
    { reason: 'timers', code: 'export const x = setTimeout(() => undefined, 1)\n' },
    { reason: 'console', code: "console.log('x')\nexport {}\n" },
    { reason: 'an index that may be absent', code: 'export const first = (list: readonly string[]): string => list[0]\n' },
    { reason: 'undefined for an optional member', code: 'interface A { readonly a?: string }\nexport const a: A = { a: undefined }\n' },
  ]
  it.each(types)('the compiler of pure packages refuses $reason', async ({ code }) => {
    write(code)
    const tsc = (): Promise<{ code: number; output: string }> => run(join(root, 'node_modules/.bin/tsc'), '-p', 'packages/plan/tsconfig.alone.json')
    expect(await tsc()).toMatchObject({ code: 1, output: expect.stringContaining('error TS') })
    write(FINE)
    expect(await tsc()).toMatchObject({ code: 0 })
  })

  const lint = [
    { reason: 'any', code: 'export const f = (x: any): number => x\n', says: 'no-explicit-any' },
    { reason: 'a non-null assertion', code: 'export const f = (x: string | undefined): string => x!\n', says: 'no-non-null-assertion' },
    { reason: 'loose equality', code: 'export const f = (x: unknown): boolean => x == 1\n', says: 'eqeqeq' },
  ]
  it.each(lint)('the linter refuses $reason', async ({ code, says }) => {
    write(code)
    const broken = await run(join(root, 'node_modules/.bin/oxlint'), '--deny-warnings', 'packages')
    expect(broken).toMatchObject({ code: 1, output: expect.stringContaining(says) })
  })
})
