import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const MARK = '@@exit'

/** A fence of a page: a terminal in which something goes on running, or one after the other of commands that end. */
export interface Block {
  readonly line: number
  readonly lasts: boolean
  readonly commands: readonly { readonly line: number; readonly command: string; readonly output: readonly string[] }[]
}

/** The fences `console` (commands that end) and `console terminal` (one that stays) of a page, in order. */
export function readBlocks(markdown: string): readonly Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = /^```console( terminal)?$/.exec(lines[at] ?? '')
    if (fence === null) continue
    const end = lines.indexOf('```', at + 1)
    blocks.push({ line: at + 1, lasts: fence[1] !== undefined, commands: readCommands(lines.slice(at + 1, end), at + 2) })
    at = end
  }
  return blocks
}

function readCommands(body: readonly string[], first: number): Block['commands'] {
  const commands: { line: number; command: string; output: string[] }[] = []
  for (const [index, line] of body.entries()) {
    if (line.startsWith('$ ')) commands.push({ line: first + index, command: line.slice(2), output: [] })
    else commands.at(-1)?.output.push(line)
  }
  return commands
}

/** All fences of a page that a shell would run and this does not; `npm cit` is what runs this very test. */
export function otherShellFences(markdown: string): readonly string[] {
  return fencesOf(markdown).filter(({ language, body }) => {
    const isShell = ['sh', 'bash', 'shell', 'zsh'].includes(language) || (language === '' && body.some((line) => /^(npx|npm|kubectl|helm|oasgen|export) /.test(line)))
    return isShell && body.join() !== 'npm cit'
  }).map(({ body }) => body.join('\n'))
}

function fencesOf(markdown: string): readonly { readonly language: string; readonly body: readonly string[] }[] {
  const fences: { language: string; body: string[] }[] = []
  let open: { language: string; body: string[] } | undefined
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('```')) open?.body.push(line)
    else if (open === undefined) fences.push(open = { language: line.slice(3).trim(), body: [] })
    else open = undefined
  }
  return fences
}

/** One person at two terminals in an empty folder, with `npx oasgen` of this repository. */
export class Session {
  readonly folder = mkdtempSync(join(tmpdir(), 'oasgen-docs-'))
  readonly #env: NodeJS.ProcessEnv
  readonly #shell: ChildProcess
  readonly #lasting: ChildProcess[] = []
  #output = ''

  constructor() {
    const bin = join(this.folder, 'node_modules/.bin')
    mkdirSync(bin, { recursive: true })
    symlinkSync(join(REPOSITORY, 'packages/cli/bin/oasgen.mjs'), join(bin, 'oasgen'))
    // The repository is installed already, and ports are taken as they are free: other tests run beside this one.
    this.#shim('npm', 'exit 0')
    this.#shim('npx', `shift_up() { local word="$1"; shift; if [ "$word" = up ]; then exec oasgen up --port 0 --demo-port 0 "$@"; fi; exec oasgen "$word" "$@"; }\nshift; shift_up "$@"`)
    this.#env = { ...process.env, HOME: this.folder, PATH: `${join(this.folder, 'shims')}:${bin}:${process.env['PATH']}`, OASGEN_REPOSITORY: REPOSITORY, KUBECONFIG: '', NO_COLOR: '1', COLUMNS: '120' }
    this.#shell = spawn('bash', ['--noprofile', '--norc'], { cwd: this.folder, env: this.#env, stdio: ['pipe', 'pipe', 'pipe'] })
    for (const stream of [this.#shell.stdout, this.#shell.stderr]) stream?.on('data', (data: Buffer) => { this.#output += data.toString() })
  }

  #shim(name: string, script: string): void {
    const folder = join(this.folder, 'shims')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }

  /** Runs one command in the shell of the second terminal. */
  async run(command: string, seconds = 150): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
    this.#output = ''
    this.#shell.stdin?.write(`${command}\necho; echo "${MARK} $?"\n`)
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(20)) {
      const found = new RegExp(`^${MARK} (\\d+)$`, 'm').exec(this.#output)
      if (found !== null) return { code: Number(found[1]), lines: this.#output.slice(0, found.index).trimEnd().split('\n') }
    }
    throw new Error(`${command} did not end in ${seconds} s; it printed:\n${this.#output}`)
  }

  /** Starts a command in the first terminal and waits until all lines are on its screen. */
  async start(command: string, lines: readonly string[], seconds = 150): Promise<void> {
    const child = spawn('bash', ['--noprofile', '--norc', '-c', command], { cwd: this.folder, env: this.#env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.#lasting.push(child)
    let screen = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => { screen += data.toString() })
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) if (missing(lines, screen.split('\n')).length === 0) return
    throw new Error(`${command} never showed ${missing(lines, screen.split('\n')).join(' / ')}; its screen:\n${screen}`)
  }

  async close(): Promise<void> {
    this.#shell.kill('SIGKILL')
    await Promise.all(this.#lasting.map((child) => new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      if (child.exitCode !== null || child.pid === undefined) resolve()
      else process.kill(-child.pid, 'SIGINT')
    })))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a page promises and did not come, in its order; ages, ids, times and ports do not count, nor what `…` stands for. */
export function missing(wanted: readonly string[], got: readonly string[]): readonly string[] {
  const have = got.map(plain)
  const lost: string[] = []
  let from = 0
  for (const line of wanted.map(plain)) {
    if (line === '…' || line === '') continue
    const at = have.indexOf(line, from)
    if (at === -1) lost.push(line)
    else from = at + 1
  }
  return lost
}

function plain(line: string): string {
  return line.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>').replace(/\b\d+(?:\.\d+)? ?(?:ms|s|m|m\d+s)\b/g, '<time>').replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\s+/g, ' ').trim()
}

export function readPage(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8')
}
