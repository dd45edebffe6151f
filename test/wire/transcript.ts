import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A tutorial as data: files to write, and commands with what they print. */
export interface Transcript {
  readonly files: readonly (readonly [name: string, content: string])[]
  readonly commands: readonly TranscriptCommand[]
}

export interface TranscriptCommand {
  readonly line: number
  readonly command: string
  readonly output: readonly string[]
}

/** Reads fences of Markdown: `yaml <file>` is a file, `console` has lines `$ command` with what follows them. */
export function readTranscript(markdown: string): Transcript {
  const files: (readonly [string, string])[] = []
  const commands: TranscriptCommand[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const fence = /^```(\w+)(?: (\S+))?$/.exec(lines[at] ?? '')
    if (!fence) continue
    const end = lines.indexOf('```', at + 1)
    const body = lines.slice(at + 1, end)
    if (fence[1] === 'yaml' && fence[2] !== undefined) files.push([fence[2], `${body.join('\n')}\n`])
    if (fence[1] === 'console') commands.push(...readCommands(body, at + 2))
    at = end
  }
  return { files, commands }
}

function readCommands(body: readonly string[], first: number): readonly TranscriptCommand[] {
  const commands: { line: number; command: string; output: string[] }[] = []
  for (const [index, line] of body.entries()) {
    if (line.startsWith('$ ')) commands.push({ line: first + index, command: line.slice(2), output: [] })
    else commands.at(-1)?.output.push(line)
  }
  return commands
}

export interface Replayed {
  readonly line: number
  readonly command: string
  readonly output: readonly string[]
}

/** Runs the commands one after another in a folder of their own. */
export async function replay(transcript: Transcript, kubeconfig: string): Promise<readonly Replayed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-transcript-'))
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig)
  for (const [name, content] of transcript.files) writeFileSync(join(folder, name), content)
  const replayed: Replayed[] = []
  try {
    for (const { line, command } of transcript.commands) replayed.push({ line, command, output: await runCommand(command, folder) })
    return replayed
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function runCommand(command: string, folder: string): Promise<readonly string[]> {
  const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }
  return new Promise((resolve) => {
    execFile('bash', ['-c', `{ ${command}\n} 2>&1`], { cwd: folder, env, timeout: 60_000 }, (_, stdout) => resolve(stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n')))
  })
}

/** What the tutorial promises and what came, made comparable: ages, times, uids and widths of columns do not count. */
export function compareOutput(wanted: readonly string[], got: readonly string[]): { readonly wanted: readonly string[]; readonly got: readonly string[] } {
  const open = wanted.indexOf('…')
  const [want, have] = open < 0 ? [wanted, got] : [wanted.slice(0, open), got.slice(0, open)]
  return { wanted: trimEnd(want.map(plain)), got: trimEnd(have.map(plain)) }
}

function plain(line: string): string {
  return line.replace(/\b\d+(?:s|m|m\d+s)\b/g, '<age>').replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>').replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replace(/(Resource Version:\s+)\d+/, '$1<n>').replace(/\s+/g, ' ').trimEnd()
}

function trimEnd(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '')
  return lines.slice(0, last + 1)
}

/** The walk of the documentation. */
export function readWalk(): Transcript {
  return readTranscript(readFileSync(new URL('../../docs/embedded-control-plane.md', import.meta.url), 'utf8'))
}
