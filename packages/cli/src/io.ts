import { renderColour, type Finding } from '@oasgen/diagnostics'

/** The world of a command: everything that it reads or prints goes through here, so that tests need no process. */
export interface CommandIo {
  /** How it was called: `kubectl oasgen` as a plugin. */
  readonly name?: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The result that was asked for. */
  out(text: string): void
  err(text: string): void
  /** What was done, for people: nothing with --quiet. */
  note(text: string): void
  /** A terminal shows it: colours and redrawing are allowed. */
  readonly isTerminal: boolean
  readonly columns: number
  /** Of the terminal; absent in a pipe. */
  readonly rows?: number
  readonly readStdin: () => Promise<string>
  /** Keys as they are pressed, without echo; absent where nobody sits in front. */
  readonly keys?: () => AsyncIterable<string>
  /** Aborted when the user wants to stop (Ctrl-C, SIGTERM). */
  readonly signal: AbortSignal
}

/** Exit codes are part of the interface: scripts rely on them. */
export const EXIT = {
  ok: 0,
  /** Findings of severity error, differences in `plan --exit-code`, a condition that was not met. */
  found: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** A file, a cluster or an API could not be reached. */
  unavailable: 69,
  /** Stopped by the user. */
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What each code means, for `--help` and the reference. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done, and nothing is wrong',
  1: 'something was found: findings of severity error, differences that were asked for, a condition that was not met',
  2: 'the command line cannot be understood',
  69: 'a file, a cluster or an API cannot be reached',
  130: 'stopped by the user',
}

/** Ends a command with a message for people; everything expected is one of these. */
export class CommandError extends Error {
  readonly code: ExitCode
  readonly help: string | undefined
  readonly finding: Finding | undefined
  constructor(message: string, options: { readonly code?: ExitCode; readonly help?: string; readonly finding?: Finding } = {}) {
    super(message)
    this.name = 'CommandError'
    this.code = options.code ?? EXIT.found
    this.help = options.help
    this.finding = options.finding
  }
}

/** Ends a command with a finding of the catalogue. */
export function endWith(finding: Finding, code: ExitCode = EXIT.found): CommandError {
  return new CommandError(finding.message, { code, finding })
}

/** https://no-color.org: any value but the empty one. */
export function usesColour({ isTerminal, env }: CommandIo): boolean {
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
}

/** Findings as people read them, as wide as the terminal. */
export function findingsText(io: CommandIo, findings: readonly Finding[]): string {
  return renderColour(findings, { width: io.columns, colours: usesColour(io) ? 'ansi' : 'none' })
}
