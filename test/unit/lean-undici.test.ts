import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)

/** What the packages of the controller's bundle import of undici, types left out. */
function importedNames(): ReadonlySet<string> {
  const names = new Set<string>()
  for (const folder of ['transport', 'kube', 'controller', 'rest-controller']) {
    for (const file of sourcesOf(folder)) {
      for (const [, list = ''] of file.matchAll(/^import \{([^}]*)\} from 'undici'$/gm)) {
        for (const name of list.split(',').map((part) => part.trim())) if (name !== '' && !name.startsWith('type ')) names.add(name)
      }
    }
  }
  return names
}

function sourcesOf(folder: string): readonly string[] {
  const source = new URL(`packages/${folder}/src/`, root)
  const found = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !/\.(?:test|testing)\.ts$/.test(path))
  return found.map((path) => readFileSync(new URL(path, source), 'utf8'))
}

describe('the part of undici in the bundle of the controller', () => {
  const lean = createRequire(import.meta.url)('../../scripts/undici-lean.cjs') as Readonly<Record<string, unknown>>

  it('has every name that is imported', () => {
    const names = importedNames()
    expect([...names]).toContain('Pool')
    expect([...names].filter((name) => typeof lean[name] !== 'function')).toEqual([])
  })

  it('asks as undici does', async () => {
    const { Agent, request } = lean as { readonly Agent: new () => { close(): Promise<void> }; readonly request: (url: string, options: object) => Promise<unknown> }
    const agent = new Agent()
    await expect(request('http://127.0.0.1:1/', { dispatcher: agent })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await agent.close()
  })
})
