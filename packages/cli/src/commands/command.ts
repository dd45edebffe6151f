import { Command, Option } from 'commander'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'

/** A command that keeps its examples as data: `--help` and the reference page are made from the same tree. */
export class OasgenCommand extends Command {
  readonly shownExamples: string[] = []
  readonly shownNotes: string[] = []

  override createCommand(name?: string): OasgenCommand {
    return new OasgenCommand(name)
  }

  /** Command lines, each with `# why` where it does not explain itself. */
  examples(...lines: readonly string[]): this {
    this.shownExamples.push(...lines)
    return this.addHelpText('after', () => `\nExamples:\n${this.shownExamples.map((line) => `  ${line}\n`).join('')}`)
  }

  /** A sentence below the options. */
  note(text: string): this {
    this.shownNotes.push(text)
    return this.addHelpText('after', `\n${text}`)
  }
}

export type Finish = (code: ExitCode) => void

/** One group of commands hangs itself into the tree. Implementations are loaded when a command runs, not before. */
export type Register = (program: OasgenCommand, io: CommandIo, finish: Finish) => void

export function onTarget(command: OasgenCommand): OasgenCommand {
  return command.option('-n, --namespace <namespace>', 'namespace').option('--kubeconfig <file>', 'which cluster; else KUBECONFIG, the control plane of `oasgen up` here, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
}

/** Definitions and resources in files. */
export function onFiles(command: OasgenCommand): OasgenCommand {
  return withDocuments(command.addOption(filename().makeOptionMandatory()))
}

export function withDocuments(command: OasgenCommand): OasgenCommand {
  return command.option('--document <addresses...>', 'read this in place of oasPath: an address for all, or <definition>=<address>')
}

export function filename(): Option {
  return new Option('-f, --filename <paths...>', 'file, folder or - for standard input')
}

export function output(...forms: readonly string[]): Option {
  return new Option('-o, --output <form>', `${forms.slice(0, -1).join(', ')} or ${forms.at(-1) ?? ''}`).choices(forms)
}

export function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new CommandError(`${text} is no port`, { code: EXIT.usage })
  return port
}

export function readSeconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text)
  if (match === null) throw new CommandError(`${text} is no duration`, { code: EXIT.usage, help: 'such as 30s, 2m or 1h' })
  return Number(match[1]) * ({ s: 1, m: 60, h: 3600 }[match[2] ?? 's'] ?? 1)
}
