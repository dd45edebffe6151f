import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url).pathname
const ROW = /\| `([^`]+)` › ?(.*?) \|$/gm

const rows = [...readFileSync(join(ROOT, 'SECURITY.md'), 'utf8').matchAll(ROW)].map(([, path = '', name = '']) => ({ path, name }))

function textOf(path: string): string {
  const full = join(ROOT, path)
  return statSync(full).isDirectory() ? readdirSync(full).filter((file) => file.endsWith('.ts')).map((file) => readFileSync(join(full, file), 'utf8')).join('\n') : readFileSync(full, 'utf8')
}

describe('the threats of SECURITY.md', () => {
  it('are all there', () => {
    expect(rows.length).toBeGreaterThan(20)
  })

  it.each(rows)('$path › $name', ({ path, name }) => {
    expect(existsSync(join(ROOT, path))).toBe(true)
    expect(textOf(path)).toContain(name)
  })
})
