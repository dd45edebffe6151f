/** The world of a command: everything that it reads or prints goes through here, so that tests need no process. */
export interface CommandIo {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  out(text: string): void
  err(text: string): void
  /** A terminal shows it: colours and redrawing are allowed. */
  readonly isTerminal: boolean
  readonly columns: number
  readonly readStdin: () => Promise<string>
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

/** Ends a command with a message for people; everything expected is one of these. */
export class CommandError extends Error {
  readonly code: ExitCode
  readonly help: string | undefined
  constructor(message: string, options: { readonly code?: ExitCode; readonly help?: string } = {}) {
    super(message)
    this.name = 'CommandError'
    this.code = options.code ?? EXIT.found
    this.help = options.help
  }
}
