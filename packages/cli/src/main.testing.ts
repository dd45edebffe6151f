import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { main } from './program.js'

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Place {
  readonly folder: string
  write(name: string, text: string): void
  /** One command in this folder, as in a pipe. */
  say(args: readonly string[], input?: string): Promise<Said>
  remove(): void
}

/** A folder in which commands run within this process. */
export function createPlace(env: Readonly<Record<string, string>> = {}): Place {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-place-'))
  return {
    folder,
    write: (name, text) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    },
    say: async (args, input = '') => {
      const said = { out: '', err: '' }
      const isQuiet = args.includes('--quiet') || args.includes('-q')
      const code = await main({
        args, env: { HOME: folder, ...env }, cwd: folder, isTerminal: false, columns: 100, signal: new AbortController().signal, readStdin: async () => input,
        out: (text) => { said.out += text },
        err: (text) => { said.err += text },
        note: (text) => { if (!isQuiet) said.out += text },
      })
      return { code, ...said }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
